"""When revenue is earned: by days, cumulatively rounded, whatever the day of the invoice."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rules.deferral import by_month, earned, schedule
from rules.periods import Period

YEAR = Period(date(2024, 7, 1), date(2025, 7, 1))  # 365 days, 184 of them in 2024


def amounts(total, service, booked_on, day, **values):
    return [str(part) for part in schedule(Decimal(total), service, booked_on, day, **values)]


def test_a_yearly_invoice_is_deferred_by_days_at_year_end():
    # 1000 × 184 / 365 = 504.1095...
    assert amounts("1000.00", YEAR, date(2024, 7, 1), date(2024, 12, 31)) == ["1000.00", "504.11", "495.89", "0.00"]


def test_before_the_service_begins_all_of_a_booked_invoice_is_deferred():
    assert amounts("1000.00", YEAR, date(2024, 6, 20), date(2024, 6, 30)) == ["1000.00", "0.00", "1000.00", "0.00"]


def test_the_first_and_the_last_day_of_service_count():
    # 1000 / 365 = 2.7397...; 1000 × 364 / 365 = 997.2602...
    assert amounts("1000.00", YEAR, date(2024, 7, 1), date(2024, 7, 1))[1:3] == ["2.74", "997.26"]
    assert amounts("1000.00", YEAR, date(2024, 7, 1), date(2025, 6, 29))[1:3] == ["997.26", "2.74"]
    assert amounts("1000.00", YEAR, date(2024, 7, 1), date(2025, 6, 30))[1:3] == ["1000.00", "0.00"]


def test_service_ahead_of_the_invoice_is_accrued():
    assert amounts("1000.00", YEAR, date(2025, 7, 1), date(2024, 12, 31)) == ["1000.00", "504.11", "0.00", "504.11"]


def test_neither_booked_nor_rendered_is_neither_deferred_nor_accrued():
    assert amounts("1000.00", YEAR, date(2024, 6, 30), date(2024, 6, 29)) == ["1000.00", "0.00", "0.00", "0.00"]


def test_on_the_accounting_date_it_is_booked():
    assert amounts("1000.00", YEAR, date(2024, 12, 31), date(2024, 12, 31))[2:] == ["495.89", "0.00"]


def test_a_credit_is_the_charge_with_the_other_sign():
    assert amounts("-1000.00", YEAR, date(2024, 7, 1), date(2024, 12, 31)) == ["-1000.00", "-504.11", "-495.89", "0.00"]


def test_a_currency_without_cents_is_rounded_to_units():
    assert amounts("1000", YEAR, date(2024, 7, 1), date(2024, 12, 31), rounding=Decimal("1")) == ["1000", "504", "496", "0"]


def test_months_of_a_year_by_hand():
    # 365.00 for 365 days: a day earns 1.00
    months = by_month(Decimal("365.00"), YEAR, date(2024, 7, 1), date(2024, 8, 10))
    assert [int(month.amount) for month in months] == [31, 31, 30, 31, 30, 31, 31, 28, 31, 30, 31, 30]
    assert [int(month.deferred) for month in months] == [0, 21, 30, 31, 30, 31, 31, 28, 31, 30, 31, 30]
    assert (months[0].first_day, months[-1].first_day) == (date(2024, 7, 1), date(2025, 6, 1))


def test_accrued_months_end_with_the_day_looked_at():
    months = by_month(Decimal("365.00"), YEAR, date(2025, 7, 1), date(2024, 8, 10))
    assert [int(month.accrued) for month in months][:3] == [31, 10, 0]
    assert not any(month.deferred for month in months)


spans = st.builds(
    lambda start, days: Period(start, start + timedelta(days=days)),
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    st.integers(1, 800),
)
totals = st.integers(-1_000_000, 1_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
days = st.dates(date(2019, 6, 1), date(2030, 1, 1))


@given(totals, spans, days, days)
def test_months_add_up_to_the_cent(total, service, booked_on, day):
    months = by_month(total, service, booked_on, day)
    whole = schedule(total, service, booked_on, day)
    assert sum(month.amount for month in months) == total
    assert sum(month.deferred for month in months) == whole.deferred
    assert sum(month.accrued for month in months) == whole.accrued


@given(totals, spans, days, days)
def test_booked_less_deferred_plus_accrued_is_earned(total, service, booked_on, day):
    whole = schedule(total, service, booked_on, day)
    booked = total if booked_on <= day else 0
    assert booked - whole.deferred + whole.accrued == whole.earned == earned(total, service, day)


@given(totals, spans)
def test_what_is_earned_never_goes_back(total, service):
    so_far = [abs(earned(total, service, service.start + timedelta(days=n))) for n in range(-2, service.days + 2)]
    assert so_far == sorted(so_far)
    assert (so_far[0], so_far[-1]) == (0, abs(total))
