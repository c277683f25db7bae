"""Any sequence of events, runs and voided runs: no day is covered twice, and what is billed is what its days cost.

The machine records events of a subscription of up to four lineages, in time and late, bills in any order with gaps, voids runs and claims
them again. After each step a copy of the ledger is billed far ahead and compared, to the cent, with the price of every day
counted by itself (``day_by_day.py``). Stories are translated as the conformance runner does it.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import day_by_day
from billing_strategies import length_in_days
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from ledger_model import LedgerModel, Refused
from usage_model import FREE, LIMIT, UsageModel, usage_price

from rules.charges import ADVANCE, ARREARS, Charge, Terms, due_rows, next_bill_on, settled_until
from rules.money import Price
from rules.periods import DAY, MONTH, WEEK, YEAR, Interval
from rules.pricing import Discount, Offer
from rules.proration import ACTUAL, POLICIES, THIRTY
from tools.stories import Event, tell

LINES = 4
BY_THE_DAY, IN_LONG_RUNS = 100, 2000

intervals = st.one_of(
    st.builds(Interval, st.sampled_from([1, 1, 1, 2, 3]), st.just(MONTH)),
    st.builds(Interval, st.sampled_from([1, 2]), st.just(WEEK)),
    st.builds(Interval, st.integers(1, 20), st.just(DAY)),
    st.just(Interval(1, YEAR)),
)
anchors = st.one_of(st.dates(date(2023, 12, 1), date(2024, 4, 30)), st.sampled_from([date(2024, 1, 31), date(2024, 2, 29)]))
numbers = {
    "price": st.sampled_from([Decimal(text) for text in ("99.99", "90", "100", "0.01", "0", "249.95", "-10")]),
    "quantity": st.sampled_from([Decimal(text) for text in ("1", "1", "2", "3", "0.333")]),
    "discount": st.sampled_from([Decimal(text) for text in ("0", "0", "10", "33.33", "100")]),
}
prices = st.fixed_dictionaries(numbers)
new_prices = st.fixed_dictionaries({}, optional=numbers).filter(bool)
discounts = st.builds(
    Discount,
    st.just("Discount"),
    st.sampled_from([Decimal(0), Decimal(25), Decimal(50)]),
    st.sampled_from([Decimal(0), Decimal("12.34")]),
    st.dates(date(2024, 1, 1), date(2024, 4, 1)),
    st.sampled_from([None, 1, 2, 3]),
    st.one_of(st.none(), st.dates(date(2024, 2, 1), date(2024, 8, 1))),
)
moments = st.one_of(st.just(0), st.just(0), st.integers(-250, 50))
"""When something counts from, in hundredths of a period before or after the day it is recorded."""


class Told(NamedTuple):
    """A lineage as the day-by-day computation knows it."""

    start: date
    follows: bool
    first: dict
    told: list


class Expected(NamedTuple):
    """What the day-by-day computation says of a lineage: the price each day wants, net amounts, and the covered days with their price."""

    wanted: dict
    totals: dict
    days: dict


class Billing(RuleBasedStateMachine):
    """One subscription, its ledger and a calendar that moves on."""

    @initialize(
        anchor=anchors,
        interval=intervals,
        billing=st.sampled_from([ADVANCE, ADVANCE, ARREARS]),
        proration=st.sampled_from([ACTUAL, *POLICIES, THIRTY]),
        lead_days=st.sampled_from([0, 0, 0, 5]),
        offer=st.one_of(st.none(), st.none(), st.lists(discounts, min_size=1, max_size=2)),
        cut=st.booleans(),
        metered=st.sampled_from(["graduated", "volume", "package"]),
        first=prices,
    )
    def set_up(self, anchor, interval, billing, proration, lead_days, offer, cut, metered, first):
        self.terms = Terms(anchor, interval, billing, proration, lead_days)
        self.offer, self.cut = Offer(tuple(offer or ())), cut
        self.today, self.length = anchor + timedelta(days=3), length_in_days(interval)
        self.lines, self.told, self.events = [], {}, set()
        self.ledger, self.settled, self.runs, self.last_horizon = LedgerModel(), {}, 0, anchor
        self.usage, self.computed, self.untouched = UsageModel(metered), {}, True
        self.changed = True
        self.start_at(first, 0)

    # What people tell

    @precondition(lambda self: len(self.lines) < LINES)
    @rule(first=prices, moment=moments)
    def start_at(self, first, moment):
        label, since = f"line {len(self.lines)}", self._moment(moment)
        interval = self.terms.interval._asdict()
        self._tell("start", label, moment, {"line": label, "interval": interval, "anchor": str(self.terms.anchor), **first})
        self.told[len(self.lines) - 1] = Told(since, False, first, [])

    @rule(which=st.integers(0, LINES - 1), moment=moments, word=st.sampled_from(["pause", "resume", "end", "reopen"]))
    def stop_or_go_on(self, which, moment, word):
        line = self.lines[which % len(self.lines)]
        if self._tell(word, line.label, moment, {}):
            self.told[line.key].told.append((word, self._moment(moment), {}))

    @rule(which=st.integers(0, LINES - 1), moment=moments, to=new_prices)
    def reprice(self, which, moment, to):
        line = self.lines[which % len(self.lines)]
        if self._tell("reprice", line.label, moment, to):
            self.told[line.key].told.append(("reprice", self._moment(moment), to))

    @precondition(lambda self: len(self.lines) < LINES)
    @rule(which=st.integers(0, LINES - 1), moment=moments, to=new_prices)
    def change(self, which, moment, to):
        line, since = self.lines[which % len(self.lines)], self._moment(moment)
        if not self._tell("change", line.label, moment, {"line": f"line {len(self.lines)}", **to}):
            return
        old = self.told[line.key]
        _runs, price = day_by_day.said_of(max(since, old.start), old.first, old.told)
        old.told.append(("end", since, {}))
        self.told[len(self.lines) - 1] = Told(since, True, {**price, **to}, [])

    @rule(days=st.integers(1, 120))
    def wait(self, days):
        self.today += timedelta(days=max(1, self.length * days // 100))

    @rule(which=st.integers(0, LINES - 1), moment=moments, quantity=st.integers(0, 9))
    def use(self, which, moment, quantity):
        self.usage.record(which % len(self.lines), self._moment(moment), quantity, self.today)
        self.changed = True

    def _tell(self, word, label, moment, to) -> bool:
        """Whether it can be; what cannot is refused, and nothing happens."""
        since = self._moment(moment)
        try:
            self.lines = tell(self.lines, Event(word, label, self.today, since, to, True))
        except ValueError:
            return False
        self.events.add(since)
        self._forget_what_is_settled()
        return True

    def _moment(self, moment) -> date:
        return self.today + timedelta(days=self.length * moment // 100)

    def _forget_what_is_settled(self):
        """As after every change: what is settled is found out from the whole ledger."""
        self.changed = True
        self.settled = self._settled(self.ledger.rows(), {})

    def _settled(self, rows, before) -> dict:
        found = {}
        for line in self.lines:
            parts = [segment for segment in self._segments() if segment.lineage == line.key]
            mine = [row for row in rows if row.lineage == line.key]
            found[line.key] = settled_until(self.terms, parts, mine, settled=before.get(line.key))
        return {key: day for key, day in found.items() if day}

    # What the product does

    @rule(moment=st.one_of(st.just(0), st.just(0), st.just(0), st.integers(-150, 150)))
    def bill(self, moment):
        horizon = self._moment(moment)
        self._check_next_bill(horizon)
        found = self._due(self.ledger, horizon, self.settled)
        assert sorted(found, key=repr) == sorted(self._due(self.ledger, horizon), key=repr), "what is settled is not"
        self._check_signs(found)
        self.runs += 1
        for due in found:
            self.ledger.book(due, self.runs)
        for due in self.usage.due(self.terms, self._segments(), horizon):
            self.usage.book(due, self.runs)
        self.settled = self._settled(self.ledger.rows(self.settled), self.settled)
        self.changed, self.last_horizon = True, horizon
        assert self._due(self.ledger, horizon) == [], "running again bills something"
        assert self.usage.due(self.terms, self._segments(), horizon) == [], "running again bills usage"
        self._compare(self.ledger, horizon)

    @precondition(lambda self: self.runs)
    @rule(which=st.integers(1, 30), claim=st.sampled_from([False, False, True]))
    def void_or_claim_a_run(self, which, claim):
        copy = LedgerModel(self.ledger.entries)
        try:
            copy.claim(which % self.runs + 1) if claim else copy.void(which % self.runs + 1)
        except Refused:
            return
        self.ledger, self.untouched = copy, False
        if not claim:
            self.usage.void(which % self.runs + 1)
        self._forget_what_is_settled()

    def _segments(self):
        """As the lines are; half of the time cut wherever something was told, as successors of one price are."""
        found = []
        for line in self.lines:
            for segment in line.segments():
                days = sorted(day for day in self.events if self.cut and segment.start < day and (not segment.end or day < segment.end))
                starts, ends = [segment.start, *days], [*days, segment.end]
                found += [
                    segment._replace(key=(line.key, start), start=start, end=end, offer=self.offer)
                    for start, end in zip(starts, ends, strict=True)
                ]
        return found

    def _due(self, ledger, horizon, settled=None):
        return due_rows(self.terms, self._segments(), ledger.rows(settled), horizon, settled=settled)

    # What must hold

    @invariant()
    def no_day_is_covered_twice(self):
        covered = [(lineage, day) for lineage, day, _price in self.ledger.covered_days()]
        assert len(covered) == len(set(covered))

    @invariant()
    def billed_far_ahead_everything_costs_what_its_days_cost(self):
        if not self.changed:
            return
        self.changed = False
        far = max([self.today, self.last_horizon, *self.events, *(entry.row.full.end for entry in self.ledger.entries)])
        far += timedelta(days=2 * self.length + 40)
        copy = LedgerModel(self.ledger.entries)
        for due in self._due(copy, far):
            copy.book(due, self.runs + 1)
        assert self._due(copy, far) == []
        self._compare(copy, far)
        usage = self.usage.copy()
        for due in usage.due(self.terms, self._segments(), far):
            usage.book(due, self.runs + 1)
        self._compare_usage(usage, far)

    def _compare_usage(self, usage, far):
        """Net amounts of usage of every full period that has ended; a price may leave a net of nothing."""

        def cost(price, quantity):
            return day_by_day.usage_cost(usage.model, int(LIMIT), int(FREE), price, quantity)

        net = {key: amount for key, amount in usage.net().items() if amount and key[1].end <= far}
        for line in self.lines:
            used = [(record.day, int(record.quantity)) for record in usage.records if record.lineage == line.key]
            expected = day_by_day.expected_usage(self.terms, self._expected(line, far).wanted, used, far, cost)
            billed = {(full, price): amount for (lineage, full, price), amount in net.items() if lineage == line.key}
            assert billed == {(full, usage_price(usage.model, Price(*price))): each for (full, price), each in expected.items() if each}

    def _compare(self, ledger, horizon):
        """Net amounts and covered days of every full period in which nothing is due later."""
        net, covered = ledger.net(), ledger.covered_days()
        until = max([horizon, *self.events, *(end for _lineage, (_start, end), _price in net)]) + timedelta(days=self.length + 40)
        first = min([*self.events, *(day for _lineage, day, _price in covered)])
        over = {full for full in day_by_day.full_periods(self.terms.anchor, self.terms.interval, first, until) if self._over(full, horizon)}
        days = {day for full in over for day in day_by_day.days_between(*full)}
        for line in self.lines:
            expected = self._expected(line, until)
            billed = {(full, price): net[lineage, full, price] for lineage, full, price in net if lineage == line.key and full in over}
            assert billed == {key: amount for key, amount in expected.totals.items() if amount and key[0] in over}
            live = {day: price for lineage, day, price in covered if lineage == line.key}
            assert {day: live[day] for day in live if day in days} == {day: expected.days[day] for day in expected.days if day in days}

    def _expected(self, line, until) -> Expected:
        """What the days of a line want and cost, computed once as long as nothing more is told."""
        told = self.told[line.key]
        key = (line.key, len(told.told), until)
        if key not in self.computed:
            wanted = day_by_day.wanted_days(told.start, until, told.first, told.told)
            discounted = day_by_day.discounted_days(self.terms, wanted, self.offer.discounts, until)
            self.computed[key] = Expected(wanted, *day_by_day.expected_of_days(self.terms, discounted, told.follows, until))
        return self.computed[key]

    def _over(self, full, horizon) -> bool:
        """Whether all of a full period is due: it has ended, or it is billed in advance and nothing that was told begins later in it."""
        start, end = full
        reach = horizon + self.terms.ahead
        if end <= reach:
            return True
        later = [day for day in self.events if reach < day < end]
        return self.terms.billing == ADVANCE and start <= reach and not later

    def _check_signs(self, found):
        """No charge below zero, no credit above and none without days, but for negative prices and days that alter what others weigh."""
        if self.terms.proration == ACTUAL:
            for due in found:
                assert due.covered.days or not self.untouched, due
                sign = 1 if isinstance(due, Charge) else -1
                sign = -sign if due.price.unit_price < 0 else sign
                assert sign * due.amount >= 0, due

    def _check_next_bill(self, horizon):
        """The next billing day is the first one on which something is due."""
        rows = self.ledger.rows(self.settled)
        day = next_bill_on(self.terms, self._segments(), rows, settled=self.settled)
        found = self._due(self.ledger, horizon)
        assert bool(found) == (day is not None and day <= horizon)
        if found:
            assert self._due(self.ledger, day)
            assert not self._due(self.ledger, day - timedelta(days=1))


TestBilling = Billing.TestCase
TestBilling.settings = settings(
    max_examples=IN_LONG_RUNS if settings.default.max_examples > BY_THE_DAY else BY_THE_DAY, stateful_step_count=16
)
