from . import recurring_demo
