from odoo import fields, models


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    save_card = fields.Boolean(
        "Keep the Card",
        default=False,
        help="The card that pays an order online is saved and kept on the subscription, for what comes next.",
    )
