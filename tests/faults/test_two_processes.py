"""Two billing processes on one database at one time."""

import datetime

import pytest
from processes import in_step, start
from world import World

SHORT, LONG = 6, 30
"""Months; in every other of them the processes begin in step, in the rest as it happens."""
CRON_MONTHS = 4
FIRST_COMMITS = 4
"""In step, both have billed some when so many commits are done."""
COUNT = 12


def _race(world: World, ids: list[int], first: datetime.date, works, number: int) -> int:
    """Let both bill the month of a number; gives how many invoices the second made."""
    made = [child.result() for child in start(*(works if number % 2 else in_step(*works, commits=FIRST_COMMITS)))]
    world.check_billed_once(ids, first)
    assert sum(run["invoices"] for run in made) == COUNT
    assert [run["parked"] for run in made] == [0, 0]
    assert {run["state"] for run in made} == {"done"}
    return min(run["invoices"] for run in made)


def _side_by_side(world: World, months: int) -> None:
    """Both started at one moment: nothing twice, nothing left out, nobody parked, no number missing."""
    ids = world.make(COUNT)
    first, shared = world.month, 0
    for number in range(months):
        if number:
            world.next_month()
        shared += bool(_race(world, ids, first, [world.billing(ids), world.billing(ids)], number))
    assert shared > months / 4, "the two hardly ever worked side by side, so this proves nothing"


def test_two_runs_of_the_button_bill_every_month_once(world):
    _side_by_side(world, SHORT)


@pytest.mark.long
def test_two_runs_of_the_button_bill_many_months_once(world):
    _side_by_side(world, LONG)


def test_the_scheduled_action_and_the_button_bill_every_month_once(world):
    ids = world.make(COUNT)
    first, shared = world.month, 0
    for number in range(CRON_MONTHS):
        if number:
            world.next_month()
        shared += bool(_race(world, ids, first, [world.scheduled_billing(), world.billing(ids)], number))
    assert shared, "the two never worked side by side, so this proves nothing"
