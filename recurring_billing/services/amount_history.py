"""What a ledger row was computed from: the rows of its full period and price that were there before it."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from odoo import api, models

from .. import const
from ..rules.money import round_money, to_decimal

SAME = ("full_end", "price_unit", "quantity", "discount", "discount_amount")


class History(NamedTuple):
    """How a row's amount came about: ``round(price × after) − before``.

    :param earlier: the rows of the same lineage, full period and price that were there before.
    :param after: the share of the full period that is billed once this row counts.
    :param worth: what that share costs, rounded.
    :param is_exact: whether the formula gives the row's amount. Not so for corrections, and where rows went out of force meanwhile.
    """

    earlier: object
    before: Decimal
    after: Fraction
    worth: Decimal
    is_exact: bool


class RecurringAmountHistory(models.AbstractModel):
    _name = "recurring.amount.history"
    _description = "What an Amount Was Computed From"

    @api.private
    @api.model
    def of(self, row):
        """The history of a ledger row that has a price."""
        of_lineage = row.search([("lineage_id", "=", row.lineage_id.id), ("full_start", "=", row.full_start), ("price_known", "=", True)])
        same = of_lineage.filtered(lambda other: all(other[name] == row[name] for name in SAME)).sorted(self._position)
        earlier = same[: same.ids.index(row.id)]
        in_force = self._history(row, earlier.filtered(lambda other: not other.voided))
        # A row that was cancelled since was in force when this one was computed.
        return in_force if in_force.is_exact else next((found for found in [self._history(row, earlier)] if found.is_exact), in_force)

    @api.model
    def _position(self, row):
        """As a run computes them: what is given back, what is charged, corrections; those of one invoice line together."""
        rank = 1 if row.kind == const.CHARGE else 0 if row.start < row.end else 2
        return (row.billed_with_id or row).id, rank, row.due_on or row.start, row.start, row.id

    def _history(self, row, earlier):
        before = sum((to_decimal(other.amount) for other in earlier), Decimal(0))
        after = sum((self._signed_share(other) for other in earlier + row), Fraction(0))
        worth = round_money(row._price().per_period * after, to_decimal(row.currency_id.rounding))
        return History(earlier, before, after, worth, worth - before == to_decimal(row.amount))

    @api.model
    def _signed_share(self, row):
        return -row._share() if row.kind == const.CREDIT else row._share()
