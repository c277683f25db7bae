from . import controllers, demo, models, report, services, wizards
from .hooks import pre_init_hook
