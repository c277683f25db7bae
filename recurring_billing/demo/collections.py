"""The main company's collections: customers of all kinds who owe for advice and repairs, and what became of it. Nothing here is subscribed.

Days count back from today. A person of the story phones, writes down what was said, takes promises; the policy does the rest.
"""

from typing import NamedTuple

from ..const import dunning as const

ADVICE, REPAIR, DELIVERY = "Advice", "Repair", "Delivery and installation"
NINA, MAYA = "user_nina", "user_maya"


class Owed(NamedTuple):
    """An invoice.

    :param due: days before today; negative: it is due in the future. ``issued``: days before it was due.
    :param paid: the part that was paid, on the day ``paid_on`` days before today.
    """

    due: int
    amount: float
    what: str = ADVICE
    issued: int = 15
    paid: float = 0.0
    paid_on: int = 0


class Called(NamedTuple):
    """Somebody phoned.

    :param again: days after that day on which to call again.
    """

    ago: int
    result: str
    note: str
    by: str = NINA
    again: int | None = None


class Wrote(NamedTuple):
    """The customer wrote."""

    ago: int
    text: str
    channel: str = const.EMAIL


class Promised(NamedTuple):
    """The customer promised to pay everything that is late.

    :param in_days: days after that day until which the money comes.
    """

    ago: int
    in_days: int
    note: str
    by: str = NINA


class Agreed(NamedTuple):
    """The debt is paid in instalments, one a month."""

    ago: int
    count: int
    note: str
    by: str = NINA


class Contested(NamedTuple):
    """The customer contests the oldest debt."""

    ago: int
    reason: str
    by: str = NINA


class Held(NamedTuple):
    """Reminders wait.

    :param days: days after that day.
    """

    ago: int
    days: int
    reason: str
    by: str = NINA


class HandedOver(NamedTuple):
    """Somebody else goes on."""

    ago: int
    to: str
    note: str
    by: str = NINA


class Debtor(NamedTuple):
    """A customer who owes.

    :param events: what people did and said, besides what the policy does by itself.
    """

    customer: str
    owed: tuple
    events: tuple = ()


BEGAN = 38
"""Collections were switched on so many days ago."""

DEBTORS = (
    Debtor("debtor_arctic", (Owed(33, 3820.0, DELIVERY),), (Called(23, const.CALL_REACHED, "They wait for money themselves"),)),
    Debtor(
        "debtor_baltic",
        (Owed(34, 2150.0, REPAIR), Owed(12, 640.0)),
        (
            Called(24, const.CALL_REFUSED, "Says the repair was not worth it, but put nothing in writing"),
            HandedOver(22, MAYA, "Knows them"),
        ),
    ),
    Debtor("debtor_copper", (Owed(20, 385.0, REPAIR),), (Called(10, const.CALL_NO_ANSWER, "Rang out"),)),
    Debtor("debtor_vogt", (Owed(22, 1240.0),)),
    Debtor("debtor_eastgate", (Owed(21, 3310.0, DELIVERY), Owed(6, 410.0)), (Called(11, const.CALL_WRONG, "A florist answered"),)),
    Debtor(
        "debtor_ruiz",
        (Owed(14, 275.0),),
        (Called(4, const.CALL_PROMISED, "Is willing"), Promised(4, 7, "After pay day, all of it")),
    ),
    Debtor(
        "debtor_valley",
        (Owed(13, 1890.0, DELIVERY),),
        (Called(3, const.CALL_PROMISED, "Spoke to the treasurer"), Promised(3, 9, "The council approves it first")),
    ),
    Debtor(
        "debtor_hilltop",
        (Owed(29, 5400.0, DELIVERY),),
        (Called(7, const.CALL_REACHED, "Cannot pay at once, asks for parts"), Agreed(6, 4, "First part with the next pay run")),
    ),
    Debtor(
        "debtor_ibex",
        (Owed(16, 980.0, REPAIR),),
        (Wrote(6, "The repair did not last a week. Please have a look before we pay."), Contested(5, "The repair did not last a week")),
    ),
    Debtor(
        "debtor_jade",
        (Owed(19, 720.0),),
        (Called(7, const.CALL_REACHED, "Water in the kitchen, closed until it is dry"), Held(7, 21, "Closed after water damage")),
    ),
    Debtor(
        "debtor_kowalski",
        (Owed(12, 1560.0, DELIVERY), Owed(5, 330.0)),
        (Called(1, const.CALL_BACK, "The owner is back tomorrow", again=1),),
    ),
    Debtor("debtor_lotus", (Owed(11, 240.0),), (Called(0, const.CALL_NO_ANSWER, "Class is on", again=1),)),
    Debtor("debtor_marchetti", (Owed(9, 860.0),), (Wrote(1, "Buongiorno, we pay on Friday with the other invoices.", const.WHATSAPP),)),
    Debtor("debtor_noor", (Owed(5, 1130.0, DELIVERY),)),
    Debtor("debtor_orchard", (Owed(3, 455.0),)),
    Debtor("debtor_pine", (Owed(2, 190.0), Owed(-12, 190.0))),
    Debtor("debtor_quartz", (Owed(10, 8400.0, DELIVERY), Owed(9, 2380.0), Owed(4, 615.0, REPAIR))),
    Debtor("debtor_delgado", (Owed(8, 145.0),)),
    Debtor("debtor_sunrise", (Owed(-1, 520.0),)),
    Debtor("debtor_tidewater", (Owed(-3, 1475.0, DELIVERY),)),
    Debtor("debtor_umbra", (Owed(0, 690.0),)),
    Debtor("debtor_victoria", (Owed(17, 1340.0, paid=600.0, paid_on=6),), (Called(7, const.CALL_REACHED, "Pays what she can today"),)),
    Debtor("debtor_waterfront", (Owed(15, 310.0, paid=310.0, paid_on=7),)),
    Debtor(
        "debtor_haddad",
        (Owed(24, 430.0, REPAIR),),
        (Called(13, const.CALL_PROMISED, "Sounded sure"), Promised(13, 6, "Within the week")),
    ),
    Debtor("debtor_zenith", (Owed(18, 2050.0), Owed(8, 275.0, REPAIR, paid=275.0, paid_on=1))),
)
