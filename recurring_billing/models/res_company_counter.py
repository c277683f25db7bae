from odoo import fields, models

from .. import const

JOURNAL_TYPES = {const.COUNTER_CASH: ("cash",), const.COUNTER_CARD: ("bank", "credit"), const.COUNTER_PIX: ("bank",)}


class ResCompany(models.Model):
    """Where money goes that is taken at the counter."""

    _inherit = "res.company"

    recurring_cash_journal_id = fields.Many2one(
        "account.journal",
        "Cash at the Counter",
        check_company=True,
        domain="[('type', '=', 'cash')]",
        help="Empty: the first cash journal.",
    )
    recurring_card_journal_id = fields.Many2one(
        "account.journal",
        "Cards at the Counter",
        check_company=True,
        domain="[('type', 'in', ('bank', 'credit'))]",
        help="Where the card machine's money arrives. Empty: the first bank journal.",
    )
    recurring_pix_journal_id = fields.Many2one(
        "account.journal",
        "Pix and Transfers at the Counter",
        check_company=True,
        domain="[('type', '=', 'bank')]",
        help="Empty: the first bank journal.",
    )

    def _recurring_counter_journal(self, way):
        """The journal that takes money of a way, cash, card or Pix; empty where the company has none."""
        self.ensure_one()
        chosen = self[f"recurring_{way}_journal_id"]
        if chosen:
            return chosen
        journals = self.env["account.journal"]
        domain = [
            *journals._check_company_domain(self),
            ("type", "in", JOURNAL_TYPES[way]),
            ("inbound_payment_method_line_ids.code", "=", "manual"),
        ]
        return journals.search(domain, order="sequence, id", limit=1)
