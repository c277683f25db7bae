from odoo import fields, models


class PaymentTransaction(models.Model):
    """Online payments of instalments: they pay the items of an agreement, on invoices or on its own entry."""

    _inherit = "payment.transaction"

    recurring_agreement_id = fields.Many2one("recurring.agreement", "Agreement", readonly=True, index="btree_not_null", ondelete="set null")
