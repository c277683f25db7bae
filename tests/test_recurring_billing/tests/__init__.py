from . import test_out_of_reach
from . import test_features_meet
