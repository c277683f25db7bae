from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from ..rules import retry


class RecurringRetryPolicy(models.Model):
    """When a card that was declined is tried again, and what happens when no try is left. RULES "Collecting"."""

    _name = "recurring.retry.policy"
    _description = "Retry Plan"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    days = fields.Char(
        "Try Again After",
        required=True,
        default=", ".join(map(str, retry.DEFAULT_DAYS)),
        help="Days after the first failure, at most four: 1, 3, 5, 7. A card that was refused for good is never tried again.",
    )
    then = fields.Selection(
        const.RETRY_ENDS,
        "When No Try Is Left",
        required=True,
        default=const.RETRY_REMIND,
        help="Whatever is chosen, the invoice stays open with its pay link.",
    )
    plan_ids = fields.One2many("recurring.plan", "retry_policy_id", "Plans")
    in_words = fields.Char(compute="_compute_in_words")

    @api.depends("days", "then")
    @api.depends_context("lang")
    def _compute_in_words(self):
        then = dict(self._fields["then"]._description_selection(self.env))
        for policy in self:
            try:
                days = ", ".join(map(str, policy._days()))
            except ValueError:
                days = policy.days
            policy.in_words = (
                self.env._("Tried again %(days)s days after the first failure. Then: %(then)s.", days=days, then=then.get(policy.then, ""))
                if days
                else self.env._("Tried once. Then: %s.", then.get(policy.then, ""))
            )

    @api.constrains("days")
    def _check_days(self):
        for policy in self:
            try:
                policy._days()
            except ValueError:
                raise ValidationError(
                    self.env._("Write at most four growing numbers of days, from 1 to 60, like 1, 3, 5, 7. Leave it 0 for no second try.")
                ) from None

    def _days(self):
        """The days as the rules take them."""
        self.ensure_one()
        return () if (self.days or "").strip() == "0" else retry.days_of(self.days)
