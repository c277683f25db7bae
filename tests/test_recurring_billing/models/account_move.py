from odoo import models


class AccountMove(models.Model):
    """An accounting that breaks for customers chosen by a test, the way another module with a bug would."""

    _inherit = "account.move"

    def _post(self, soft=True):
        broken = self.filtered(lambda move: "breaks posting" in (move.partner_id.comment or ""))
        if broken:
            raise ZeroDivisionError(f"posting breaks on {len(self)} invoices")
        return super()._post(soft=soft)
