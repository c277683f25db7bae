"""When a debit is announced to a bank under a mandate, and when it is tried again.

A mandate is authorised once; each debit is announced some days before. Pix Automático takes announcements 2 to 10 days ahead and, where the
agreement allows it, three more tries of the same amount within seven days; SEPA takes 1 to 14 days and leaves tries to the creditor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

DRAFT, REQUESTED, ACTIVE, SUSPENDED, CANCELLED, EXPIRED = "draft", "requested", "active", "suspended", "cancelled", "expired"

_STEPS = {
    DRAFT: {REQUESTED, ACTIVE, CANCELLED},
    REQUESTED: {ACTIVE, CANCELLED, EXPIRED},
    ACTIVE: {SUSPENDED, CANCELLED, EXPIRED},
    SUSPENDED: {ACTIVE, CANCELLED, EXPIRED},
    CANCELLED: set(),
    EXPIRED: set(),
}


@dataclass(frozen=True)
class Scheme:
    """What a bank's scheme permits.

    :param lead_min: announced at least so many days before the debit; ``lead_max``: at most.
    :param tries: how often a failed debit may be tried again; ``within``: in how many days after the first.
    :param same_amount: another try must be for the amount of the first.
    """

    lead_min: int
    lead_max: int
    tries: int = 0
    within: int = 0
    same_amount: bool = True


@dataclass(frozen=True)
class Debit:
    """A debit that was announced for an invoice: its day, its amount, and the day it failed, if it did."""

    day: date
    amount: Decimal
    failed_on: date | None = None


def may_become(state: str, other: str) -> bool:
    """Whether a mandate in one state may come to another; what ended stays ended.

    >>> may_become("requested", "active"), may_become("active", "suspended"), may_become("cancelled", "active")
    (True, True, False)
    """
    return other in _STEPS[state]


def first_debit(due: date, today: date, scheme: Scheme) -> date | None:
    """The day of the debit of an invoice, when it is to be announced today; None when it is too early.

    Due on the 20th, announced 2 to 10 days before: from the 10th on it is announced for the 20th; on the 19th it is late, for the 21st.

    >>> pix = Scheme(lead_min=2, lead_max=10)
    >>> [str(first_debit(date(2026, 3, 20), date(2026, 3, day), pix)) for day in (9, 10, 18, 19)]
    ['None', '2026-03-20', '2026-03-20', '2026-03-21']
    """
    day = max(due, today + timedelta(days=scheme.lead_min))
    return day if (day - today).days <= scheme.lead_max else None


def next_debit(debits: Iterable[Debit], residual: Decimal, today: date, scheme: Scheme) -> date | None:
    """The day of another try after failed ones; None when the scheme permits none any more.

    Three tries within seven days after a debit that failed on the 20th; nothing when a part was paid meanwhile:

    >>> pix = Scheme(2, 10, tries=3, within=7)
    >>> failed = Debit(date(2026, 3, 20), Decimal("50.00"), date(2026, 3, 20))
    >>> str(next_debit([failed], Decimal("50.00"), date(2026, 3, 21), pix))
    '2026-03-22'
    >>> next_debit([failed], Decimal("30.00"), date(2026, 3, 21), pix), next_debit([failed], Decimal("50.00"), date(2026, 3, 28), pix)
    (None, None)
    """
    made = sorted(debits, key=lambda debit: debit.day)
    if not made or len(made) > scheme.tries or any(debit.failed_on is None for debit in made):
        return None
    if scheme.same_amount and residual != made[0].amount:
        return None
    # Each try has a day of its own, tomorrow at the earliest.
    day = max(today + timedelta(days=1), made[-1].day + timedelta(days=1))
    return day if day <= made[0].day + timedelta(days=scheme.within) else None
