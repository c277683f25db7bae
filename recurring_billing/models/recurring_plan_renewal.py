from odoo import fields, models

from .. import const


class RecurringPlan(models.Model):
    """What happens to subscriptions of the plan when a term is over."""

    _inherit = "recurring.plan"

    renewal_quote_days = fields.Integer(
        "Quotation (Days Ahead)", default=30, help="So many days before the end of the term a quotation for another term is made."
    )
    renewal_price = fields.Selection(
        const.RENEWAL_PRICES,
        "Prices of the New Term",
        required=True,
        default=const.SAME_PRICE,
        help="Revised: by the percentage or index of the plan, where the prices are due for it.",
    )

    _renewal_days_not_negative = models.Constraint(
        "CHECK(renewal_quote_days >= 0)", "A quotation is made some days before the end of the term, or on its last day (0)."
    )
