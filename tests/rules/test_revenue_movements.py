"""Opening + movements = closing, for every window and every way to look at it, in stories drawn at random."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rules.charges import Segment
from rules.lineages import Ledger, Terms, by_lineage
from rules.money import Price, round_money
from rules.periods import DAY, MONTH, WEEK, YEAR, Interval
from rules.pricing import Discount, Offer
from rules.revenue import CHURN, CONTRACTION, EXPANSION, NEW, REACTIVATION, Stretch, booked_steps, classify, per_month
from rules.revenue_stretches import stretches, threads

FIRST = date(2026, 1, 1)
LAST = date(2028, 12, 31)
RATES = [Fraction(1, 2), Fraction(11, 10), Fraction(6, 5), Fraction(3, 2)]

days = st.integers(0, 400).map(lambda n: FIRST + timedelta(days=n))
amounts = st.integers(0, 400).map(lambda n: Fraction(n, 3))


@st.composite
def thread(draw, name="line"):
    """Stretches of a lineage: some join, some follow a gap, some gaps are pauses; the last may be open-ended."""
    found, day = [], draw(days)
    for n in range(draw(st.integers(1, 6))):
        length, gap = draw(st.integers(1, 90)), draw(st.sampled_from([0, 0, 5, 40]))
        end = day + timedelta(days=length)
        found.append(Stretch(f"{name}{n}", day, end, draw(amounts), bool(gap) and draw(st.booleans())))
        day = end + timedelta(days=gap)
    if draw(st.booleans()):
        found[-1] = found[-1]._replace(end=None, pauses=False)
    return found


def on(stretch, day):
    return stretch.start <= day and (stretch.end is None or day < stretch.end)


def closing(steps, day):
    return sum((step.amount for step in steps if step.on <= day), Decimal(0))


@given(thread(), days)
def test_what_is_booked_on_any_day_is_the_rounded_amount_of_that_day(parts, day):
    steps = booked_steps(parts, LAST)
    assert closing(steps, day) == sum((round_money(part.monthly) for part in parts if on(part, day)), Decimal(0))


@given(thread(), days)
def test_what_is_booked_up_to_a_day_is_what_is_known_of_it_later(parts, day):
    assert booked_steps(parts, day) == [step for step in booked_steps(parts, LAST) if step.on <= day]


@given(thread())
def test_each_line_is_released_to_zero_when_it_ends(parts):
    for part in parts:
        mine = [step.amount for step in booked_steps(parts, LAST) if step.line == part.line]
        assert sum(mine, Decimal(0)) == (round_money(part.monthly) if part.end is None else 0)


@given(thread())
def test_a_resume_takes_back_exactly_what_its_pause_released(parts):
    flagged = [step for step in booked_steps(parts, LAST) if step.paused]
    for pause, resume in zip(flagged[::2], flagged[1::2], strict=False):
        assert (pause.reason, resume.reason, pause.amount + resume.amount) == ("pause", "resume", 0)


@given(thread(), st.lists(st.sampled_from(RATES), min_size=30, max_size=30))
def test_exchange_rates_make_no_movement(parts, rates):
    """The same amount goes on at what was booked, whatever the rate; less never releases more than there was, and all ends at zero."""
    same = [part._replace(monthly=Fraction(100)) for part in parts]
    steps = booked_steps(same, LAST, lambda _line, day: rates[day.toordinal() % 30])
    for before, now in pairwise(same):
        if before.end == now.start:
            assert sum(step.amount for step in steps if step.on == now.start) == 0
    ended = [*parts[:-1], parts[-1]._replace(end=parts[-1].end or LAST)]
    assert closing(booked_steps(ended, LAST, lambda _line, day: rates[day.toordinal() % 30]), LAST) == 0


@given(st.lists(thread(), min_size=1, max_size=4), days, days)
def test_opening_and_movements_make_the_closing_of_every_window(lines, one, other):
    """Of customers, plans and companies alike: whoever the lines belong to."""
    first, last = sorted((one, other))
    steps = [(n % 2, step) for n, parts in enumerate(lines) for step in booked_steps(parts, LAST)]
    for customer in (0, 1):
        nets = {}
        for who, step in steps:
            if who == customer:
                nets[step.on] = nets.get(step.on, Decimal(0)) + step.amount
        moved = classify([(day, nets[day]) for day in sorted(nets)])
        opening = sum((each.amount for each in moved if each.on < first), Decimal(0))
        window = sum((each.amount for each in moved if first <= each.on <= last), Decimal(0))
        mine = [part for n, parts in enumerate(lines) if n % 2 == customer for part in parts]
        assert opening + window == sum((round_money(part.monthly) for part in mine if on(part, last)), Decimal(0))
        _check_kinds(moved)


def _check_kinds(moved):
    """Each kind means what it says: its sign, from nothing or to nothing, new once."""
    paid = [each for each in moved if each.closing]
    for each in moved:
        if not each.amount:
            continue
        if each.kind == NEW:
            assert each.opening == 0 and each == paid[0]
        if each.kind == REACTIVATION:
            assert each.opening == 0 and each.amount > 0 and each != paid[0]
        if each.kind == CHURN:
            assert each.closing == 0 and each.amount < 0
        if each.kind == EXPANSION:
            assert each.opening > 0 and each.amount > 0
        if each.kind == CONTRACTION:
            assert each.closing > 0 > each.amount


INTERVALS = [Interval(1, MONTH), Interval(3, MONTH), Interval(1, YEAR), Interval(2, WEEK), Interval(10, DAY)]


@given(
    st.sampled_from(INTERVALS),
    days,
    st.integers(1, 9000),
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 200), st.integers(0, 4), st.integers(0, 300)), max_size=3),
    st.integers(0, 500),
)
def test_discounts_move_the_amount_on_the_days_their_periods_begin_and_end(interval, start, cents, drawn, later):
    """Compared with the price of the period of every single day."""
    offers = tuple(
        Discount(f"d{n}", Decimal(percent), Decimal(0), start + timedelta(days=after), count or None, start + timedelta(days=after + until))
        for n, (percent, after, count, until) in enumerate(drawn)
    )
    line = Segment("line", "line", start, start + timedelta(days=600), Price(Decimal(cents) / 100), offer=Offer(offers))
    (lineage,) = by_lineage(Terms(FIRST, interval), [line], Ledger())
    parts = list(stretches(lineage, LAST, lambda _key, amount: amount))
    day = start + timedelta(days=later)
    (part,) = [part for part in parts if on(part, day)]
    (full,) = [full for full, _pieces in lineage.periods() if full.start <= day < full.end]
    assert part.monthly == per_month(lineage.price(line, full).per_period, interval)


def test_what_replaces_a_line_goes_on_from_what_was_booked_of_it():
    """100 euros at 1.10, replaced by a product of 80 when a euro costs 1.50: a fifth of what was booked is released."""
    parts = {
        "old": [Stretch("old", FIRST, date(2026, 3, 1), Fraction(100))],
        "new": [Stretch("new", date(2026, 3, 1), None, Fraction(80))],
    }
    (thread,) = threads(parts, {"new": "old"})
    steps = booked_steps(thread, LAST, lambda _line, day: Fraction("1.1") if day == FIRST else Fraction("1.5"))
    assert [(step.line, str(step.amount)) for step in steps] == [("old", "110.00"), ("old", "-110.00"), ("new", "88.00")]


def test_an_agreed_total_counts_in_equal_parts():
    """100 in 3: 33.33 a month, though the last invoice says 33.34."""
    from rules.pricing import FixedTotal

    offer = Offer(fixed=FixedTotal(Decimal(100), 3, FIRST))
    line = Segment("line", "line", FIRST, date(2026, 4, 1), Price(Decimal("33.33")), offer=offer)
    (lineage,) = by_lineage(Terms(FIRST, Interval(1, MONTH)), [line], Ledger())
    steps = booked_steps(stretches(lineage, LAST, lambda _key, amount: Fraction(round_money(amount))), LAST)
    assert [(str(step.on), str(step.amount)) for step in steps] == [("2026-01-01", "33.33"), ("2026-04-01", "-33.33")]
