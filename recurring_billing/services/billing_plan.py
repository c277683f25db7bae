"""What a billing run is going to make, as values: invoices and credit notes, what waits, and why the rest is not made."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ..rules.charges import Charge
from ..rules.usage_account import UsageCharge

INVOICE, CREDIT_NOTE = "out_invoice", "out_refund"


class PlannedInvoice(NamedTuple):
    """One invoice or credit note to be made: what is on it, and its dates.

    :param reverses: of a credit note, the invoice it reduces, or an empty record.
    :param payer: where several pay, whose invoice it is; None for the subscription's invoice address.
    """

    subscription: Any
    journal: Any
    items: list
    invoice_date: date
    due_on: date
    move_type: str = INVOICE
    reverses: Any = None
    payer: Any = None

    @property
    def partner(self) -> Any:
        """Who gets it."""
        return self.payer or self.subscription.partner_invoice_id

    @property
    def amount(self) -> Decimal:
        """The total of the lines, negative on a credit note."""
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def rows(self) -> list:
        """Every charge and credit on it."""
        return [row for item in self.items for row in item.rows]

    @property
    def lines(self) -> Any:
        """The subscription lines it bills."""
        first = next((item.line for item in self.items if item.line), self.items[0].line)
        return first.browse({item.line.id: None for item in self.items if item.line}).with_prefetch(first._prefetch_ids)

    @property
    def charges(self) -> list:
        return [row for row in self.rows if isinstance(row, Charge) or (isinstance(row, UsageCharge) and not row.row)]

    @property
    def is_free(self) -> bool:
        """Nothing on it costs anything: the ledger keeps the periods, and no invoice is made."""
        return not any(item.amount for item in self.items)


class BillingPlan(NamedTuple):
    """What a batch is going to do.

    :param problems: dict subscription → Problem.
    :param waiting: dict subscription → the day of the next invoice, which takes the credits that are due now.
    :param drafts: invoice lines of untouched drafts that are made again.
    """

    invoices: list
    problems: dict
    waiting: dict
    drafts: Any


class Moment(NamedTuple):
    """What every subscription of a plan needs to know.

    :param journals: the first sales journal of each company.
    """

    horizon: date
    today: date
    journals: dict
