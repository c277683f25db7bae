from odoo import api, models

from .collections import DEBTORS
from .collector import Collector
from .customers_who_pay import CUSTOMERS
from .international import INTERNATIONAL
from .storyteller import Storyteller


class RecurringDemo(models.AbstractModel):
    """The door through which demo data files tell their stories: ``<function>`` can only call a model.

    An addon of a country inherits it and adds a story of its own.
    """

    _name = "recurring.demo"
    _description = "Demo Story"

    @api.model
    def _tell_international(self):
        self._tell(INTERNATIONAL)

    @api.model
    def _tell_collections(self):
        Collector(self.env, debtors=(*DEBTORS, *CUSTOMERS)).tell()

    @api.model
    def _tell(self, story):
        Storyteller(self.env, story).tell()
