"""What becomes an invoice line beside the rows of the ledger: one-off charges, and the shares of several payers.

Each answers what planning asks of a ``PlannedLine``: subscription line, rows, origin, amount, days, silent or not.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ..rules.charges import Credit
from ..rules.money import to_decimal
from ..rules.periods import Period
from ..rules.usage_account import UsageCharge


class PlannedLine(NamedTuple):
    """What becomes one invoice line: the rows of one lineage, full period and price from one run, with their net.

    :param line: the subscription line it is written for.
    :param rows: charges and credits; the first is the one the invoice line points to.
    :param origin: of a net credit, the invoice line it gives back, or an empty record.
    """

    line: Any
    rows: list
    origin: Any

    @property
    def amount(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal(0))

    @property
    def whole(self) -> "PlannedLine":
        """Itself: nobody shares it. See ``PlannedShare``."""
        return self

    @property
    def share(self) -> Fraction:
        """The share of the full period it charges, less what it gives back."""
        return sum((-row.share if isinstance(row, Credit) else row.share for row in self.rows), Fraction(0))

    @property
    def due_on(self) -> date:
        return self.rows[0].due_on

    @property
    def service(self) -> Period:
        """The days it is about, from the first to the last; a correction, which has no days, is about its full period."""
        parts = [row.covered if row.covered.days else row.full for row in self.rows]
        return Period(min(part.start for part in parts), max(part.end for part in parts))

    @property
    def is_silent(self) -> bool:
        """Credits and charges that cancel out, and usage of nothing: the ledger keeps them, the invoice does not mention them."""
        silent = (isinstance(row, Credit) or (isinstance(row, UsageCharge) and not row.quantity) for row in self.rows)
        return not self.amount and any(silent)


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
