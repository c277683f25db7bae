from odoo import api, fields, models

from ..const import dunning as const


class RecurringDunningPolicy(models.Model):
    """A policy in words, for lists."""

    _inherit = "recurring.dunning.policy"

    for_words = fields.Char("Made For", compute="_compute_words")
    steps_words = fields.Char("Days", compute="_compute_words")

    @api.depends("customer_type", "category_ids", "segment", "step_ids.offset_days")
    @api.depends_context("lang")
    def _compute_words(self):
        for policy in self:
            words = [self._label(policy, "customer_type"), *policy.category_ids.mapped("name")]
            if policy.segment != const.ANY_RISK:
                words.append(self.env._("Risk: %s", self._label(policy, "segment")))
            policy.for_words = ", ".join(words)
            policy.steps_words = ", ".join(_signed(step.offset_days) for step in policy.step_ids)

    def _label(self, record, name):
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")


def _signed(days):
    return f"+{days}" if days > 0 else str(days)
