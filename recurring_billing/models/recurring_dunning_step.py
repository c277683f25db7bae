from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import dunning as const
from ..rules import dunning_steps
from ..rules.money import to_decimal

FARTHEST = 3650


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
    customer_type = fields.Selection(const.CUSTOMER_TYPES, "Customers", required=True, default=const.EVERYBODY)
    category_ids = fields.Many2many("res.partner.category", string="With Tags")
    segment = fields.Selection(const.STEP_RISKS, "Risk", required=True, default=const.ANY_RISK)
    requires_step_id = fields.Many2one(
        "recurring.dunning.step",
        "Only After",
        domain="[('policy_id', '=', policy_id)]",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
    )
    assign_user_id = fields.Many2one("res.users", "Hand Over To", domain="[('share', '=', False)]")
    service_effect = fields.Selection(const.SERVICE_EFFECTS, "Service", required=True, default=const.SERVICE_KEPT)
    block_orders = fields.Selection(const.ORDER_EFFECTS, "New Orders", required=True, default=const.ORDERS_KEPT)
    charge_fees = fields.Boolean("Charge Late Fees", default=False)
    close = fields.Boolean("Close the Subscription", default=False)

    @api.constrains("offset_days", "requires_step_id", "policy_id")
    def _check_order(self):
        for step in self:
            if abs(step.offset_days) > FARTHEST:
                raise ValidationError(self.env._("%s is too far from the due date.", step.name))
            before = step.requires_step_id
            if before and (before.policy_id != step.policy_id or before.offset_days >= step.offset_days):
                raise ValidationError(self.env._("%(step)s can only come after an earlier step of the same policy.", step=step.name))

    @api.constrains("offset_days", "service_effect", "block_orders", "charge_fees", "close")
    def _check_effects(self):
        for step in self:
            has_effect = (
                step.charge_fees or step.close or step.service_effect != const.SERVICE_KEPT or step.block_orders != const.ORDERS_KEPT
            )
            if has_effect and step.offset_days <= 0:
                raise ValidationError(self.env._("%s comes before the debt is late, so nothing may follow from it.", step.name))

    def _rule(self):
        """The step as the rules know it."""
        self.ensure_one()
        return dunning_steps.Step(
            id=self.id,
            offset=self.offset_days,
            rank=(self.sequence, self.id),
            channel=self.channel,
            name=self.name,
            min_amount=to_decimal(self.min_amount),
            segment=None if self.segment == const.ANY_RISK else self.segment,
            tags=frozenset(self.category_ids.ids),
            who=self.customer_type,
            requires=self.requires_step_id.id or None,
            is_notice=self.is_notice,
        )
