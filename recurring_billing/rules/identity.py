"""Whether a database is the one that went live: what tells it from a copy, a restored backup, or a clock set back.

A database keeps, from the day it goes live, what it looked like then. Whatever differs later is a reason to make no call that moves
money or reaches customers until a person has looked (RULES.md §8).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

COPIED, RESTORED, MOVED, NEUTRALIZED, TURNED_BACK = "copied", "restored", "moved", "neutralized", "turned_back"

CLOCK_TOLERANCE = timedelta(minutes=10)
"""Clocks of two machines may differ by so much."""

WRITING_TOLERANCE = timedelta(minutes=1)
"""Two processes may keep a moment at once, and in another order outside."""

_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True)
class Fingerprint:
    """What a database looks like at a moment.

    ``places`` are numbers that the database server gives and that a dump does not carry; one that is unknown is left out. ``seen`` is
    the latest moment that is known to have passed.
    """

    uuid: str
    address: str
    neutralized: bool = False
    places: Mapping[str, int] = field(default_factory=dict)
    seen: datetime | None = None


def host(address: str) -> str:
    """What of an address makes it another one: host, port and path; not the scheme, capitals, or a last slash.

    >>> host("https://Billing.example.com/"), host("http://billing.example.com:80"), host("http://localhost:8069")
    ('billing.example.com', 'billing.example.com', 'localhost:8069')
    """
    scheme, _mark, rest = (address or "").strip().lower().rpartition("://")
    place, slash, path = rest.partition("/")
    name, _colon, port = place.partition(":")
    usual = port in ("", _PORTS.get(scheme))
    return (name if usual else place) + (slash + path).rstrip("/")


def differences(known: Fingerprint, now: Fingerprint, outside_seen: datetime | None = None) -> tuple[str, ...]:
    """Why the database of now may not be the one that was confirmed; nothing when it is.

    :param outside_seen: the latest moment the database is known, outside of itself, to have reached; a database that has forgotten it
        came from a backup.

    >>> live = Fingerprint("a1", "https://billing.example.com", places={"database": 5, "server": 77}, seen=datetime(2026, 3, 10, 12))
    >>> differences(live, Fingerprint("a1", "http://billing.example.com/", places={"database": 5}, seen=datetime(2026, 3, 11)))
    ()
    >>> differences(live, Fingerprint("b2", "http://test.example.com", places={"database": 9, "server": 77}, seen=datetime(2026, 3, 11)))
    ('copied', 'restored', 'moved')
    >>> differences(live, Fingerprint("a1", "https://billing.example.com", seen=datetime(2026, 3, 9)))
    ('turned_back',)
    """
    found = []
    if known.uuid != now.uuid:
        found.append(COPIED)
    elsewhere = any(known.places[name] != now.places[name] for name in known.places.keys() & now.places.keys())
    forgotten = outside_seen and (not known.seen or outside_seen > known.seen + WRITING_TOLERANCE)
    if elsewhere or forgotten:
        found.append(RESTORED)
    if host(known.address) != host(now.address):
        found.append(MOVED)
    if now.neutralized and not known.neutralized:
        found.append(NEUTRALIZED)
    if known.seen and now.seen and now.seen < known.seen - CLOCK_TOLERANCE:
        found.append(TURNED_BACK)
    return tuple(found)
