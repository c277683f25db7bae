"""What became of a charge, and when it is tried again. RULES "Collecting".

Money has left, or has not, or nobody knows. A decline is one only where the provider *answered* so; everything else after the request left
is unknown, and what is unknown is never tried again by itself.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase

DONE, PENDING, AUTHORIZED, CANCELLED = "done", "pending", "authorized", "cancelled"
DECLINED_SOFT, DECLINED_HARD, UNKNOWN = "declined_soft", "declined_hard", "unknown"
NOT_SENT = "not_sent"
"""Nothing left the machine, or the provider refused to look at it: no money moved, and it says nothing of the card."""

OUTCOMES = (DONE, PENDING, AUTHORIZED, CANCELLED, DECLINED_SOFT, DECLINED_HARD, UNKNOWN, NOT_SENT)
UNDER_WAY = (PENDING, AUTHORIZED, UNKNOWN)
"""Money may have moved or still will: nothing else is charged meanwhile."""
FAILURES = (CANCELLED, DECLINED_SOFT, DECLINED_HARD)
"""The provider answered, and the answer is no: these count as tries."""

SOFT, HARD, UNCLEAR = "soft", "hard", "unclear"
"""What a decline code says: try again; never this card again; it does not say whether money moved."""

STOP_PAID, STOP_HARD, STOP_CARD, STOP_USED_UP, STOP_PERSON = "paid", "hard", "another_card", "used_up", "person"
STOP_NO_CARD, STOP_DISPUTED, STOP_ERROR = "no_card", "disputed", "error"

DEFAULT_DAYS = (1, 3, 5, 7)
MAX_TRIES = 4

# What the requests of a charge came to


@dataclass(frozen=True)
class Request:
    """One request to the provider.

    :param reads: it only asks (GET), so no money moves by it.
    :param status: the HTTP status of the answer, None where none came.
    :param left: False where the connection was never made, so nothing was sent.
    """

    reads: bool = False
    status: int | None = None
    left: bool = True


def request_outcome(request: Request) -> str:
    """What one request says of the money, by itself: ``done`` (answered well), ``declined_soft`` (answered no), ``not_sent``, ``unknown``.

    A payment answered with 402 was declined; with 500 nobody knows; with 401 the provider did not even look at it:

    >>> [request_outcome(Request(status=status)) for status in (200, 402, 500, 401, 409, None)]
    ['done', 'declined_soft', 'unknown', 'not_sent', 'unknown', 'unknown']
    >>> request_outcome(Request(left=False)), request_outcome(Request(reads=True))
    ('not_sent', 'not_sent')
    """
    if not request.left:
        return NOT_SENT
    if request.status is None:
        return NOT_SENT if request.reads else UNKNOWN
    if 200 <= request.status < 300:
        return DONE
    if request.status in (401, 403, 404, 405, 429):
        return NOT_SENT
    if request.reads:
        return NOT_SENT
    if 400 <= request.status < 500 and request.status not in (408, 409, 423, 425, 499):
        return DECLINED_SOFT
    return UNKNOWN


def exchange_outcome(requests: Sequence[Request], state: str, *, answer_read: bool, raised: bool = False, mismatch: bool = False) -> str:
    """What a whole exchange says, from its requests and the state that Odoo gave the transaction.

    :param state: of the transaction afterwards: draft, pending, authorized, done, cancel, error.
    :param answer_read: an answer of the provider was read into the transaction.
    :param raised: an unexpected error broke the exchange off.
    :param mismatch: the answer told another amount or currency than was asked for.
    :return: one of ``OUTCOMES``; a decline is ``declined_soft`` until its code says more (``decline_outcome``).

    Odoo calls all four of these an error. Only the first is a decline:

    >>> exchange_outcome([Request(status=402)], "error", answer_read=False)
    'declined_soft'
    >>> exchange_outcome([Request(status=None)], "error", answer_read=False)
    'unknown'
    >>> exchange_outcome([Request(status=502)], "error", answer_read=False)
    'unknown'
    >>> exchange_outcome([Request(left=False)], "error", answer_read=False)
    'not_sent'

    Some providers take the payment, and are asked what became of it: when only that question fails, nobody knows

    >>> exchange_outcome([Request(status=200), Request(reads=True)], "error", answer_read=True)
    'unknown'

    A provider that speaks in its own way is believed only where its answer was read:

    >>> exchange_outcome([], "error", answer_read=True), exchange_outcome([], "error", answer_read=False)
    ('declined_soft', 'unknown')
    """
    said = {"done": DONE, "pending": PENDING, "authorized": AUTHORIZED}
    if state in said and not mismatch:
        return said[state]
    if mismatch:
        return UNKNOWN
    outcomes = [request_outcome(request) for request in requests]
    if UNKNOWN in outcomes:
        return UNKNOWN
    answered = any(each == DONE and not request.reads for each, request in zip(outcomes, requests, strict=True))
    if answered and requests[-1].reads and outcomes[-1] != DONE:
        # The payment was asked for and taken up; only the question what became of it failed.
        return UNKNOWN
    if not answer_read and outcomes and outcomes[-1] == NOT_SENT and all(each in (NOT_SENT, DONE) for each in outcomes):
        # A request that was answered well before the last one was not the payment: its answer would have been read.
        return NOT_SENT
    if raised or state == "draft":
        return UNKNOWN
    if not answer_read and (not outcomes or outcomes[-1] == DONE):
        return UNKNOWN
    return CANCELLED if state == "cancel" else DECLINED_SOFT


# What a decline says


def meaning_of(code: str, table: Iterable[tuple[str, str]]) -> str | None:
    """What a provider's code means: ``soft``, ``hard``, ``unclear``, or None where the table does not know it.

    :param table: (pattern, meaning); ``*`` stands for anything, capitals do not matter, and the longest pattern that fits counts.

    >>> table = [("cc_rejected_*", "soft"), ("cc_rejected_blacklist", "hard")]
    >>> meaning_of("cc_rejected_blacklist", table), meaning_of("CC_Rejected_Other", table), meaning_of("11", table)
    ('hard', 'soft', None)
    """
    if not code:
        return None
    fitting = [(len(pattern), meaning) for pattern, meaning in table if fnmatchcase(code.lower(), pattern.lower())]
    return max(fitting)[1] if fitting else None


def decline_outcome(outcome: str, meaning: str | None) -> str:
    """The outcome of an answered no, once its code was looked up.

    >>> decline_outcome(DECLINED_SOFT, HARD), decline_outcome(CANCELLED, HARD), decline_outcome(CANCELLED, None)
    ('declined_hard', 'declined_hard', 'cancelled')
    >>> decline_outcome(DECLINED_SOFT, UNCLEAR), decline_outcome(UNKNOWN, HARD)
    ('unknown', 'unknown')
    """
    if outcome not in (DECLINED_SOFT, CANCELLED):
        return outcome
    return {HARD: DECLINED_HARD, UNCLEAR: UNKNOWN}.get(meaning, outcome)


# When it is tried again


@dataclass(frozen=True)
class Try:
    """A try that failed: its day, what came of it, and whether the table knew the code."""

    day: date
    outcome: str
    code_known: bool = True


@dataclass(frozen=True)
class Next:
    """The day of the next try, or why there is none."""

    day: date | None = None
    stop: str | None = None


def next_try(tries: Sequence[Try], days: Sequence[int] = DEFAULT_DAYS) -> Next:
    """When the same card is tried again.

    :param tries: the failed tries of this invoice with this card, oldest first, at least one.
    :param days: days after the first failure, at most ``MAX_TRIES`` of which count.

    A charge fails on 1 March. It is tried again on the 2nd, the 4th, the 6th and the 8th; what an outage swallowed is not made up for:

    >>> first = Try(date(2026, 3, 1), DECLINED_SOFT)
    >>> next_try([first]).day, next_try([first, Try(date(2026, 3, 5), DECLINED_SOFT)]).day
    (datetime.date(2026, 3, 2), datetime.date(2026, 3, 6))
    >>> next_try([first, *(Try(date(2026, 3, day), DECLINED_SOFT) for day in (2, 4, 6, 8))]).stop
    'used_up'

    A hard decline is never tried again; a code that nobody knows once:

    >>> next_try([Try(date(2026, 3, 1), DECLINED_HARD)]).stop
    'hard'
    >>> odd = Try(date(2026, 3, 1), DECLINED_SOFT, code_known=False)
    >>> next_try([odd]).day, next_try([odd, Try(date(2026, 3, 2), DECLINED_SOFT, code_known=False)]).stop
    (datetime.date(2026, 3, 2), 'another_card')
    """
    last = tries[-1]
    if any(each.outcome == DECLINED_HARD for each in tries):
        return Next(stop=STOP_HARD)
    if not last.code_known and sum(not each.code_known for each in tries) > 1:
        return Next(stop=STOP_CARD)
    planned = [tries[0].day + timedelta(days=days_after) for days_after in sorted(set(days))[:MAX_TRIES]]
    later = [day for day in planned if day > last.day]
    return Next(day=later[0]) if later else Next(stop=STOP_USED_UP)


def days_of(text: str) -> tuple[int, ...]:
    """The days of a retry plan as a person writes them.

    :raises ValueError: for anything but one to four growing whole numbers from 1 to 60; an empty text means no retry.

    >>> days_of("1, 3 5,7"), days_of("")
    ((1, 3, 5, 7), ())
    """
    parts = [part for part in re.split(r"[\s,;]+", text or "") if part]
    if not all(part.isdecimal() for part in parts):
        raise ValueError("Only whole numbers of days.")
    days = tuple(int(part) for part in parts)
    if len(days) > MAX_TRIES or any(not 1 <= day <= 60 for day in days) or list(days) != sorted(set(days)):
        raise ValueError("At most four growing numbers of days, from 1 to 60.")
    return days


# What may be kept of a provider's words

CARD_LIKE = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def without_card_numbers(text: str) -> str:
    """Words of a provider without anything that could be a card number: 13 to 19 digits that pass Luhn's check.

    >>> without_card_numbers("Card 4111 1111 1111 1111 refused, order 4111111111111112")
    'Card •••• 1111 refused, order 4111111111111112'
    """

    def hidden(match: re.Match) -> str:
        digits = re.sub(r"\D", "", match.group())
        return f"•••• {digits[-4:]}" if passes_luhn(digits) else match.group()

    return CARD_LIKE.sub(hidden, text or "")


def passes_luhn(digits: str) -> bool:
    """Whether a row of digits has the check digit of a card number.

    >>> passes_luhn("4111111111111111"), passes_luhn("4111111111111112")
    (True, False)
    """
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
