"""Customers who pay by card: most cards work, one was declined until its customer paid, one is declined still, one answer never came."""

from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.addons.recurring_billing.demo.story import Changed, Sold, Story, ago, ahead

BY_CARD, CARD_FIRST = "plan_card", "plan_card_first"
MAYA, TOM = "recurring_billing.user_maya", "recurring_billing.user_tom"
SUITE, STORAGE = "recurring_billing.product_suite", "recurring_billing.product_storage"
CLUB, FIBER = "recurring_billing.product_club", "recurring_billing.product_fiber"


class Card(NamedTuple):
    """A saved card of the demo provider.

    :param ends_in: its last four digits.
    :param expires: when it does, from today; None: the provider does not tell.
    """

    customer: str
    ends_in: str
    expires: relativedelta | None = None


class Turned(NamedTuple):
    """From a day on, a card does something else: done, error, pending.

    :param since: when its subscription began, from today; ``then``: so long after. Months differ in length, so both are told.
    """

    customer: str
    since: relativedelta
    then: relativedelta
    state: str


class Unanswered(NamedTuple):
    """The charge of that day left, and its answer never came; for the day see ``Turned``."""

    customer: str
    since: relativedelta
    then: relativedelta


LEO, INES, OMAR = ago(3, 7), ago(2, 20), ago(1, 7)
"""When these subscriptions began."""

CARDS = Story(
    module="recurring_billing_payment_demo",
    company="base.main_company",
    sold=[
        Sold("demo_nadia_suite", "partner_nadia", BY_CARD, ago(4), [(SUITE, 4)], MAYA),
        Sold("demo_leo_club", "partner_leo", BY_CARD, LEO, [(CLUB, 1)], TOM),
        Sold("demo_grace_suite", "partner_grace", CARD_FIRST, ago(3, 6), [(SUITE, 6), (STORAGE, 1)], MAYA),
        Sold("demo_bjork_suite", "partner_bjork", BY_CARD, ago(3, 8), [(SUITE, 9), (STORAGE, 3)], MAYA),
        Sold("demo_ines_fiber", "partner_ines", BY_CARD, INES, [(FIBER, 1)], TOM),
        Sold("demo_omar_club", "partner_omar", BY_CARD, OMAR, [(CLUB, 1)], TOM),
    ],
    changed=(Changed("demo_nadia_suite", ago(1, 12), "reprice", SUITE, {"quantity": 6}),),
)

SAVED = (
    Card("partner_nadia", "4021", ahead(830)),
    Card("partner_leo", "7713", ahead(420)),
    Card("partner_grace", "0926", ahead(24)),
    Card("partner_bjork", "3358", ahead(1100)),
    Card("partner_ines", "6140"),
    Card("partner_omar", "8802", ahead(610)),
)
TURNED = (
    # Leo's bank declines from the last period on; Inês's did for three days in the month before, until she moved money.
    Turned("partner_leo", LEO, relativedelta(months=3, days=-3), "error"),
    Turned("partner_ines", INES, relativedelta(months=1, days=-1), "error"),
    Turned("partner_ines", INES, relativedelta(months=1, days=2), "done"),
)
UNANSWERED = (Unanswered("partner_omar", OMAR, relativedelta(months=1)),)
