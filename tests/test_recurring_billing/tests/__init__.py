from . import test_out_of_reach
