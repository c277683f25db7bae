"""Contract terms: what notice and minimum term allow, what leaving costs, how long one may withdraw."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import terms
from rules.lineages import Ledger, Segment, Terms, by_lineage
from rules.money import Price
from rules.periods import Interval, Period
from rules.terms import Contract, ExitFee

DAY = timedelta(days=1)
MONTHLY = Interval(1, "month")
YEAR = Interval(12, "month")
days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
intervals = st.builds(Interval, st.integers(1, 24), st.sampled_from(["day", "week", "month"]))
contracts = st.builds(
    Contract,
    start=days,
    anchor=days,
    interval=intervals,
    term=st.none() | intervals,
    renews=st.booleans(),
    notice_days=st.integers(0, 120),
    ends=st.sampled_from([terms.ANY_DAY, terms.PERIOD_END, terms.TERM_END]),
)
fees = st.builds(
    ExitFee,
    st.sampled_from([terms.NO_FEE, terms.PERCENT, terms.FIXED, terms.FALLING]),
    st.decimals(0, 100, places=2),
)


def gym(price="50", start=date(2026, 1, 1), end=None):
    schedule = Terms(date(2026, 1, 1), MONTHLY)
    return by_lineage(schedule, [Segment("A", "A", start, end, Price(Decimal(price)))], Ledger())


class TestTerms:
    def test_a_term_from_the_31st_is_counted_from_its_first_day(self):
        contract = Contract(date(2026, 1, 31), date(2026, 1, 31), MONTHLY, term=MONTHLY, renews=True)
        ends = [terms.running_term(contract, day).end for day in (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))]
        assert ends == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]

    def test_the_last_day_of_a_term_belongs_to_it(self):
        contract = Contract(date(2026, 1, 1), date(2026, 1, 1), MONTHLY, term=YEAR, renews=True)
        assert terms.running_term(contract, date(2026, 12, 31)).start == date(2026, 1, 1)
        assert terms.running_term(contract, date(2027, 1, 1)).start == date(2027, 1, 1)

    def test_before_it_starts_the_minimum_term_is_ahead(self):
        contract = Contract(date(2026, 1, 1), date(2026, 1, 1), MONTHLY, term=YEAR)
        assert terms.running_term(contract, date(2025, 12, 1)) == Period(date(2026, 1, 1), date(2027, 1, 1))

    @given(contracts, days)
    def test_the_running_term_contains_the_day_and_has_the_length_of_the_first(self, contract, day):
        term = terms.running_term(contract, day)
        first = terms.minimum_term(contract)
        if term is None:
            assert contract.term is None or (not contract.renews and day >= first.end)
        elif day >= contract.start:
            assert term.start <= day < term.end
            assert contract.renews or term == first


class TestLeaving:
    def test_without_terms_one_may_leave_at_once(self):
        assert terms.earliest_last_day(Contract(date(2026, 1, 1), date(2026, 1, 1), MONTHLY), date(2026, 3, 10)) == date(2026, 3, 9)

    def test_notice_that_passes_the_end_of_the_term_waits_for_the_next(self):
        contract = Contract(date(2026, 1, 1), date(2026, 1, 1), MONTHLY, YEAR, True, 30, terms.TERM_END)
        assert terms.earliest_last_day(contract, date(2026, 12, 1)) == date(2026, 12, 31)
        assert terms.earliest_last_day(contract, date(2026, 12, 2)) == date(2027, 12, 31)

    def test_with_an_exit_fee_only_the_notice_binds_within_the_minimum_term(self):
        contract = Contract(date(2026, 1, 1), date(2026, 1, 1), MONTHLY, YEAR, True, 30, terms.TERM_END)
        assert terms.earliest_last_day(contract, date(2026, 3, 1), bound=False) == date(2026, 3, 31)
        assert terms.earliest_last_day(contract, date(2027, 3, 1), bound=False) == date(2027, 12, 31)

    def test_at_the_end_of_a_period_a_period_that_just_ended_is_enough(self):
        contract = Contract(date(2026, 1, 1), date(2026, 1, 1), MONTHLY, ends=terms.PERIOD_END)
        assert terms.earliest_last_day(contract, date(2026, 4, 1)) == date(2026, 3, 31)
        assert terms.earliest_last_day(contract, date(2026, 4, 2)) == date(2026, 4, 30)

    @given(contracts, days, st.booleans())
    def test_it_keeps_notice_and_minimum_term(self, contract, today, bound):
        last_day = terms.earliest_last_day(contract, today, bound=bound)
        assert last_day >= today + timedelta(days=contract.notice_days) - (DAY if not contract.notice_days else 0 * DAY)
        first = terms.minimum_term(contract)
        if bound and first:
            assert last_day >= first.last_day

    @given(contracts, days, st.integers(0, 60))
    def test_later_notice_never_lets_one_leave_earlier(self, contract, today, later):
        assert terms.earliest_last_day(contract, today) <= terms.earliest_last_day(contract, today + timedelta(days=later))

    @given(contracts, days)
    def test_an_exit_fee_never_makes_one_stay_longer(self, contract, today):
        assert terms.earliest_last_day(contract, today, bound=False) <= terms.earliest_last_day(contract, today)


class TestExitFee:
    YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))

    @pytest.mark.parametrize(
        ("kind", "value", "day", "expected"),
        [
            (terms.NO_FEE, "100", date(2026, 3, 1), "0"),
            (terms.FIXED, "120.00", date(2026, 12, 31), "120.00"),
            (terms.FIXED, "120.00", date(2027, 1, 1), "0"),
            (terms.FALLING, "365.00", date(2026, 1, 1), "365.00"),
            (terms.FALLING, "365.00", date(2026, 12, 31), "1.00"),
            (terms.FALLING, "100.00", date(2026, 4, 1), "75.34"),  # 275 / 365
            (terms.PERCENT, "50", date(2026, 4, 1), "225.00"),  # half of nine months of 50
        ],
    )
    def test_by_formula(self, kind, value, day, expected):
        remaining = terms.remaining_amount(gym(), day, self.YEAR.end)
        assert terms.exit_fee(ExitFee(kind, Decimal(value)), self.YEAR, day, remaining) == Decimal(expected)

    def test_without_a_minimum_term_there_is_nothing_to_leave_early(self):
        assert terms.exit_fee(ExitFee(terms.FIXED, Decimal("120")), None, date(2026, 3, 1)) == 0

    def test_before_the_first_day_the_whole_falling_fee(self):
        assert terms.exit_fee(ExitFee(terms.FALLING, Decimal("120")), self.YEAR, date(2025, 6, 1)) == Decimal("120.00")

    def test_an_unknown_kind_is_refused(self):
        with pytest.raises(ValueError, match="unknown"):
            terms.exit_fee(ExitFee("surprise"), self.YEAR, date(2026, 3, 1))

    def test_to_the_unit_of_the_currency(self):
        assert terms.exit_fee(ExitFee(terms.FALLING, Decimal("1000")), self.YEAR, date(2026, 4, 1), rounding=Decimal("1")) == Decimal("753")

    @given(fees, days, days, st.integers(1, 400))
    def test_never_more_for_leaving_later(self, fee, day, start, length):
        term = Period(start, start + timedelta(days=length))
        early, late = (
            terms.exit_fee(fee, term, each, terms.remaining_amount(gym(start=start), max(each, start), term.end))
            for each in (day, day + 10 * DAY)
        )
        assert 0 <= late <= early


class TestRemainingAmount:
    def test_a_line_that_ends_before_is_not_counted_after_its_end(self):
        assert terms.remaining_amount(gym(end=date(2026, 6, 16)), date(2026, 6, 1), date(2026, 9, 1)) == 25

    @given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 300), st.integers(0, 300))
    def test_parts_add_up(self, since, first, second):
        cut, until = since + timedelta(days=first), since + timedelta(days=first + second)
        parts = terms.remaining_amount(gym(), since, cut) + terms.remaining_amount(gym(), cut, until)
        assert parts == terms.remaining_amount(gym(), since, until)
        assert isinstance(parts, Fraction)


class TestWithdrawal:
    def test_the_first_day_does_not_count_and_the_last_does(self):
        assert terms.withdrawal_deadline(date(2026, 3, 1), 7) == date(2026, 3, 8)

    def test_where_nothing_is_agreed_nobody_withdraws(self):
        assert terms.withdrawal_deadline(date(2026, 3, 1), 0) is None
