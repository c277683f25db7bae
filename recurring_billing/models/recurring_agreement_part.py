from odoo import fields, models


class RecurringAgreementPart(models.Model):
    """What an instalment pays of one debt: the receivable item that carries it, and how it was before."""

    _name = "recurring.agreement.part"
    _description = "Part of an Instalment"
    _inherit = ["recurring.service.written"]
    _order = "instalment_id, id"

    instalment_id = fields.Many2one("recurring.agreement.instalment", required=True, readonly=True, index=True, ondelete="cascade")
    agreement_id = fields.Many2one(related="instalment_id.agreement_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    line_id = fields.Many2one("account.move.line", "Receivable Item", required=True, readonly=True, index=True, ondelete="restrict")
    source_line_id = fields.Many2one("account.move.line", "Debt", required=True, readonly=True, index=True, ondelete="restrict")
    move_id = fields.Many2one(related="source_line_id.move_id", string="Invoice")
    date_before = fields.Date("Was Due", readonly=True)
    amount = fields.Monetary("Debt Amount", readonly=True)
    fine = fields.Monetary(readonly=True)
    interest = fields.Monetary(readonly=True)
    fine_before = fields.Monetary(readonly=True, help="Fines of the item that were dealt with before.")
    interest_before = fields.Monetary(readonly=True, help="Interest of the item that was dealt with before.")
    discount_date_before = fields.Date(readonly=True, help="Until when paying early was cheaper, by the payment terms.")
    discount_amount_before = fields.Monetary(readonly=True, help="What was to be paid until that day.")
    discount_balance_before = fields.Monetary(
        readonly=True, currency_field="company_currency_id", help="The same in the company's currency."
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")

    _once = models.UniqueIndex("(agreement_id, line_id)", "An item is part of an agreement once.")

    def _discount_before(self):
        """What the payment terms took off for paying early, as values of the receivable item."""
        mine = self[:1]
        return {
            "discount_date": mine.discount_date_before,
            "discount_amount_currency": mine.discount_amount_before,
            "discount_balance": mine.discount_balance_before,
        }
