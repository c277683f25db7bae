from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from ..rules import price_revision
from ..rules.money import to_decimal


class RecurringPlan(models.Model):
    """How the prices of a plan's subscriptions are revised, once a year as a rule."""

    _inherit = "recurring.plan"

    revision_kind = fields.Selection(
        const.REVISION_KINDS,
        "Price Revision",
        required=True,
        default=const.REVISE_NEVER,
        help="Nothing changes by itself: a person prepares a revision, looks at it and confirms it.",
    )
    revision_index_id = fields.Many2one("recurring.price.index", "Index", ondelete="restrict")
    revision_percent = fields.Float(
        "Percentage", digits=(16, 4), help="With an index it is added to what the index makes, after the lowest and highest were applied."
    )
    revision_floor = fields.Float(
        "Lowest (%)", digits=(16, 4), help="An index that makes less counts as this much. 0: a negative index never cuts prices."
    )
    revision_cap = fields.Float("Highest (%)", digits=(16, 4), help="An index that makes more counts as this much. 0: no limit.")
    revision_lag = fields.Integer(
        "Index Lag (Months)",
        default=3,
        help="The index counts up to this many months before the month of the new price: values are published weeks later, and customers "
        "are told ahead.",
    )
    revision_months = fields.Integer(
        "Every (Months)", default=price_revision.YEAR_MONTHS, help="Counted from the start of billing or from the last revision."
    )
    revision_notice_days = fields.Integer("Notice of New Prices (Days)", default=30, help="Customers are told at least this long before.")
    revision_rounding = fields.Selection(const.REVISION_ROUNDINGS, "New Prices", required=True, default=const.ROUND_CURRENCY)

    _revision_limits_valid = models.Constraint(
        "CHECK(revision_months >= 1 AND revision_notice_days >= 0 AND revision_lag BETWEEN 0 AND 24 AND revision_percent > -100)",
        "A price revision comes every 1 or more months, with no negative notice, a lag of 0 to 24 months and more than -100 percent.",
    )
    _revision_range_valid = models.Constraint(
        "CHECK(COALESCE(revision_cap, 0) = 0 OR revision_cap >= revision_floor)",
        "The highest percentage lies above the lowest. Use 0 for no limit.",
    )

    @api.constrains("revision_kind", "revision_index_id")
    def _check_revision_index(self):
        for plan in self:
            if plan.revision_kind == const.REVISE_INDEX and not plan.revision_index_id:
                raise ValidationError(self.env._('The prices of "%s" follow an index. Please say which one.', plan.name))

    @api.constrains("revision_kind", "revision_months", "company_id")
    def _check_revision_clock(self):
        for plan in self:
            if plan.revision_kind != const.REVISE_NEVER and price_revision.is_void(plan.revision_months) and plan._serves_brazil():
                raise ValidationError(
                    self.env._(
                        'In Brazil a price revision more often than every 12 months is void (Lei 10.192, art. 2). Let the plan "%s" '
                        "revise its prices every 12 months or more.",
                        plan.name,
                    )
                )

    @api.onchange("revision_months")
    def _onchange_revision_months(self):
        if price_revision.is_void(self.revision_months or price_revision.YEAR_MONTHS):
            return {
                "warning": {
                    "title": self.env._("More often than once a year"),
                    "message": self.env._(
                        "Check that your contracts and the law allow it; in Brazil such a revision is void (Lei 10.192, art. 2)."
                    ),
                }
            }

    def _serves_brazil(self):
        """Whether a company that may use the plan is Brazilian."""
        # sudo: the plan may serve companies the user does not see
        companies = self.sudo().company_id or self.sudo().env["res.company"].search([("active", "=", True)])
        return any(company._recurring_is_brazilian() for company in companies)

    def _revision_percent(self, effective):
        """By how much prices change for a new price that counts from a day.

        :return: Decimal percent.
        :raises MissingMonths: naming the months of the index without a value.
        """
        self.ensure_one()
        percent = to_decimal(self.revision_percent)
        if self.revision_kind != const.REVISE_INDEX:
            return percent
        rise = self.revision_index_id._accumulated(effective, self.revision_months, self.revision_lag)
        cap = to_decimal(self.revision_cap) or None
        return price_revision.index_percent(rise, floor=to_decimal(self.revision_floor), cap=cap, extra=percent)
