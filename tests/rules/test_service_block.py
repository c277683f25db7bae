"""When a block may begin, what is delivered, and how often a service runs on trust."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.service_block import BLOCKED, REDUCED, RUNNING, Block, Calendar, Trust, first_day, state_on, trust_left, trusted_until

DAY = timedelta(days=1)
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
calendars = st.builds(
    Calendar,
    st.frozensets(st.integers(0, 3), min_size=1),
    st.booleans(),
    st.frozensets(st.dates(date(2024, 1, 1), date(2029, 12, 31)), max_size=30),
)


def test_friday_is_the_eve_of_a_weekend():
    friday = date(2026, 4, 17)
    assert first_day(friday, None, 0, Calendar(spare_eves=True)) == date(2026, 4, 20)
    assert first_day(friday, None, 0, Calendar(spare_eves=False)) == friday


def test_days_count_from_the_notice_and_not_from_the_step():
    # The notice went out two days late, on the 8th: 15 days after it is the 23rd, though the step is due on the 21st.
    assert first_day(date(2026, 4, 21), date(2026, 4, 8), 15, Calendar()) == date(2026, 4, 23)


def test_an_old_notice_does_not_move_a_block_before_its_step():
    assert first_day(date(2026, 4, 9), date(2026, 1, 1), 2, Calendar()) == date(2026, 4, 9)


def test_without_an_allowed_weekday_no_block_ever_begins():
    assert first_day(date(2026, 4, 9), None, 0, Calendar(frozenset())) is None


@given(days, st.none() | days, st.integers(0, 60), calendars)
def test_the_first_day_is_allowed_and_no_earlier_one_would_do(step_day, noticed_on, wait, calendar):
    found = first_day(step_day, noticed_on, wait, calendar)
    assert found is not None and calendar.allows(found) and found >= step_day
    if noticed_on is not None:
        assert (found - noticed_on).days >= wait
    earliest = step_day if noticed_on is None else max(step_day, noticed_on + DAY * wait)
    assert not any(calendar.allows(earliest + DAY * n) for n in range((found - earliest).days))


@given(st.lists(st.builds(Block, st.sampled_from((REDUCED, BLOCKED)), st.none() | days)), days)
def test_the_state_is_the_gravest_block_that_is_not_trusted(blocks, day):
    active = {block.effect for block in blocks if not (block.trusted_until and day <= block.trusted_until)}
    expected = BLOCKED if BLOCKED in active else REDUCED if REDUCED in active else RUNNING
    assert state_on(blocks, day) == expected


@given(st.integers(0, 10), st.integers(0, 5), st.lists(days), days)
def test_trust_is_never_given_more_often_than_agreed(length, times, given_on, today):
    terms, used = Trust(length, times), list(given_on)
    for _n in range(10):
        if trust_left(terms, used, today):
            used.append(today)
    assert used.count(today) <= max(times, given_on.count(today))


def test_three_days_of_trust_begin_today():
    assert trusted_until(Trust(3, 1), date(2026, 4, 6)) == date(2026, 4, 8)
