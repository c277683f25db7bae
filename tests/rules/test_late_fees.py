"""Fine and interest: what they are of, when they begin, what limits them."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rules.late_fees import Fees, LateTerms, last_free_day, late_fees, left

DUE = date(2026, 3, 10)  # a Tuesday
TERMS = LateTerms(fine=Decimal(2), interest=Decimal(1))


def fees(owed, paid_on, terms=TERMS, payments=(), due=DUE, **more):
    found = late_fees(Decimal(owed), due, paid_on, terms, [(when, Decimal(amount)) for when, amount in payments], **more)
    return str(found.fine), str(found.interest)


def test_the_day_after_costs_the_fine_and_a_day():
    """100.00: 2.00, and 100 × 1 % / 30 = 0.0333… → 0.03."""
    assert fees("100", date(2026, 3, 11)) == ("2.00", "0.03")


def test_a_month_of_31_days_costs_more_than_a_month():
    """1 000.00 × 1 % × 31/30 = 10.333… → 10.33."""
    assert fees("1000", date(2026, 4, 10)) == ("20.00", "10.33")


def test_half_cents_go_up():
    """0.25 at 2 % = 0.005 → 0.01."""
    assert fees("0.25", date(2026, 3, 11))[0] == "0.01"


def test_a_saturday_is_paid_on_monday_without_fees():
    """7 March 2026 is a Saturday. Monday the 9th is in time; on the 10th one day is late, counted from Monday."""
    due = date(2026, 3, 7)
    assert fees("1000", date(2026, 3, 9), due=due) == ("0", "0")
    assert fees("1000", date(2026, 3, 10), due=due) == ("20.00", "0.33")
    assert fees("1000", date(2026, 3, 9), TERMS._replace(business_days=False), due=due) == ("20.00", "0.67")


def test_a_holiday_after_a_weekend_is_skipped_too():
    holidays = {date(2026, 3, 9)}
    assert last_free_day(date(2026, 3, 7), TERMS, holidays) == date(2026, 3, 10)
    assert fees("1000", date(2026, 3, 10), due=date(2026, 3, 7), holidays=holidays) == ("0", "0")


def test_who_misses_the_grace_pays_from_the_due_date():
    """Five days of grace: free on the 15th; on the 16th six days: 1000 × 1 % × 6/30 = 2.00."""
    terms = TERMS._replace(grace=5)
    assert fees("1000", date(2026, 3, 15), terms) == ("0", "0")
    assert fees("1000", date(2026, 3, 16), terms) == ("20.00", "2.00")


def test_what_is_paid_within_the_grace_bears_nothing():
    """400.00 on the 14th is in time; the other 600.00, six days: 12.00 and 1.20."""
    terms = TERMS._replace(grace=5)
    assert fees("1000", date(2026, 3, 16), terms, [(date(2026, 3, 14), "400")]) == ("12.00", "1.20")


def test_what_is_paid_on_the_last_free_day_is_in_time():
    """400.00 on the due date itself, or on the fifth day of grace: fees are of 600.00; a day later they are of 1 000.00."""
    assert fees("1000", date(2026, 3, 25), payments=[(DUE, "400")]) == ("12.00", "3.00")
    grace = TERMS._replace(grace=5)
    assert fees("1000", date(2026, 3, 25), grace, [(date(2026, 3, 15), "400")]) == ("12.00", "3.00")
    assert fees("1000", date(2026, 3, 25), grace, [(date(2026, 3, 16), "400")])[0] == "20.00"


def test_interest_ends_when_the_debt_is_paid():
    """Paid in full on 20 March, looked at a year later: 20.00 and 10 days, 3.33."""
    assert fees("1000", date(2027, 3, 20), payments=[(date(2026, 3, 20), "1000")]) == ("20.00", "3.33")


def test_payments_after_the_day_count_not_yet():
    assert fees("1000", date(2026, 3, 15), payments=[(date(2026, 3, 20), "1000")]) == fees("1000", date(2026, 3, 15))


def test_the_order_of_payments_does_not_matter():
    """10 days of 1 000, 5 of 700, 5 of 500: 3.3333 + 1.1667 + 0.8333 = 5.3333 → 5.33."""
    payments = [(date(2026, 3, 25), "200"), (date(2026, 3, 20), "300")]
    assert fees("1000", date(2026, 3, 30), payments=payments) == ("20.00", "5.33")
    assert fees("1000", date(2026, 3, 30), payments=payments[::-1]) == ("20.00", "5.33")


def test_the_fine_of_a_consumer_is_limited():
    terms = LateTerms(fine=Decimal(10), interest=Decimal(1), fine_limit=Decimal(2))
    assert fees("1000", date(2026, 3, 25), terms) == ("20.00", "5.00")
    assert fees("1000", date(2026, 3, 25), terms._replace(fine_limit=None)) == ("100.00", "5.00")


def test_fees_together_are_limited():
    """At most 3 % of 1 000.00: 20.00 and 10.00, even after a year; a limit below the fine cuts the fine."""
    assert fees("1000", date(2027, 3, 10), TERMS._replace(limit=Decimal(3))) == ("20.00", "10.00")
    assert fees("1000", date(2026, 3, 25), TERMS._replace(limit=Decimal(1))) == ("10.00", "0.00")


def test_currencies_without_cents():
    """100 000 yen: 2 000 and 100000 × 1 % × 1/30 = 33.3 → 33."""
    assert fees("100000", date(2026, 3, 11), rounding=Decimal(1)) == ("2000", "33")


def test_nothing_left_is_never_negative():
    assert left(Fees(Decimal(20), Decimal(5)), [Fees(Decimal(25), Decimal(1))]) == Fees(Decimal(0), Decimal(4))


days = st.integers(0, 400).map(lambda n: DUE - timedelta(days=20) + timedelta(days=n))
cents = st.integers(1, 500_000).map(lambda n: Decimal(n) / 100)


@given(owed=cents, payments=st.lists(st.tuples(days, cents), max_size=4), day=days, more=st.integers(0, 60))
def test_waiting_never_makes_fees_smaller(owed, payments, day, more):
    now = late_fees(owed, DUE, day, TERMS, payments)
    later = late_fees(owed, DUE, day + timedelta(days=more), TERMS, payments)
    assert later.fine >= now.fine
    assert later.interest >= now.interest


@given(owed=cents, payments=st.lists(st.tuples(days, cents), max_size=4), day=days)
def test_interest_is_what_each_day_costs(owed, payments, day):
    """Day by day: what is owed at the end of the day before costs a thirtieth of a percent."""
    total, each = Fraction(0), DUE + timedelta(days=1)
    while each <= day:
        paid = sum((Fraction(amount) for when, amount in payments if when < each), Fraction(0))
        total += max(Fraction(0), Fraction(owed) - paid) / 3000
        each += timedelta(days=1)
    assert abs(Fraction(late_fees(owed, DUE, day, TERMS, payments).interest) - total) <= Fraction(1, 200)


@given(owed=cents, payments=st.lists(st.tuples(days, cents), max_size=4), day=days, percent=st.integers(0, 5))
def test_the_limit_holds(owed, payments, day, percent):
    found = late_fees(owed, DUE, day, TERMS._replace(limit=Decimal(percent)), payments)
    assert found.total <= owed * percent / 100 + Decimal("0.01")
