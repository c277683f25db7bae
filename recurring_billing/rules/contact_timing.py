"""Why a message left on its day and not earlier, told afterwards from what was recorded. RULES "Dunning"."""

from datetime import date, timedelta
from typing import NamedTuple

(TOO_EARLY, BEFORE_START, CYCLE, HELD, INTERVAL, CLOSED, WAITED) = (
    "too_early",
    "before_start",
    "cycle",
    "held",
    "interval",
    "closed",
    "waited",
)


class Timing(NamedTuple):
    """Why not earlier.

    :param code: one of the constants of this module.
    :param day: the day that explains it: when the step was reached, when collections began, when the wait ended, of the last contact.
    """

    code: str
    day: date


class Known(NamedTuple):
    """What was recorded about the days before a message.

    :param reached: the day on which the step was reached: due date plus offset.
    :param began: the first day of collections, if known.
    :param cycle_from: the day on which a promise or agreement was found broken, if the message belongs to a later round.
    :param held_until: the last day of a pause, promise or dispute that covered the debt, if any.
    :param last_contact: the day of the contact before this one, if any.
    :param interval: days between two contacts.
    :param closed: days on which nothing is sent: weekends, holidays.
    """

    reached: date
    began: date | None = None
    cycle_from: date | None = None
    held_until: date | None = None
    last_contact: date | None = None
    interval: int = 0
    closed: frozenset = frozenset()


def why_not_earlier(sent: date, known: Known) -> Timing:
    """Why a message of a day did not leave the day before.

    Due 10 March, the step comes 3 days later: it left on the 13th because on the 12th it was too early.

    >>> from datetime import date
    >>> why_not_earlier(date(2026, 3, 13), Known(date(2026, 3, 13)))
    Timing(code='too_early', day=datetime.date(2026, 3, 13))

    Reached on Saturday the 14th, sent on Monday the 16th: the weekend is closed.

    >>> why_not_earlier(date(2026, 3, 16), Known(date(2026, 3, 14), closed=frozenset({date(2026, 3, 14), date(2026, 3, 15)})))
    Timing(code='closed', day=datetime.date(2026, 3, 14))

    Contacted on the 12th, and two days lie between contacts:

    >>> why_not_earlier(date(2026, 3, 14), Known(date(2026, 3, 13), last_contact=date(2026, 3, 12), interval=2))
    Timing(code='interval', day=datetime.date(2026, 3, 12))

    Nothing recorded explains it: it waited for its turn (hours, approval, the bank, or the server was off).

    >>> why_not_earlier(date(2026, 3, 16), Known(date(2026, 3, 13)))
    Timing(code='waited', day=datetime.date(2026, 3, 13))
    """
    before = sent - timedelta(days=1)
    if known.reached >= sent:
        return Timing(TOO_EARLY, known.reached)
    if known.began and before < known.began:
        return Timing(BEFORE_START, known.began)
    if known.held_until and known.held_until >= before:
        return Timing(HELD, known.held_until)
    if known.cycle_from and known.cycle_from >= before:
        return Timing(CYCLE, known.cycle_from)
    if known.last_contact and (before - known.last_contact).days < known.interval:
        return Timing(INTERVAL, known.last_contact)
    if before in known.closed:
        return Timing(CLOSED, _first_closed(before, known))
    return Timing(WAITED, known.reached)


def _first_closed(day, known):
    """The first of the closed days in a row that end on a day, not before the step was reached."""
    while day > known.reached and day - timedelta(days=1) in known.closed:
        day -= timedelta(days=1)
    return day
