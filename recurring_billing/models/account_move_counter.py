from odoo import models

SHOWN_PRODUCTS = 2


class AccountMove(models.Model):
    """What an invoice is for, in as few words as a counter needs."""

    _inherit = "account.move"

    def _recurring_for_whom(self):
        """Its first products, and for whom where that is somebody else than who pays."""
        self.ensure_one()
        # sudo: what an invoice is for stands on it
        move = self.sudo()
        products = dict.fromkeys(filter(None, move.invoice_line_ids.product_id.mapped("name")))
        others = move.recurring_beneficiary_ids - move.partner_id
        return ", ".join([*list(products)[:SHOWN_PRODUCTS], *dict.fromkeys(others.mapped("name"))])
