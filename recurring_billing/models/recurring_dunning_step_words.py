from odoo import api, fields, models

from ..const import dunning as const


class RecurringDunningStep(models.Model):
    """A step in words, for lists."""

    _inherit = "recurring.dunning.step"

    when_words = fields.Char("When", compute="_compute_when_words")
    channels_words = fields.Char("How", compute="_compute_words")
    follows_words = fields.Char("What Follows", compute="_compute_words")
    conditions_words = fields.Char("Only For", compute="_compute_words")

    @api.depends("offset_days")
    @api.depends_context("lang")
    def _compute_when_words(self):
        for step in self:
            days = step.offset_days
            if not days:
                step.when_words = self.env._("On the due date")
            elif days < 0:
                step.when_words = self.env._("The day before") if days == -1 else self.env._("%s days before", -days)
            else:
                step.when_words = self.env._("1 day late") if days == 1 else self.env._("%s days late", days)

    @api.depends(
        "channel",
        "also_whatsapp",
        "also_sms",
        "assign_user_id",
        "service_effect",
        "block_orders",
        "charge_fees",
        "close",
        "is_notice",
        "customer_type",
        "category_ids",
        "segment",
        "min_amount",
        "requires_step_id",
    )
    @api.depends_context("lang")
    def _compute_words(self):
        for step in self:
            step.channels_words = ", ".join(step._channels_in_words())
            step.follows_words = ", ".join(step._follows_in_words())
            step.conditions_words = ", ".join(step._conditions_in_words())

    def _channels_in_words(self):
        words = [self._label("channel")]
        labels = dict(self._fields["channel"]._description_selection(self.env))
        if self.also_whatsapp and self.channel != const.WHATSAPP:
            words.append(labels[const.WHATSAPP])
        if self.also_sms and self.channel != const.SMS:
            words.append(labels[const.SMS])
        return words

    def _follows_in_words(self):
        words = [self.env._("Formal notice")] if self.is_notice else []
        if self.assign_user_id:
            words.append(self.env._("%s goes on with it", self.assign_user_id.name))
        if self.service_effect != const.SERVICE_KEPT:
            words.append(self.env._("Service: %s", self._label("service_effect").lower()))
        if self.block_orders != const.ORDERS_KEPT:
            words.append(self.env._("New orders: %s", self._label("block_orders").lower()))
        if self.charge_fees:
            words.append(self.env._("Late fees are charged"))
        if self.close:
            words.append(self.env._("Subscriptions are closed"))
        return words

    def _conditions_in_words(self):
        words = [] if self.customer_type == const.EVERYBODY else [self._label("customer_type")]
        words += self.category_ids.mapped("name")
        if self.segment != const.ANY_RISK:
            words.append(self.env._("Risk: %s", self._label("segment")))
        if self.min_amount:
            words.append(
                self.env._("From an amount of %s", self.env["ir.qweb.field.float"].value_to_html(self.min_amount, {"precision": 2}))
            )
        if self.requires_step_id:
            words.append(self.env._("After: %s", self.requires_step_id.name))
        return words

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], "")
