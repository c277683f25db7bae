from odoo import models

from ..const import dunning as const


class AccountMoveLine(models.Model):
    """Which instalment of an agreement a debt is, for who reads the case."""

    _inherit = "account.move.line"

    def _recurring_agreed_words(self):
        found = super()._recurring_agreed_words()
        parts = self.env["recurring.agreement.part"].search([("line_id", "in", self.ids), ("agreement_id.state", "=", const.RUNNING)])
        for part in parts:
            words = self.env._("Instalment %(number)s of %(agreement)s", number=part.instalment_id.number, agreement=part.agreement_id.name)
            found.setdefault(part.line_id.id, words)
        return found
