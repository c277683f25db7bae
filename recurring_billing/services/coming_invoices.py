from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import format_amount, format_date

from .. import const
from ..rules.periods import boundary
from .billing_plan import CREDIT_NOTE

MONTHS = 12
DAY = timedelta(days=1)


class Event(NamedTuple):
    """Something that begins, ends or changes on a day.

    :param icon: of Font Awesome.
    """

    day: date
    words: str
    icon: str


class RecurringComingInvoices(models.AbstractModel):
    """The time line of a subscription: its invoices of the next twelve months, and what ends or changes meanwhile. Writes nothing."""

    _name = "recurring.coming.invoices"
    _description = "Coming Invoices"

    @api.private
    @api.model
    def months(self, subscription):
        """The time line, month by month; months in which nothing happens are left out.

        :return: {months: list of {label, total, entries}, until, count, total, problem: in words or empty}
        """
        today = subscription.company_id._recurring_today()
        until = today + relativedelta(months=MONTHS)
        expected, problems = self.env["recurring.billing.outlook"].expected(subscription, until)
        problem = next(iter(problems.values()), None)
        entries = [self._prepare_invoice(invoice) for invoice in expected]
        entries += [self._prepare_event(event) for event in self._events(subscription, today, until)]
        by_month = {}
        for entry in sorted(entries, key=lambda entry: (entry["day"], entry["is_event"])):
            by_month.setdefault(entry["day"].replace(day=1), []).append(entry)
        currency = subscription.currency_id
        return {
            "months": [
                {
                    "label": format_date(self.env, month, date_format="MMMM yyyy"),
                    "total": self._money(sum(entry["amount"] for entry in mine), currency),
                    "entries": mine,
                    "has_invoices": any(not entry["is_event"] for entry in mine),
                }
                for month, mine in by_month.items()
            ],
            "until": format_date(self.env, until),
            "count": len(expected),
            "total": self._money(sum(invoice.total for invoice in expected), currency),
            "problem": problem.name if problem else "",
            "is_running": subscription.state in const.BILLED_STATES,
        }

    def _prepare_invoice(self, invoice):
        items = [line.item for line in invoice.lines]
        extras = self.env["recurring.billing.extras"]
        days = [extras.days_of(item, invoice.run_day) for item in items if item.service] or [extras.days_of(items[0], invoice.run_day)]
        first, last = min(day[0] for day in days), max(day[1] for day in days)
        products = self.env["product.product"].union(*(extras.product_of(item) for item in items))
        return {
            "is_event": False,
            "day": invoice.run_day,
            "date": format_date(self.env, invoice.run_day),
            "period": self.env._("%(first)s to %(last)s", first=format_date(self.env, first), last=format_date(self.env, last)),
            "products": ", ".join([*products.mapped("name"), *([invoice.planned.payer.display_name] if invoice.planned.payer else [])]),
            "due": format_date(self.env, invoice.due_date),
            "is_credit": invoice.planned.move_type == CREDIT_NOTE,
            "amount": invoice.total,
            "shown": self._money(invoice.total, invoice.subscription.currency_id),
        }

    def _prepare_event(self, event):
        return {
            "is_event": True,
            "day": event.day,
            "date": format_date(self.env, event.day),
            "words": event.words,
            "icon": event.icon,
            "amount": 0.0,
        }

    def _money(self, amount, currency):
        return format_amount(self.env, currency.round(amount), currency)

    # What ends and changes

    def _events(self, subscription, today, until):
        """What begins, ends or changes after today, by date."""
        found = [*self._events_of_subscription(subscription), *self._events_of_discounts(subscription)]
        # sudo: lineages are the ledger's own records
        for lineage in subscription.sudo().line_ids.lineage_id:
            lines = lineage.line_ids.filtered(lambda line: not line.superseded and not (line.date_end and line.date_end < line.date_start))
            found += self._events_of_lineage(subscription, lines.sorted("date_start"))
        return sorted(event for event in set(found) if today < event.day <= until)

    def _events_of_subscription(self, subscription):
        start, paid_from, plan = subscription.start_date, subscription.trial_end_date, subscription.plan_id
        yield Event(start, self.env._("The service begins"), "fa-play")
        if paid_from and paid_from > start:
            yield Event(paid_from, self.env._("The trial is over: from now on it is paid"), "fa-flag-checkered")
        if subscription.end_date:
            yield Event(subscription.end_date, self.env._("Last day of the subscription"), "fa-stop")
        if subscription.successor_id:
            # sudo: whoever sees a subscription may see what goes on from it
            successor = subscription.successor_id.sudo()
            words = self.env._("It goes on as %(successor)s on the plan %(plan)s", successor=successor.name, plan=successor.plan_id.name)
            yield Event(successor.start_date, words, "fa-step-forward")
        term = plan._term()
        if term:
            last_day = boundary(paid_from or start, term, 1) - DAY
            if last_day != subscription.end_date:
                yield Event(last_day, self.env._("The minimum term is over"), "fa-unlock")

    def _events_of_discounts(self, subscription):
        for discount in subscription.line_ids.discount_ids:
            product = discount.line_id.product_id.name
            words = {"discount": discount.display_name, "product": product}
            if not discount.line_id.billed_until or discount.date_start >= discount.line_id.billed_until:
                yield Event(discount.date_start, self.env._("%(product)s: discount begins (%(discount)s)", **words), "fa-tag")
            if discount.holds_until:
                yield Event(discount.holds_until, self.env._("%(product)s: discount ends (%(discount)s)", **words), "fa-tag")

    def _events_of_lineage(self, subscription, lines):
        before = None
        for n, line in enumerate(lines):
            product = line.product_id.name
            if before is None:
                if line.date_start > subscription.start_date:
                    yield Event(line.date_start, self.env._("%s begins", product), "fa-plus")
            elif before.date_end and before.date_end + DAY < line.date_start:
                yield Event(line.date_start, self.env._("%s goes on", product), "fa-play")
            if before is not None and self._price(before) != self._price(line):
                words = self.env._("%(product)s: %(old)s → %(new)s", product=product, old=self._price(before), new=self._price(line))
                yield Event(line.date_start, words, "fa-pencil")
            follower = lines[n + 1 : n + 2]
            ends_before = line.date_end and line.date_end != subscription.end_date
            if ends_before and not (follower and follower.date_start == line.date_end + DAY):
                pauses = line.ended_by == const.BY_PAUSE
                words = self.env._("%s pauses after this day", product) if pauses else self.env._("%s ends with this day", product)
                yield Event(line.date_end, words, "fa-pause" if pauses else "fa-minus")
            before = line

    def _price(self, line):
        """ "2 × 50.00 $, −10%", as far as it says something."""
        price = self._money(line.price_unit, line.currency_id)
        words = price if line.quantity == 1 else f"{line.quantity:g} × {price}"
        return f"{words}, −{line.discount:g}%" if line.discount else words
