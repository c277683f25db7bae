from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ..rules import billing_dates


class ResCompany(models.Model):
    _inherit = "res.company"

    recurring_tz = fields.Selection(
        _tz_get, "Billing Time Zone", help="Decides when a new day begins for billing. Empty: the company's own time zone, else UTC."
    )
    recurring_catch_up_days = fields.Integer(
        default=billing_dates.CATCH_UP_DAYS,
        help="Work due longer ago than this is billed only after a person confirms it. 0: anything due before today.",
    )
    recurring_guard_factor = fields.Float(
        default=billing_dates.GUARD_FACTOR,
        help="A scheduled run whose total exceeds this many times the usual (the median of the last runs) waits. 0: never.",
    )
    recurring_rate_max_age = fields.Integer(
        default=31, help="A currency rate older than this many days is not used silently. 0: any age will do."
    )
    recurring_responsible_id = fields.Many2one("res.users", help="Who looks after billing issues of subscriptions without a salesperson.")
    recurring_send = fields.Boolean(
        "Send invoices by e-mail by themselves",
        default=False,
        help="Invoices of plans that post and send leave in the background. Until then they are listed as To Send; "
        "those listed already are sent by hand.",
    )
    recurring_wait_fiscal = fields.Boolean(
        "Wait for the fiscal document",
        default=False,
        help="A posted invoice is sent or charged after its fiscal document was authorized. Plans may say otherwise.",
    )

    _recurring_limits_valid = models.Constraint(
        "CHECK(recurring_catch_up_days >= 0 AND recurring_guard_factor >= 0 AND recurring_rate_max_age >= 0)",
        "The limits of recurring billing cannot be negative.",
    )

    def _recurring_today(self):
        """Today in the company's time zone.

        The context key ``recurring_today`` sets it, so that a story can be told by date. It must be a ``date``: contexts
        that come by RPC hold texts, and nobody outside sets the clock.
        """
        self.ensure_one()
        told = self.env.context.get("recurring_today")
        if type(told) is date:
            return told
        return self._recurring_local(datetime.now(timezone.utc)).date()

    def _recurring_first_silent_day(self):
        """The first due day whose work is billed without a person's confirmation: the catch-up guard."""
        return self._recurring_today() - timedelta(days=self.recurring_catch_up_days)

    def _recurring_local(self, moment):
        """An aware moment in the company's billing time zone."""
        # sudo: everybody may know the day; the company's partner may be out of a user's reach
        company = self.sudo()
        return moment.astimezone(ZoneInfo(company.recurring_tz or company.partner_id.tz or "UTC"))
