from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import service as const
from ..rules.service_block import Calendar, Trust

WEEKDAYS = ("block_mon", "block_tue", "block_wed", "block_thu", "block_fri", "block_sat", "block_sun")


class RecurringDunningPolicy(models.Model):
    """How and when a policy withholds a service."""

    _inherit = "recurring.dunning.policy"

    block_scope = fields.Selection(const.BLOCK_SCOPES, "What Is Withheld", required=True, default=const.SCOPE_DEBT)
    block_needs_notice = fields.Boolean(
        "Only After a Notice", default=True, help="Nothing is withheld before a formal notice was really sent for the debt."
    )
    block_notice_days = fields.Integer("Days After the Notice", default=15, help="So many days after the formal notice was sent.")
    block_mon = fields.Boolean("Mon", default=True)
    block_tue = fields.Boolean("Tue", default=True)
    block_wed = fields.Boolean("Wed", default=True)
    block_thu = fields.Boolean("Thu", default=True)
    block_fri = fields.Boolean("Fri", default=True)
    block_sat = fields.Boolean("Sat", default=False)
    block_sun = fields.Boolean("Sun", default=False)
    block_spare_eves = fields.Boolean(
        "Not Before Days Off",
        default=True,
        help="No service is withheld on a Saturday, a Sunday or a public holiday, nor on the day before one.",
    )
    block_billing = fields.Selection(
        const.BLOCK_BILLINGS,
        "Billing Meanwhile",
        required=True,
        default=const.BILLED_IN_FULL,
        help="What is billed already is never given back because of a block.",
    )
    trust_days = fields.Integer("Days on Trust", default=3, help="How long a service may run although the debt stands. 0: never.")
    trust_times = fields.Integer("Times a Year", default=2, help="How often within twelve months. 0: never.")

    _block_days_valid = models.Constraint(
        "CHECK(block_notice_days BETWEEN 0 AND 365 AND trust_days BETWEEN 0 AND 60 AND trust_times BETWEEN 0 AND 50)",
        "Days after the notice lie between 0 and 365, days on trust between 0 and 60, times a year between 0 and 50.",
    )

    @api.constrains(*WEEKDAYS, "block_spare_eves")
    def _check_block_days(self):
        for policy in self:
            calendar = policy._block_calendar(())
            # Without days off, from Monday to Thursday.
            workable = range(4) if calendar.spare_eves else range(7)
            if not calendar.weekdays & frozenset(workable):
                raise ValidationError(
                    self.env._("There is no day left on which “%s” may withhold a service. Choose another weekday.", policy.display_name)
                )

    def _block_calendar(self, holidays):
        """On which days a block may begin, as the rules take it."""
        self.ensure_one()
        return Calendar(frozenset(n for n, name in enumerate(WEEKDAYS) if self[name]), self.block_spare_eves, holidays)

    def _trust_terms(self):
        """How often a service may run on trust, as the rules take it."""
        self.ensure_one()
        return Trust(self.trust_days, self.trust_times)
