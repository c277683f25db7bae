from odoo import models

from ..rules.usage_account import UsageCharge
from .billing_plan import INVOICE


class RecurringInvoicePreparation(models.AbstractModel):
    """Usage on invoices: one line per full period and price, one piece at its amount, which says what was used."""

    _inherit = "recurring.invoice.preparation"

    def _prepare_period(self, subscription, row, run_id):
        if not isinstance(row, UsageCharge):
            return super()._prepare_period(subscription, row, run_id)
        values = super()._prepare_period(subscription, row._replace(price=None), run_id)
        return {**values, **self.env["recurring.usage.billing"].prepare_period(row)}

    def _prepare_move_lines(self, invoice, item, period, words):
        if not (item.rows and isinstance(item.rows[0], UsageCharge)):
            return super()._prepare_move_lines(invoice, item, period, words)
        # The share of one of several payers comes without prices already.
        amounts = item._replace(rows=[row._replace(price=None) for row in item.rows]) if item.whole is item else item
        (values,) = super()._prepare_move_lines(invoice, amounts, period, words)
        values["name"] = self._usage_text(invoice, item)
        if item.amount < 0 and invoice.move_type == INVOICE:
            values.update(quantity=-values["quantity"], price_unit=-values["price_unit"])
        return [values]

    def _usage_text(self, invoice, item):
        line = item.line
        spoken = self.with_context(lang=invoice.partner.lang or self.env.lang)
        parts = [line.name, *spoken.env["recurring.usage.words"].of_line(line, item.rows)]
        if item.origin and invoice.move_type == INVOICE and item.amount < 0:
            parts.append(spoken.env._("Billed with %s", item.origin.move_id.name))
        beneficiary = line.beneficiary_id or line.subscription_id.beneficiary_id
        if beneficiary:
            parts.append(beneficiary.with_env(spoken.env).display_name)
        return "\n".join(parts)
