from odoo import models

from .. import const


class RecurringChange(models.Model):
    _inherit = "recurring.change"

    def withdraw(self):
        """A revised price that is taken back by itself counts no more in its revision either."""
        res = super().withdraw()
        # sudo: rows of revisions are kept by services, whoever takes a change back
        rows = self.env["recurring.price.revision.line"].sudo().search([("change_id", "in", self.ids), ("state", "=", const.ROW_DONE)])
        self.env["recurring.price.revision.run"]._forget(rows)
        return res
