from odoo import fields, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    payment_token_id = fields.Many2one(
        "payment.token",
        "Saved Card",
        copy=False,
        readonly=True,
        index="btree_not_null",
        check_company=True,
        help="The payment method that was saved when the order was paid online.",
    )
