from odoo import models


class RecurringPeriod(models.Model):
    _inherit = "recurring.period"

    def action_explain(self):
        """Open the explanation of this row."""
        self.ensure_one()
        return self.env["recurring.explanation"]._open(period_id=self.id)

    def _recurring_explanation_parts(self):
        """Sentences to add to the explanation of a row, in the language of the context: what other kinds of billing know of it.

        Called in ``sudo()``, on one row.
        """
        self.ensure_one()
        return []


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def action_recurring_explain(self):
        """Open the explanation of this invoice line."""
        self.ensure_one()
        return self.env["recurring.explanation"]._open(move_line_id=self.id)
