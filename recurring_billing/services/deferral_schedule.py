from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..rules import deferral
from ..rules.money import to_decimal
from ..rules.periods import Period


class RecurringDeferralSchedule(models.AbstractModel):
    """What posted invoice lines of subscriptions have earned at the end of a day, from their service dates. Writes nothing."""

    _name = "recurring.deferral.schedule"
    _description = "Deferred and Accrued Revenue at a Date"

    @api.private
    @api.model
    def lines(self, companies, day, since=None):
        """The posted invoice lines the schedule is about.

        :param since: also lines whose service or accounting date reaches to this day, though they are neither deferred nor accrued.
        """
        deferred = Domain("date", "<=", day) & Domain("recurring_last_day", ">", day)
        accrued = Domain("date", ">", day) & Domain("recurring_start", "<=", day)
        wanted = deferred | accrued
        if since:
            known = Domain("date", "<=", day) | Domain("recurring_start", "<=", day)
            wanted |= known & (Domain("date", ">=", since) | Domain("recurring_last_day", ">=", since))
        posted = Domain([("parent_state", "=", "posted"), ("recurring_start", "!=", False), ("company_id", "in", companies.ids)])
        return self.env["account.move.line"].search(posted & wanted, order="recurring_start, id")

    @api.private
    @api.model
    def prepare_line(self, line, day):
        """The figures of one invoice line, in company currency and in the invoice's own; credits are negative."""
        values = self._prepare_dimensions(line)
        for suffix, total, service, rounding in self._amounts(line):
            found = deferral.schedule(total, service, line.date, day, rounding)
            values |= {f"{name}{suffix}": float(amount) for name, amount in found._asdict().items()}
        return values | {"date": line.date, "start": line.recurring_start, "last_day": line.recurring_last_day}

    @api.private
    @api.model
    def prepare_months(self, line, day):
        """The figures of one invoice line, by the month that earns them."""
        company, invoice = (
            deferral.by_month(total, service, line.date, day, rounding) for _suffix, total, service, rounding in self._amounts(line)
        )
        return [
            {
                **self._prepare_dimensions(line),
                "month": mine.first_day,
                "amount": float(mine.amount),
                "deferred": float(mine.deferred),
                "accrued": float(mine.accrued),
                "amount_currency": float(theirs.amount),
                "deferred_currency": float(theirs.deferred),
                "accrued_currency": float(theirs.accrued),
            }
            for mine, theirs in zip(company, invoice, strict=True)
        ]

    def _amounts(self, line):
        """What the line earned in all (a credit in the books is a gain), in both currencies: suffix, total, service, rounding."""
        service = Period(line.recurring_start, line.recurring_last_day + timedelta(days=1))
        for suffix, amount, currency in (
            ("", line.balance, line.company_currency_id),
            ("_currency", line.amount_currency, line.currency_id),
        ):
            yield suffix, -to_decimal(amount), service, to_decimal(currency.rounding)

    def _prepare_dimensions(self, line):
        # sudo: the plan is a word to group by; accountants may not read every subscription
        subscription = line.sudo().recurring_subscription_id
        return {
            "move_line_id": line.id,
            "move_id": line.move_id.id,
            "partner_id": line.partner_id.id,
            "product_id": line.product_id.id,
            "account_id": line.account_id.id,
            "company_id": line.company_id.id,
            "company_currency_id": line.company_currency_id.id,
            "currency_id": line.currency_id.id,
            "plan_id": subscription.plan_id.id,
        }
