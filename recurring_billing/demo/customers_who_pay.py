"""The main company's other customers: projects that were paid, in time or after a reminder, and promises that were kept."""

from ..const import dunning as const
from .collections import ADVICE, DELIVERY, REPAIR, Called, Debtor, Owed, Promised


def paid(due, amount, late, what=ADVICE):
    """An invoice that was paid.

    :param due: days before today.
    :param late: days after the due date on which the money came; negative: before it.
    """
    return Owed(due, amount, what, paid=amount, paid_on=due - late)


CUSTOMERS = (
    Debtor("debtor_northgate", (paid(72, 21400.0, 0, DELIVERY), paid(44, 18600.0, 2), paid(16, 22800.0, 2, DELIVERY))),
    Debtor("debtor_solberg", (paid(68, 26500.0, 1, DELIVERY), paid(33, 17200.0, 4), paid(9, 14900.0, 3, REPAIR))),
    Debtor("debtor_meridian", (paid(61, 12800.0, 5), paid(30, 15600.0, 18, DELIVERY), paid(6, 11900.0, 2))),
    Debtor(
        "debtor_castellan",
        (paid(57, 19300.0, 0), paid(28, 16400.0, 14, DELIVERY), paid(8, 17800.0, 1)),
        (Called(16, const.CALL_PROMISED, "It waits for a signature"), Promised(16, 4, "With the next pay run")),
    ),
    Debtor("debtor_bluepeak", (paid(52, 31200.0, 0, DELIVERY), paid(24, 28700.0, 2), paid(5, 24300.0, 3, DELIVERY))),
    Debtor("debtor_willow", (paid(74, 15200.0, 1), paid(48, 14500.0, -2), paid(19, 16900.0, 1))),
    Debtor(
        "debtor_terranova",
        (paid(65, 13700.0, 3, REPAIR), paid(26, 12600.0, 14)),
        (Called(14, const.CALL_PROMISED, "Had not seen the invoice"), Promised(14, 4, "Within days")),
    ),
    Debtor("debtor_aurora", (paid(70, 24800.0, 0, DELIVERY), paid(41, 22100.0, -1), paid(12, 23500.0, 4, DELIVERY))),
    Debtor(
        "debtor_lakeside",
        (paid(21, 6400.0, 15, REPAIR),),
        (Called(9, const.CALL_PROMISED, "The owner was away"), Promised(9, 5, "As soon as the owner is back")),
    ),
)
