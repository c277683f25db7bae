"""Stories of the conformance cases told to a real Odoo: forms and wizards by day, the scheduled action, and the posted invoice lines.

with databases.temporary(databases.addon_template(demo=False), "stories") as database:
    items = Replay(database).bill(case)

Each lineage has a subscription of its own, unless it shares plan and anchor with one that runs; a change that keeps them is made within the
subscription. Nothing but forms, wizards, buttons and the scheduled action writes; nothing but posted invoice lines is read.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from rules.periods import period_at
from rules.proration import ACTUAL, FULL, NONE

from .odoo_session import boot, environment
from .stories import ENDED, PAUSED, PRICE_WORDS, RUNNING, Event, Line, Refused, day_of, number_of, read_events, tell, value_on
from .story_billing import Item

FIELDS = dict(zip(PRICE_WORDS, ("price_unit", "quantity", "discount"), strict=True))
UNDOING = {
    ("resume", RUNNING): "pause",
    ("reopen", RUNNING): "end",
    ("pause", PAUSED): "resume",
    ("pause", ENDED): "reopen",
    ("end", ENDED): "reopen",
    ("change", ENDED): "reopen",
}
"""What a person does first, from the day on that the line stands as it does, where an event says that this began too late."""


class Place(NamedTuple):
    """Where a lineage lives in the database."""

    line: Line
    subscription_id: int
    product_id: int


class Replay:
    """A company in a database of its own, and what it bills of one story after the other.

    :param included: taxes are included in prices (10 %), which changes no amount of a story but those in the books.
    """

    def __init__(self, database: str, *, included: bool = False):
        self.registry = boot(database, log_level="critical")
        self.places: dict[int, Place] = {}
        self.company_id = None
        with self.on(date(2000, 1, 1)) as env:
            name = f"Stories, tax {'included' if included else 'on top'}"
            company = env["res.company"].create({"name": name, "currency_id": env.ref("base.USD").id, "recurring_guard_factor": 0})
            env.user.company_ids += company
            env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
            company_id, self.tax_id = company.id, self._tax(env, company).id if included else False
            env["decimal.precision"].search([("name", "in", ("Product Price", "Product Unit", "Discount"))]).write({"digits": 6})
        self.company_id = company_id

    def _tax(self, env, company):
        values = {"name": "Included", "amount": 10, "price_include_override": "tax_included", "type_tax_use": "sale"}
        return env["account.tax"].with_company(company).create({**values, "company_id": company.id})

    @contextmanager
    def on(self, day: date) -> Iterator:
        """The environment of the administrator on a day, in a transaction of its own."""
        with self.registry.cursor() as cursor:
            companies = {"allowed_company_ids": [self.company_id]} if self.company_id else {}
            yield environment(cursor, user="admin", context={"recurring_today": day, "lang": "en_US", **companies})
            cursor.commit()

    def bill(self, case: dict, also_on: Iterable[date] = ()) -> list[Item]:
        """The posted invoice lines of a story.

        :param also_on: days on which the scheduled action runs too, in date order.
        :raises ValueError: for a story that cannot be told; Refused for what Odoo does not do.
        """
        from odoo.exceptions import UserError

        self.forget()
        try:
            return self._tell(case, list(also_on))
        except UserError as refusal:
            raise Refused(f"Odoo refuses: {refusal}") from refusal

    def forget(self) -> None:
        """Stories told before are never due again."""
        with self.registry.cursor() as cursor:
            cursor.execute("UPDATE recurring_subscription SET next_invoice_date = NULL, state = 'closed'")
            cursor.commit()

    def _tell(self, case: dict, also_on: list[date]) -> list[Item]:
        lines, self.places = [], {}
        places = self.places
        for event in read_events(case):
            while also_on and also_on[0] < event.on:
                self.run(also_on.pop(0), places)
            before, lines = lines, tell(lines, event)
            with self.on(event.on) as env:
                self._enact(env, event, before, lines, places)
            if event.run:
                self.run(event.on, places)
        until = day_of(case["bill_until"])
        for day in [*(day for day in also_on if day < until), until]:
            self.run(day, places)
        with self.on(until) as env:
            return [item for key, place in places.items() for item in posted_items(env, place._replace(line=lines[key]))]

    # Acting

    def _enact(self, env, event: Event, before: list[Line], lines: list[Line], places: dict[int, Place]) -> None:
        """Do in Odoo what an event says."""
        told = next((line for line in reversed(before) if line.label == event.label), None)
        new = lines[-1] if len(lines) > len(before) else None
        if told and event.word != "start":
            since, state = told.states[-1]
            if undoing := UNDOING.get((event.word, state)):
                self._change(env, places[told.key], undoing, since)
        if event.word == "start":
            places[new.key] = self._start(env, new, event.on, places)
        elif event.word == "change" and told.terms == new.terms and told.start <= new.start:
            place = places[told.key]
            product = self._product(env, new)
            self._change(env, place, "replace", new.start, product_id=product, **_values(new, new.start))
            places[new.key] = Place(new, place.subscription_id, product.id)
        elif event.word == "change":
            self._change(env, places[told.key], "end", event.effective)
            places[new.key] = self._subscribe(env, new, event.on)
        elif event.word == "reprice":
            self._reprice(env, places[told.key], told, event)
        else:
            self._change(env, places[told.key], event.word, event.effective)

    def _reprice(self, env, place: Place, told: Line, event: Event) -> None:
        """What has ended is reopened for it, and ended again."""
        since, state = told.states[-1]
        if state == ENDED:
            self._change(env, place, "reopen", since)
        for day, values in _new_prices(told, event).items():
            self._change(env, place, "reprice", day, **values)
        if state == ENDED:
            self._change(env, place, "end", since)

    def _change(self, env, place: Place, kind: str, day: date, **values) -> None:
        """The change wizard, for one line."""
        from odoo.tests import Form

        context = {"default_subscription_id": place.subscription_id, "default_kind": kind}
        wizard = Form(env["recurring.change.wizard"].with_context(**context))
        wizard.date = day
        line = wizard.choice_ids[:].filtered(lambda line: line.product_id.id == place.product_id)
        if not line:
            raise Refused(f"the wizard offers no line {place.line.label!r} to {kind} on {day}")
        if kind in ("reprice", "replace"):
            wizard.line_id = line
        else:
            wizard.line_ids.clear()
            wizard.line_ids.add(line)
        for name, value in values.items():
            setattr(wizard, name, value)
        wizard.save().action_apply()

    def _start(self, env, line: Line, today: date, places: dict[int, Place]) -> Place:
        """A line of a subscription that runs on the same plan and anchor, else a subscription of its own."""
        from odoo.tests import Form

        for place in places.values():
            subscription = env["recurring.subscription"].browse(place.subscription_id)
            if place.line.terms == line.terms and subscription.state == "active" and subscription.start_date <= line.start:
                form = Form(subscription)
                product = self._add_line(env, form, line)
                form.save()
                return Place(line, subscription.id, product.id)
        return self._subscribe(env, line, today)

    def _subscribe(self, env, line: Line, today: date) -> Place:
        from odoo.tests import Form

        form = Form(env["recurring.subscription"])
        form.partner_id = env["res.partner"].create({"name": f"Customer of {line.label}"})
        form.plan_id = self._plan(env, line)
        form.start_date = line.start
        form.anchor_date = line.terms.anchor
        product = self._add_line(env, form, line)
        subscription = form.save()
        subscription.action_activate()
        return Place(line, subscription.id, product.id)

    def _add_line(self, env, form, line: Line):
        product = self._product(env, line)
        with form.line_ids.new() as new:
            new.product_id = product
            new.date_start = line.start
            for name, value in _values(line, line.start).items():
                setattr(new, name, value)
        return product

    def _product(self, env, line: Line):
        taxes = [(6, 0, [self.tax_id] if self.tax_id else [])]
        return env["product.product"].create({"name": line.label, "type": "service", "list_price": 1.0, "taxes_id": taxes})

    def _plan(self, env, line: Line):
        """A plan as the story's terms say; what continues another lineage in another plan has no leading stub to be whole or free."""
        from odoo.tests import Form

        terms = line.terms
        form = Form(env["recurring.plan"])
        form.name = f"Plan of {line.label}"
        form.interval_count, form.interval_unit = terms.interval
        form.timing = terms.billing
        form.proration = ACTUAL if line.follows and terms.proration in (FULL, NONE) else terms.proration
        form.credit_way = "credit_note"
        return form.save()

    # Billing

    def run(self, day: date, places: dict[int, Place]) -> None:
        """The scheduled action on a day; old work that waits for a person is confirmed.

        :raises Refused: when something is parked for another reason.
        """
        self.scheduled_action(day)
        with self.on(day) as env:
            domain = [("subscription_id", "in", [place.subscription_id for place in places.values()]), ("state", "=", "open")]
            waiting = env["recurring.billing.issue"].search([*domain, ("kind", "=", "catch_up")])
            if waiting:
                waiting.action_confirm_catch_up()
            if parked := env["recurring.billing.issue"].search(domain):
                raise Refused(f"billing is parked: {', '.join(parked.mapped('name'))}")

    def scheduled_action(self, day: date) -> None:
        with self.registry.cursor() as cursor:
            cron = environment(cursor).ref("recurring_billing.cron_bill")
            cron.code = f"model.with_context(recurring_today=datetime.date.fromisoformat('{day}')).run_scheduled()"
            cursor.commit()
            outcome = cron.method_direct_trigger()
            if outcome is not True:
                raise Refused(f"the scheduled action failed: {outcome}")


def posted_items(env, place: Place) -> list[Item]:
    """The posted invoice lines of a lineage: service dates, and the amount in the price's own basis; credit notes negative."""
    domain = [("recurring_subscription_id", "=", place.subscription_id), ("product_id", "=", place.product_id)]
    terms, found = place.line.terms, []
    for line in env["account.move.line"].search([*domain, ("parent_state", "=", "posted")], order="id"):
        included = any(line.tax_ids.mapped("price_include"))
        amount = Decimal(f"{line.price_total if included else line.price_subtotal:.2f}")
        amount = -amount if line.move_id.move_type == "out_refund" else amount
        full = period_at(terms.anchor, terms.interval, line.recurring_start)
        found.append(Item(place.line.label, full, line.recurring_start, line.recurring_last_day + timedelta(days=1), amount))
    return found


def rows_apart(posted: list[tuple], rows: list[tuple]) -> list[tuple]:
    """The posted lines with those that hold the net of several rows replaced by these rows.

    Rows of one lineage, full period and price that one run writes make one invoice line with their net.

    :param posted: (line, from, to, amount); so is each of ``rows``.

    >>> rows = [("A", 4, 32, -90), ("A", 20, 32, 40), ("A", 1, 4, 10)]
    >>> sorted(rows_apart([("A", 1, 4, 10), ("A", 4, 32, -50)], rows)) == sorted(rows)
    True
    >>> rows_apart([("A", 4, 32, -60)], rows)
    [('A', 4, 32, -60)]
    """
    left, found, netted = list(rows), [], []
    for line in posted:
        if line in left:
            left.remove(line)
            found.append(line)
        else:
            netted.append(line)
    for line in netted:
        label, start, end, amount = line
        inside = [row for row in left if row[0] == label and start <= row[1] and row[2] <= end]
        choices = (list(parts) for count in range(2, len(inside) + 1) for parts in combinations(inside, count))
        parts = next((parts for parts in choices if sum(part[3] for part in parts) == amount), [line])
        found += parts
        left = [row for row in left if row not in parts]
    return found


def _new_prices(line: Line, event: Event) -> dict[date, dict[str, float]]:
    """From which day on which fields are new: what a price event says is as it was until the first day on which it was told otherwise."""
    found = {}
    since = max(event.effective, line.start)
    for word, steps in zip(PRICE_WORDS, line[-3:], strict=True):
        if word in event.to:
            value = number_of(event.to[word], word)
            days = [since, *(day for day, _value in steps if day > since)]
            day = next((day for day in days if value_on(steps, day) != value), None)
            if day:
                found.setdefault(day, {})[FIELDS[word]] = float(value)
    return dict(sorted(found.items()))


def _values(line: Line, day: date) -> dict[str, float]:
    """Price, quantity and discount of a line on a day, as its fields are called."""
    return {FIELDS[word]: float(value_on(steps, day)) for word, steps in zip(PRICE_WORDS, line[-3:], strict=True)}
