from odoo import models


class AccountMove(models.Model):
    """Tax that is due when an invoice is paid, of an invoice of which something is written off."""

    _inherit = "account.move"

    def _collect_tax_cash_basis_values(self):
        """What is written off was not paid: the last money makes the tax of its own part due, not all that is left of it."""
        values = super()._collect_tax_cash_basis_values()
        # sudo: what was written off counts, whoever takes the money
        if values and self.sudo().line_ids.matched_credit_ids.credit_move_id.move_id.recurring_write_off_id:
            values["is_fully_paid"] = False
        return values
