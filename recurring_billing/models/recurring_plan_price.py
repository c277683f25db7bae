from odoo import fields, models


class RecurringPlan(models.Model):
    _inherit = "recurring.plan"

    recurring_price_ids = fields.One2many("recurring.price", "plan_id", "Prices", help="What products cost per period of the plan.")
