from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from .. import const as billing
from ..const import self_check as const
from ..rules import charges
from ..rules.money import to_decimal

BATCH = 500
RECENTLY = timedelta(days=62)
"""What was closed, and not touched since, was looked at often enough."""


class RecurringSelfCheckService(models.AbstractModel):
    """Coverage: what was due yesterday less what the ledger has is nothing, by the whole ledger and not by the dates kept with it."""

    _inherit = "recurring.self.check.service"

    def _checks(self):
        return {**super()._checks(), "coverage": self._coverage}

    def _coverage(self, company):
        """Subscriptions that no run will bill though time of them is due, and those that a run should have billed."""
        yesterday = company._recurring_today() - timedelta(days=1)
        subscriptions = self.env["recurring.subscription"]
        running = Domain([("company_id", "=", company.id), ("is_parked", "=", False)]) & (
            Domain("state", "in", (billing.ACTIVE, billing.PAUSED))
            | Domain([("state", "=", billing.CLOSED), ("write_date", ">", fields.Datetime.now() - RECENTLY)])
        )
        unseen = subscriptions
        for ids in split_every(BATCH, subscriptions.search(running, order="id").ids):
            unseen |= self._unseen(subscriptions.browse(ids), yesterday)
            self.env.invalidate_all()
        return [*self._some(const.COVERAGE, unseen), *self._some(const.NOT_BILLED, self._left(company, yesterday))]

    def _unseen(self, subscriptions, day):
        coverage = self.env["recurring.coverage"]
        rows = coverage._rows_in_force(subscriptions, {})
        return subscriptions.filtered(
            lambda subscription: (
                not (subscription.next_invoice_date and subscription.next_invoice_date <= day)
                and any(
                    isinstance(row, charges.Charge) and row.amount
                    for row in charges.due_rows(
                        subscription._billing_terms(),
                        coverage._segments(subscription),
                        rows[subscription.id],
                        day,
                        rounding=to_decimal(subscription.currency_id.rounding),
                    )
                )
            )
        )

    def _left(self, company, day):
        """Due yesterday, and the run of today, or a later one, left it."""
        runs = self.env["recurring.billing.run"]
        last = runs.search(
            [("company_id", "=", company.id), ("trigger", "=", billing.SCHEDULED), ("state", "=", billing.RUN_DONE), ("date", ">", day)],
            limit=1,
        )
        if not last:
            return self.env["recurring.subscription"]
        due = self.env["recurring.invoice.generation"]._due_domain(day)
        mine = [("company_id", "=", company.id), ("is_parked", "=", False), ("write_date", "<", last.write_date)]
        return self.env["recurring.subscription"].search(due & Domain(mine))
