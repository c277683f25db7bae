"""The words a demo story is written in: who buys what when, and what happens then.

Days count back from today (``ago``) or forward (``ahead``), so a story never gets old. Records are named by their external ids.
"""

from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta


def ago(months=0, days=0):
    """So many months, and then so many days, before today."""
    return relativedelta(months=-months, days=-days)


def ahead(days):
    return relativedelta(days=days)


class Sold(NamedTuple):
    """A subscription.

    :param key: its external id.
    :param start: its first day; ``sold``: the day it is written down and activated, the first day unless told.
    :param lines: (product, quantity) or (product, quantity, values of the line).
    :param draft: it is still being negotiated.
    :param opening_months: for so many months from its first day it was billed by an earlier system.
    :param end: its last day, where that is agreed.
    :param revised: its prices were agreed then, before it was sold here.
    """

    key: str
    customer: str
    plan: str
    start: relativedelta
    lines: list
    seller: str
    sold: relativedelta | None = None
    draft: bool = False
    opening_months: int = 0
    end: relativedelta | None = None
    beneficiary: str | None = None
    currency: str | None = None
    due_day: int = 0
    tags: tuple = ()
    values: dict = {}
    revised: relativedelta | None = None


class Quoted(NamedTuple):
    """A quotation that was sent and waits for the customer's signature.

    :param day: the day it was written and sent.
    :param plan: of its lines, as far as they have none of their own.
    :param lines: (product, quantity) or (product, quantity, values of the line; plans by their external ids).
    """

    key: str
    customer: str
    day: relativedelta
    plan: str
    lines: list
    seller: str
    values: dict = {}


class Closed(NamedTuple):
    """A customer leaves: at the end of what is billed, for a reason."""

    subscription: str
    day: relativedelta
    reason: str


class Changed(NamedTuple):
    """Somebody changes what runs, with the wizard.

    :param kind: as the wizard calls it: reprice, replace, pause, resume, end.
    :param product: of the line concerned, where only one is; with ``replace`` the line that goes.
    :param values: of the wizard; products by their external ids.
    """

    subscription: str
    day: relativedelta
    kind: str
    product: str | None = None
    values: dict = {}


class Revised(NamedTuple):
    """Somebody revises prices.

    :param subscriptions: whose; none: all that are due.
    :param percent: one for all; None: as each plan says.
    :param draft: it is looked at, and not confirmed yet.
    """

    name: str
    day: relativedelta
    subscriptions: tuple = ()
    percent: float | None = None
    draft: bool = False


class Metered(NamedTuple):
    """What was used, once a month.

    :param quantities: month by month from the first day on, taken in turn.
    """

    subscription: str
    product: str
    quantities: tuple


class Archived(NamedTuple):
    """Somebody archives a record that is still needed, and the next run parks what depends on it."""

    record: str
    day: relativedelta


class Habit(NamedTuple):
    """How a customer pays.

    :param days: days after the due date, taken in turn from invoice to invoice.
    :param share: the part that is paid then; the rest follows ``rest_days`` later.
    :param only: pays so many invoices and no more.
    """

    days: tuple = (0, 1, -1, 2)
    share: float = 1.0
    rest_days: int = 0
    only: int | None = None


PROMPT = Habit()
LATE = Habit(days=(9, 14, 6))
IN_TWO_PARTS = Habit(days=(1,), share=0.4, rest_days=26)
STOPPED = Habit(only=2)


class Story(NamedTuple):
    """One company's history.

    :param module: whose external ids are meant where none is named.
    :param settings: values of the company.
    :param habits: by customer; everybody else pays promptly.
    :param rates: (currency, company currency units it is worth), by turns every 20 days.
    :param reviewer: the user who posts the drafts that wait for a review; ``review_days``: how long they wait.
    :param quiet_days: the last run was so many days ago, and what became due since is left for the next one.
    """

    module: str
    company: str
    sold: list
    settings: dict = {}
    quoted: tuple = ()
    closed: tuple = ()
    changed: tuple = ()
    revised: tuple = ()
    metered: tuple = ()
    archived: tuple = ()
    habits: dict = {}
    rates: dict[str, Any] = {}
    review_days: int = 8
    quiet_days: int = 4
