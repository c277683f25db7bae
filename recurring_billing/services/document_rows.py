from decimal import Decimal
from fractions import Fraction

from odoo import api, models
from odoo.tools import format_date

from .. import const
from ..rules import reversals
from ..rules.lineages import Row
from ..rules.money import round_money, to_decimal
from ..rules.periods import Period


class RecurringLedgerRows(models.AbstractModel):
    """Ledger rows that documents make, and what lines of documents say; the ground of ``ledger_documents`` and ``ledger_reversals``.

    Amounts are signed as in the ledger, in the tax basis of the price: positive for a charge, negative for a credit. Called with
    ``sudo()``, for the ledger is written by services alone.
    """

    _name = "recurring.document.rows"
    _description = "Ledger Rows of Documents"

    # What is said and booked

    def _said(self, lines):
        """What lines of a document say, as the ledger counts: quantity × unit price − discount."""
        total = Decimal(0)
        for line in lines:
            currency, period = line.currency_id, line.recurring_period_id or line.recurring_credits_period_id
            exact = (
                Fraction(to_decimal(line.quantity))
                * Fraction(to_decimal(line.price_unit))
                * (1 - Fraction(to_decimal(line.discount)) / 100)
            )
            amount = round_money(exact, to_decimal(currency.rounding))
            if currency != period.currency_id:
                day = line.move_id.invoice_date or line.move_id.date
                amount = to_decimal(currency._convert(float(amount), period.currency_id, line.company_id, day))
            total += -amount if line.move_id.move_type == "out_refund" else amount
        return total

    def _booked(self, period):
        """What the ledger says of an invoice line."""
        return sum((to_decimal(row.amount) for row in self._group(period)), Decimal(0))

    def _group(self, period):
        """The rows in force of one invoice line."""
        return (period | period.billed_together_ids).filtered(lambda row: not row.voided)

    # Rows

    def _missing(self, row, covering=None, without=None):
        """What the next row of its full period and price amounts to; 0 where there is no price.

        :param covering: days that the next row covers.
        :param without: a row to imagine away.
        """
        if not row.price_known:
            return Decimal(0)
        same = row.search(
            [
                ("lineage_id", "=", row.lineage_id.id),
                ("full_start", "=", row.full_start),
                ("voided", "=", False),
                ("kind", "!=", const.USAGE),
            ]
        )
        rows = [each._row() for each in same if each != without]
        full = Period(row.full_start, row.full_end)
        if covering:
            rows.append(Row(row.lineage_id.id, full, covering, row._price(), Decimal(0)))
        subscription = row.subscription_id
        return reversals.missing_amount(
            subscription._billing_terms(),
            self.env["recurring.coverage"]._segments(subscription),
            rows,
            row.lineage_id.id,
            full,
            row._price(),
            rounding=to_decimal(row.currency_id.rounding),
        )

    def _credit(self, row):
        """Give back what is left of a charge: its days are free."""
        start, end = row.start, row.live_end
        by_hand = sum((to_decimal(credit.amount) for credit in row._credits_in_force() if not credit.price_known), Decimal(0))
        row.live_end = start
        self.env.flush_all()
        amount = self._missing(row) if row.price_known else -to_decimal(row.amount) - by_hand
        values = self._values(row, start, end)
        return row.create({**values, "kind": const.CREDIT, "credits_id": row.id, "amount": float(amount)})

    def _undo(self, credit):
        """Charge again what a credit gave back; nothing where something else is charged for those days meanwhile."""
        if credit.credits_id._other_holder(credit.start, credit.end):
            return None
        covering = Period(credit.start, credit.end)
        amount = self._missing(credit, covering=covering) if credit.price_known else -to_decimal(credit.amount)
        values = {**self._values(credit, credit.start, credit.end), "kind": const.CHARGE, "credits_id": False}
        return credit.create({**values, "amount": float(amount)})

    def _charge_by_hand(self, row, start, end, amount, main):
        values = {**self._values(row, start, end), "price_known": False, "amount": float(amount), "billed_with_id": main.id}
        return row.create(values)

    def _adjust(self, period, amount, main):
        """A row of money alone: it covers no day, and no price explains it."""
        charge = period.credits_id or period
        values = self._values(charge, charge.live_end, charge.live_end)
        return charge.create(
            {
                **values,
                "kind": const.CREDIT,
                "credits_id": charge.id,
                "price_known": False,
                "share_numerator": 0,
                "share_denominator": 1,
                "amount": float(amount),
                "billed_with_id": main.id,
            }
        )

    def _with(self, main, row):
        """The first row is what the line of the document points to; the others are netted with it."""
        if main and row != main:
            row.billed_with_id = main
        return main or row

    def _values(self, row, start, end):
        """The values of a new row like this one, for some of its days."""
        names = ("lineage_id", "line_id", "subscription_id", "company_id", "currency_id", "credits_id")
        plain = ("kind", "full_start", "full_end", "due_on", "price_unit", "quantity", "discount", "discount_amount", "price_known")
        share = row._share() if (start, end) == (row.start, row.end) else Fraction((end - start).days, (row.full_end - row.full_start).days)
        return {
            **{name: row[name].id for name in names},
            **{name: row[name] for name in plain},
            "start": start,
            "end": end,
            "live_end": end,
            "share_numerator": share.numerator,
            "share_denominator": share.denominator,
        }

    # Words

    def _days_in_words(self, period):
        return f"{format_date(self.env, period.start)} – {format_date(self.env, period.last_day)}"

    def _in_words_of(self, move):
        return self.with_context(lang=move.company_id.partner_id.lang or self.env.lang)

    @api.model
    def _named(self, moves):
        return ", ".join(move.name or move.display_name for move in moves)
