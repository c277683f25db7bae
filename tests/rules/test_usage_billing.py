"""Usage of a lineage: billed at the end of each piece, late records and corrections afterwards, and never twice."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count, pairwise

from billing_strategies import intervals, lineages, some_terms
from hypothesis import given
from hypothesis import strategies as st
from test_usage import GRADUATED, price, tier, usage_prices

from rules.charges import ADVANCE, ARREARS, Terms
from rules.periods import Interval, Period, period_at
from rules.usage import FLAT, usage_amount
from rules.usage_account import CORRECTION, LATE, REGULAR, UsageRecord, UsageRow, UsageSegment
from rules.usage_billing import (
    due_usage,
    late_usage_on,
    next_usage_on,
    outside_service,
    usage_settled_until,
    with_next_invoice,
)

MONTHLY = Terms(date(2024, 1, 1), Interval(1, "month"))
CALLS = price(GRADUATED, tier(1000, "1.50"), tier(None, "2.00"), flat_fee=30)


def day(month, number, year=2024):
    return date(year, month, number)


def segment(start, end=None, cost=CALLS, key="line"):
    return UsageSegment(key, "L", start, end, cost)


class Books:
    """A ledger of rows and records that grows from run to run."""

    def __init__(self, *segments, terms=MONTHLY):
        self.terms, self.segments = terms, list(segments)
        self.rows, self.records, self.keys = [], [], count(1)

    def use(self, on, quantity, known_on=None):
        self.records.append(UsageRecord(next(self.keys), "L", on, Decimal(quantity), known_on=known_on or on))

    def bill(self, horizon):
        charges = due_usage(self.terms, self.segments, self.rows, self.records, horizon)
        taken = {key for charge in charges for key in charge.records}
        for charge in charges:
            covered = charge.covered if charge.reason == REGULAR else Period(charge.covered.start, charge.covered.start)
            self.rows.append(
                UsageRow(charge.segment, charge.lineage, charge.full, covered, charge.price, charge.amount, key=len(self.rows) + 1)
            )
        self.records = [record._replace(billed=record.billed or record.key in taken) for record in self.records]
        return charges

    def void(self, n):
        """A row goes out of force, and frees its records: here those of its days."""
        row = self.rows.pop(n)
        self.records = [
            record._replace(billed=record.billed and not row.covered.start <= record.day < row.covered.end) for record in self.records
        ]

    def settled_until(self):
        return usage_settled_until(self.terms, self.segments, self.rows, self.records)["L"]

    def next_on(self):
        return next_usage_on(self.terms, self.segments, self.rows, self.records)


def told(charges):
    return [(str(charge.covered.start), str(charge.covered.end), str(charge.amount), charge.reason) for charge in charges]


def test_usage_is_due_at_the_end_of_its_period_even_of_a_plan_in_advance():
    for billing in (ADVANCE, ARREARS):
        books = Books(segment(day(1, 1)), terms=MONTHLY._replace(billing=billing, lead_days=10))
        books.use(day(1, 1), 700)
        books.use(day(1, 31), 500)
        books.use(day(2, 1), 1)
        assert books.next_on() == day(2, 1)
        assert not books.bill(day(1, 31))
        (january,) = books.bill(day(2, 1))
        assert told([january]) == [("2024-01-01", "2024-02-01", "1930.00", REGULAR)]
        assert (january.quantity, january.before, january.records, january.due_on) == (1200, 0, (1, 2), day(2, 1))
        assert books.next_on() == day(3, 1)


def test_the_basic_fee_comes_every_period_also_without_a_record():
    books = Books(segment(day(1, 1)))
    assert told(books.bill(day(4, 1))) == [
        ("2024-01-01", "2024-02-01", "30.00", REGULAR),
        ("2024-02-01", "2024-03-01", "30.00", REGULAR),
        ("2024-03-01", "2024-04-01", "30.00", REGULAR),
    ]
    assert not books.bill(day(4, 30))


def test_a_period_without_fee_and_records_is_billed_with_nothing_so_that_later_records_are_late():
    books = Books(segment(day(1, 1), cost=price(FLAT, tier(None, 2))))
    assert told(books.bill(day(2, 1))) == [("2024-01-01", "2024-02-01", "0.00", REGULAR)]
    books.use(day(1, 20), 4, known_on=day(2, 10))
    assert told(books.bill(day(2, 11))) == [("2024-01-01", "2024-02-01", "8.00", LATE)]


def test_a_line_that_starts_or_ends_inside_a_period_is_billed_at_its_own_end_with_the_whole_fee():
    books = Books(segment(day(1, 20), day(3, 11)))
    books.use(day(3, 10), 2)
    assert told(books.bill(day(3, 10))) == [
        ("2024-01-20", "2024-02-01", "30.00", REGULAR),
        ("2024-02-01", "2024-03-01", "30.00", REGULAR),
    ]
    assert books.next_on() == day(3, 11)
    assert told(books.bill(day(3, 11))) == [("2024-03-01", "2024-03-11", "33.00", REGULAR)]
    assert books.next_on() is None


def test_late_records_cost_what_they_add_in_the_tiers_of_their_own_period():
    """995 calls were billed; ten late ones are five at 1.50 and five at 2.00."""
    books = Books(segment(day(1, 1)))
    books.use(day(1, 5), 995)
    books.bill(day(2, 1))
    books.use(day(1, 30), 10, known_on=day(2, 5))
    (late,) = books.bill(day(2, 20))
    assert told([late]) == [("2024-01-01", "2024-02-01", "17.50", LATE)]
    assert (late.quantity, late.before, late.records, late.due_on) == (1005, 995, (2,), day(2, 5))
    assert not books.bill(day(2, 29))


def test_late_usage_does_not_hurry_the_next_invoice_while_there_is_one():
    books = Books(segment(day(1, 1), day(3, 1)))
    books.bill(day(2, 1))
    books.use(day(1, 30), 10, known_on=day(2, 5))
    assert books.next_on() == day(3, 1)
    books.bill(day(3, 1))
    books.use(day(1, 30), 1, known_on=day(3, 9))
    assert books.next_on() is None
    assert late_usage_on(books.terms, books.segments, books.rows, books.records) == day(3, 9)


def test_a_late_record_below_zero_gives_money_back():
    books = Books(segment(day(1, 1)))
    books.use(day(1, 5), 100)
    books.bill(day(2, 1))
    books.use(day(1, 5), -40, known_on=day(2, 2))
    assert told(books.bill(day(2, 2))) == [("2024-01-01", "2024-02-01", "-60.00", LATE)]


def test_late_usage_covered_by_the_allowance_is_billed_with_nothing():
    books = Books(segment(day(1, 1), cost=CALLS._replace(allowance=Decimal(50))))
    books.bill(day(2, 1))
    books.use(day(1, 5), 50)
    assert [(charge.amount, charge.records) for charge in books.bill(day(2, 2))] == [(0, (1,))]
    assert not books.bill(day(2, 3))


def test_a_pause_bills_what_was_used_before_it_and_the_fee_once():
    books = Books(segment(day(1, 1), day(1, 11)), segment(day(1, 21), key="resumed"))
    books.use(day(1, 10), 600)
    books.use(day(1, 15), 99)
    books.use(day(1, 21), 600)
    assert told(books.bill(day(1, 11))) == [("2024-01-01", "2024-01-11", "930.00", REGULAR)]
    (rest,) = books.bill(day(2, 1))
    assert told([rest]) == [("2024-01-21", "2024-02-01", "1000.00", REGULAR)]
    assert (rest.segment, rest.records) == ("resumed", (3,))
    assert [record.key for record in outside_service(books.segments, books.records)] == [2]


def test_an_end_in_the_past_gives_back_what_is_no_longer_wanted():
    """Two months of 30.00; the line turns out to have ended on 10 January, before 400 of 500 calls."""
    books = Books(segment(day(1, 1)))
    books.use(day(1, 5), 100)
    books.use(day(1, 20), 400)
    books.bill(day(3, 1))
    books.segments = [segment(day(1, 1), day(1, 11))]
    assert books.next_on() == day(1, 11)
    january, february = books.bill(day(3, 2))
    assert told([january, february]) == [
        ("2024-01-01", "2024-01-11", "-600.00", CORRECTION),
        ("2024-02-01", "2024-03-01", "-30.00", CORRECTION),
    ]
    assert (january.due_on, february.due_on) == (day(1, 11), day(2, 1))
    assert (january.row, february.row) == (1, 2)
    assert books.next_on() is None
    books.segments = [segment(day(1, 1))]
    assert told(books.bill(day(3, 2))) == [
        ("2024-01-01", "2024-02-01", "600.00", CORRECTION),
        ("2024-02-01", "2024-03-01", "30.00", CORRECTION),
    ]


def test_a_lineage_of_which_nothing_is_wanted_any_more_is_given_back_whole():
    books = Books(segment(day(1, 1)))
    books.bill(day(2, 1))
    books.segments = [segment(day(1, 1), day(1, 1))]
    assert told(books.bill(day(2, 1))) == [("2024-01-01", "2024-02-01", "-30.00", CORRECTION)]


def test_a_price_that_counts_from_an_earlier_day_is_billed_instead_of_the_old_one():
    books = Books(segment(day(1, 1)))
    books.use(day(1, 5), 10)
    books.bill(day(2, 1))
    dearer = CALLS._replace(flat_fee=Decimal(50))
    books.segments = [segment(day(1, 1), cost=dearer)]
    assert sorted(charge.amount for charge in books.bill(day(2, 1))) == [Decimal("-45.00"), Decimal("65.00")]


def test_a_voided_row_is_billed_again_with_its_records():
    books = Books(segment(day(1, 1)))
    books.use(day(1, 5), 10)
    books.bill(day(2, 1))
    books.void(0)
    assert books.next_on() == day(2, 1)
    assert told(books.bill(day(2, 7))) == [("2024-01-01", "2024-02-01", "45.00", REGULAR)]


def test_usage_is_settled_until_the_first_day_not_billed():
    books = Books(segment(day(1, 20), day(2, 15)))
    until = [books.settled_until()]
    for horizon in (day(2, 1), day(2, 15)):
        books.bill(horizon)
        until.append(books.settled_until())
    assert until == [day(1, 20), day(2, 1), day(2, 15)]


def test_usage_is_settled_until_the_first_period_that_is_not_billed_as_it_should_be():
    books = Books(segment(day(1, 1)))
    books.bill(day(4, 1))
    books.segments = [segment(day(1, 1), day(2, 1)), segment(day(2, 1), cost=CALLS._replace(flat_fee=Decimal(50)))]
    assert books.settled_until() == day(2, 1)
    books.use(day(1, 5), 10, known_on=day(4, 2))
    assert books.settled_until() == day(2, 1)
    books.segments = []
    assert books.settled_until() == day(1, 1)
    books.bill(day(4, 2))
    assert books.settled_until() is None


def test_what_is_settled_need_not_be_shown_again():
    books = Books(segment(day(1, 1)))
    books.bill(day(12, 1))
    books.rows = books.rows[-1:]
    settled = {"L": day(12, 1)}
    assert next_usage_on(MONTHLY, books.segments, books.rows, settled=settled) == day(1, 1, 2025)
    assert told(due_usage(MONTHLY, books.segments, [], [], day(1, 1, 2025), settled=settled)) == [
        ("2024-12-01", "2025-01-01", "30.00", REGULAR)
    ]


def test_overlapping_segments_are_refused():
    try:
        due_usage(MONTHLY, [segment(day(1, 1)), segment(day(2, 1))], [], [], day(2, 1))
    except ValueError as error:
        assert str(error) == "segments of lineage 'L' overlap on 2024-02-01"
    else:
        raise AssertionError("overlapping segments were taken")


def test_late_usage_joins_the_next_invoice_of_its_run_else_the_last_else_none():
    books = Books(segment(day(1, 1), day(2, 1)))
    books.bill(day(2, 1))
    books.use(day(1, 9), 1, known_on=day(2, 5))
    late = books.bill(day(2, 6))
    for moments, expected in (
        ([], day(2, 5)),
        ([day(1, 1)], day(1, 1)),
        ([day(1, 1), day(2, 5), day(3, 1)], day(2, 5)),
        ([day(3, 1)], day(3, 1)),
    ):
        assert [charge.due_on for charge in with_next_invoice(late, moments)] == [expected]


# For any lineage, any records and any runs


@st.composite
def stories(draw):
    """Terms, segments of one lineage, and records around them."""
    terms = draw(some_terms())
    pool = draw(st.lists(usage_prices(), min_size=1, max_size=2))
    priced = [(each, draw(st.sampled_from(pool))) for each in draw(lineages(terms, closed=True))]
    segments = [UsageSegment(each.key, each.lineage, each.start, each.end, found) for each, found in priced]
    span = (segments[-1].end - segments[0].start).days
    on_day = st.integers(-5, span + 5).map(lambda n: segments[0].start + timedelta(days=n))
    used = draw(st.lists(st.tuples(on_day, st.integers(0, 3000)), max_size=12))
    records = [UsageRecord(n, segments[0].lineage, *each) for n, each in enumerate((on, Decimal(quantity)) for on, quantity in used)]
    return terms, segments, records


def wanted_cost(terms, segments, records):
    """Day by day: by full period and price, what was used on wanted days, and what that costs."""
    used = {}
    for each in segments:
        on = each.start
        while on < each.end:
            full = period_at(terms.anchor, terms.interval, on)
            today = sum((record.quantity for record in records if record.day == on), Decimal(0))
            used[full, each.price] = used.get((full, each.price), Decimal(0)) + today
            on += timedelta(days=1)
    return {key: usage_amount(key[1], quantity) for key, quantity in used.items()}


def billed(books):
    found = {}
    for row in books.rows:
        found[row.full, row.price] = found.get((row.full, row.price), Decimal(0)) + row.amount
    return {key: amount for key, amount in found.items() if amount}


@given(stories(), st.data())
def test_any_runs_with_late_records_bill_what_one_run_at_the_end_bills(story, data):
    terms, segments, records = story
    expected = {key: amount for key, amount in wanted_cost(terms, segments, records).items() if amount}
    end = segments[-1].end + timedelta(days=1)
    books = Books(*segments, terms=terms)
    waiting = list(records)
    for horizon in sorted(data.draw(st.lists(st.dates(segments[0].start, end), max_size=5))):
        known = data.draw(st.integers(0, len(waiting)))
        books.records += waiting[:known]
        waiting = waiting[known:]
        books.bill(horizon)
        assert not books.bill(horizon), "running again bills something"
    books.records += waiting
    books.bill(end)
    assert billed(books) == expected
    assert not books.bill(end)
    outside = {record.key for record in outside_service(segments, records)}
    assert {record.key for record in books.records if not record.billed} == outside


@given(stories(), st.data())
def test_rows_never_cover_a_day_twice_and_next_usage_on_tells_when_there_are_some(story, data):
    terms, segments, records = story
    books = Books(*segments, terms=terms)
    books.records = records
    while (due_on := books.next_on()) is not None:
        assert not due_usage(terms, segments, books.rows, books.records, due_on - timedelta(days=1))
        assert books.bill(due_on)
    covered = sorted(row.covered for row in books.rows if row.covered.days)
    assert all(one.end <= other.start for one, other in pairwise(covered))
    assert sum(part.days for part in covered) == sum((each.end - each.start).days for each in segments)


@given(stories(), st.data())
def test_another_end_or_start_is_billed_as_if_it_had_been_known(story, data):
    """Some runs, then the segments turn out shorter or longer: the net is what the segments say now."""
    terms, segments, records = story
    end = segments[-1].end + timedelta(days=400)
    books = Books(*segments, terms=terms)
    books.records = records
    books.bill(data.draw(st.dates(segments[0].start, end)))
    last = segments[-1]
    moved = last._replace(end=data.draw(st.dates(last.start, last.end + timedelta(days=40))))
    books.segments = [*segments[:-1], moved]
    books.bill(end)
    expected = {key: amount for key, amount in wanted_cost(terms, books.segments, records).items() if amount}
    assert billed(books) == expected
    assert books.next_on() is None


@given(intervals)
def test_every_interval_is_billed_at_the_end_of_its_period(interval):
    terms = Terms(date(2024, 1, 31), interval)
    full = period_at(terms.anchor, terms.interval, terms.anchor)
    assert next_usage_on(terms, [segment(terms.anchor)], []) == full.end
