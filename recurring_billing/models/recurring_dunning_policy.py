from odoo import fields, models

from ..const import dunning as const


class RecurringDunningPolicy(models.Model):
    """When a customer who owes is spoken to, how, and what follows. RULES "Dunning"."""

    _name = "recurring.dunning.policy"
    _description = "Collection Policy"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    step_ids = fields.One2many("recurring.dunning.step", "policy_id", "Steps", copy=True)
    customer_type = fields.Selection(const.CUSTOMER_TYPES, "For", required=True, default=const.EVERYBODY)
    category_ids = fields.Many2many("res.partner.category", string="With Tags", help="Empty: with any tag or none.")
    segment = fields.Selection(const.STEP_RISKS, "Risk", required=True, default=const.ANY_RISK)
    hour_from = fields.Float("From", default=8.0, help="Nothing is sent earlier, in the company's time zone.")
    hour_to = fields.Float("Until", default=20.0, help="Nothing is sent later, in the company's time zone.")
    business_days_only = fields.Boolean(default=True)
    min_interval_days = fields.Integer("Days Between Contacts", default=1, help="A customer is not written to again earlier.")
    min_amount = fields.Float("From an Amount of", default=0.0, help="Smaller debts wait, in the company's currency.")
    bank_wait_days = fields.Integer(
        "Wait for the Bank", default=0, help="Nothing is sent while the newest bank entry is older than so many days. 0: does not wait."
    )
    approve = fields.Boolean("A Person Approves", default=False, help="Messages wait until somebody approves them.")
    reply_pause_days = fields.Integer("Pause After a Reply", default=3, help="Days without further messages after the customer wrote.")
