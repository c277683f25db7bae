from . import test_features_meet, test_out_of_reach
