"""What becomes an invoice line beside the rows of the ledger: one-off charges, and the shares of several payers.

Each answers what planning asks of a ``PlannedLine``: subscription line, rows, origin, amount, days, silent or not.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from ..rules.money import to_decimal
from ..rules.periods import Period


class PlannedOneOff(NamedTuple):
    """A one-off charge or credit that becomes an invoice line. No ledger row stands behind it: it covers no time.

    :param line: an empty subscription line; ``origin`` an empty invoice line.
    """

    one_off: Any
    line: Any
    origin: Any
    due_on: Any

    @property
    def rows(self) -> list:
        return []

    @property
    def whole(self):
        return self

    @property
    def amount(self) -> Decimal:
        return to_decimal(self.one_off.amount)

    @property
    def service(self) -> Period | None:
        return None

    @property
    def is_silent(self) -> bool:
        return False


class PlannedShare(NamedTuple):
    """What one of several payers pays, or gets back, of a planned line or one-off.

    :param whole: the planned line or one-off; its ledger rows are written once, for all payers.
    :param payer: the partner.
    :param amount: its part, to the cent.
    :param origin: of a net credit, the payer's own invoice line it gives back, or an empty record.
    :param percent: which percentage of the whole that is; None where it follows from what the payer paid before.
    """

    whole: Any
    payer: Any
    amount: Decimal
    origin: Any
    percent: Decimal | None

    @property
    def line(self):
        return self.whole.line

    @property
    def rows(self) -> list:
        return self.whole.rows

    @property
    def due_on(self):
        return self.whole.due_on

    @property
    def service(self):
        return self.whole.service

    @property
    def is_silent(self) -> bool:
        return not self.amount and self.whole.is_silent


class PlannedAgain(NamedTuple):
    """The share of a payer whose invoice was deleted or cancelled while the others' stand: it is invoiced again.

    :param share: the record of the share; it knows its amount and its text.
    :param line: the subscription line, or an empty record for a one-off.
    :param origin: of a credit, the invoice line it gives back.
    """

    share: Any
    line: Any
    origin: Any
    due_on: Any

    @property
    def rows(self) -> list:
        return []

    @property
    def whole(self):
        return self

    @property
    def payer(self):
        return self.share.partner_id

    @property
    def amount(self) -> Decimal:
        return to_decimal(self.share.amount)

    @property
    def service(self) -> Period | None:
        period = self.share.period_id
        return Period(period.start, max(period.end, period.start)) if period and period.start < period.end else None

    @property
    def is_silent(self) -> bool:
        return False
