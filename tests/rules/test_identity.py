"""Whether a database is the one that went live."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rules import identity
from rules.identity import Fingerprint, differences

NOON = datetime(2026, 3, 10, 12)
LIVE = Fingerprint("a1", "https://billing.example.com", places={"database": 5, "table": 900, "server": 77, "timeline": 1}, seen=NOON)
LATER = replace(LIVE, seen=NOON + timedelta(hours=1))


def test_the_live_database_stays_live():
    assert differences(LIVE, LATER) == ()
    assert differences(LIVE, LATER, outside_seen=NOON) == ()


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (replace(LATER, uuid="b2"), identity.COPIED),
        (replace(LATER, address="https://test.example.com"), identity.MOVED),
        (replace(LATER, address="https://billing.example.com:8443"), identity.MOVED),
        (replace(LATER, places={**LIVE.places, "database": 6}), identity.RESTORED),
        (replace(LATER, places={**LIVE.places, "table": 901}), identity.RESTORED),
        (replace(LATER, places={**LIVE.places, "server": 78}), identity.RESTORED),
        (replace(LATER, places={**LIVE.places, "timeline": 2}), identity.RESTORED),
        (replace(LATER, neutralized=True), identity.NEUTRALIZED),
        (replace(LIVE, seen=NOON - timedelta(minutes=11)), identity.TURNED_BACK),
    ],
)
def test_each_difference_is_told_by_itself(now, reason):
    assert differences(LIVE, now) == (reason,)


def test_a_backup_has_forgotten_a_moment_that_is_known_outside():
    assert differences(LIVE, LATER, outside_seen=NOON + timedelta(minutes=30)) == (identity.RESTORED,)
    assert differences(replace(LIVE, seen=None), LATER, outside_seen=NOON) == (identity.RESTORED,)


def test_two_processes_that_keep_a_moment_at_once_are_no_backup():
    assert differences(LIVE, LATER, outside_seen=NOON + timedelta(seconds=59)) == ()


def test_clocks_of_two_machines_may_differ_a_little():
    assert differences(LIVE, replace(LIVE, seen=NOON - timedelta(minutes=9))) == ()


def test_a_number_the_server_does_not_tell_says_nothing():
    assert differences(LIVE, replace(LATER, places={"database": 5})) == ()
    assert differences(replace(LIVE, places={}), LATER) == ()


def test_a_neutralized_database_that_was_confirmed_may_work():
    assert differences(replace(LIVE, neutralized=True), replace(LATER, neutralized=True)) == ()
    assert differences(replace(LIVE, neutralized=True), LATER) == ()
