from odoo import fields, models

from ..const import dunning as const


class RecurringDunningStep(models.Model):
    """One step of a collection policy: so many days from the due date, one way to reach the customer, one text, what follows."""

    _name = "recurring.dunning.step"
    _description = "Collection Step"
    _order = "policy_id, offset_days, sequence, id"

    policy_id = fields.Many2one("recurring.dunning.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
    offset_days = fields.Integer("Days From Due Date", required=True, help="Negative: before the due date.")
    channel = fields.Selection(const.STEP_CHANNELS, required=True, default=const.EMAIL)
    also_whatsapp = fields.Boolean("Also by WhatsApp", default=False, help="Where WhatsApp is set up.")
    also_sms = fields.Boolean("Also by SMS", default=False, help="Where SMS is set up.")
    template_id = fields.Many2one("recurring.dunning.template", "Text", ondelete="restrict")
    tone = fields.Selection(const.TONES, required=True, default=const.FRIENDLY)
    is_notice = fields.Boolean("Formal Notice", default=False, help="Recorded as notice in writing: blocks count from it.")
    min_amount = fields.Float("From an Amount of", default=0.0)
    customer_type = fields.Selection(const.CUSTOMER_TYPES, "For", required=True, default=const.EVERYBODY)
    category_ids = fields.Many2many("res.partner.category", string="With Tags")
    segment = fields.Selection(const.STEP_RISKS, "Risk", required=True, default=const.ANY_RISK)
    requires_step_id = fields.Many2one(
        "recurring.dunning.step", "Only After", domain="[('policy_id', '=', policy_id)]", ondelete="set null", index="btree_not_null"
    )
    assign_user_id = fields.Many2one("res.users", "Hand Over To", domain="[('share', '=', False)]")
    service_effect = fields.Selection(const.SERVICE_EFFECTS, "Service", required=True, default=const.SERVICE_KEPT)
    block_orders = fields.Selection(const.ORDER_EFFECTS, "New Orders", required=True, default=const.ORDERS_KEPT)
    charge_fees = fields.Boolean("Charge Late Fees", default=False)
    close = fields.Boolean("Close the Subscription", default=False)
