from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

from ..const import self_check as const
from ..services.self_check import HOURS


class RecurringDashboard(models.Model):
    """What the self-check found stands on the card of the company, and that it did not look for too long."""

    _inherit = "recurring.dashboard"

    check_words = fields.Char(compute="_compute_check_words")

    def _compute_check_words(self):
        checks = self.env["recurring.self.check"]
        readable = checks.has_access("read")
        for card in self:
            card.check_words = (
                card.is_total and readable and card._check_in_words(checks.search([("company_id", "=", card.company_id.id)], limit=1))
            )

    def _check_in_words(self, check):
        if not check:
            return False
        if check.state == const.PROBLEM:
            words = dict(check.finding_ids._fields["kind"]._description_selection(self.env))
            # That nothing leaves the database has its own banner.
            shown = check.finding_ids.filtered(lambda finding: finding.kind != const.IDENTITY)
            return " · ".join(f"{words[finding.kind]}: {finding.count}" for finding in shown) or False
        if check.checked_at < fields.Datetime.now() - timedelta(hours=HOURS):
            return self.env._(
                "The self-check did not run since %s.", format_date(self.env, fields.Datetime.context_timestamp(self, check.checked_at))
            )
        return False

    def action_open_check(self):
        """What was found."""
        self.ensure_one()
        check = self.env["recurring.self.check"].search([("company_id", "=", self.company_id.id)], limit=1)
        return check._get_records_action(name=self.env._("Self-Check"))
