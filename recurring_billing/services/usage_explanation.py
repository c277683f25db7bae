from decimal import Decimal

from odoo import models

from .. import const
from ..rules import usage
from ..rules.money import to_decimal
from .amount_explanation import Paragraph


class RecurringAmountExplanation(models.AbstractModel):
    """Why usage costs what it costs: how much was used, what each tier contributes, what was billed of it before."""

    _inherit = "recurring.amount.explanation"

    def _of_row(self, row):
        if row.kind != const.USAGE:
            return super()._of_row(row)
        words = self.env["recurring.amount.words"]
        reasons = {
            const.REGULAR: self.env._("Usage is billed at the end of its period."),
            const.LATE: self.env._("It was recorded after its days were billed, so it comes later."),
            const.CORRECTION: self.env._("Records of these days, or their price, were changed after they were billed."),
        }
        lines = [reasons[row.usage_reason]]
        if row.usage_ids:
            lines.append(self.env._("Records of usage: %s.", len(row.usage_ids)))
        lines += self._usage_formula(row, words)
        return Paragraph(self.env._("Usage: %s", words.span(row.start, row.end)), [*lines, *row._recurring_explanation_parts()])

    def _usage_formula(self, row, words):
        """What is used in all costs by its tiers, less what was billed of it."""
        currency, price, total = row.currency_id, row.line_id._usage_price(), to_decimal(row.usage_total)
        parts = self.env["recurring.usage.words"].summary(row.line_id, price, total)
        worth = usage.usage_amount(price, total, rounding=to_decimal(currency.rounding))
        earlier = self._usage_before(row)
        before = sum((to_decimal(other.amount) for other in earlier), Decimal(0))
        values = {"worth": words.money(worth, currency), "before": words.money(before, currency), "amount": self._money(row)}
        if worth - before != to_decimal(row.amount):
            return [parts, self.env._("Rows of this period went out of force or changed meanwhile: %(amount)s now.", **values)]
        if not earlier:
            return [f"{parts} = {values['amount']}"]
        return [
            f"{parts} = {values['worth']}",
            self.env._("Of this, %(before)s was billed before.", **values),
            f"{values['worth']} − {values['before']} = {values['amount']}",
        ]

    def _usage_before(self, row):
        """The rows that bill usage of the same period at the same price before this one."""
        same = row.search(
            [
                ("lineage_id", "=", row.lineage_id.id),
                ("line_id", "=", row.line_id.id),
                ("kind", "=", const.USAGE),
                ("full_start", "=", row.full_start),
                ("voided", "=", False),
                ("id", "<", row.id),
            ]
        )
        return same.sorted("id")
