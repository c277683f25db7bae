from odoo import Command, models

from ..rules.money import to_decimal
from .billing_plan import CREDIT_NOTE
from .planned_items import PlannedAgain, PlannedOneOff, PlannedShare


class RecurringInvoicePreparation(models.AbstractModel):
    """Invoice lines of one-offs and of shares."""

    _inherit = "recurring.invoice.preparation"

    def _prepare_lines_of(self, invoice, item, period, words):
        if isinstance(item, PlannedShare):
            return self._prepare_share(invoice, item, period, words)
        if isinstance(item, PlannedOneOff):
            return [self._prepare_one_off(invoice, item.one_off, item.amount)]
        if isinstance(item, PlannedAgain):
            return [self._prepare_again(invoice, item, period)]
        return super()._prepare_lines_of(invoice, item, period, words)

    def _prepare_one_off(self, invoice, one_off, amount):
        quantity, price = self._as_document(invoice, one_off, amount)
        return {
            "recurring_one_off_id": one_off.id,
            "recurring_subscription_id": one_off.subscription_id.id,
            "recurring_beneficiary_id": one_off.subscription_id.beneficiary_id.id,
            "name": one_off.name,
            "product_id": one_off.product_id.id,
            "product_uom_id": one_off.product_id.uom_id.id,
            "tax_ids": [Command.set(one_off.tax_ids.ids)],
            "analytic_distribution": one_off.analytic_distribution,
            "quantity": quantity,
            "price_unit": price,
            "discount": 0.0,
        }

    def _as_document(self, invoice, one_off, amount):
        """Quantity and price as they were given, where they still make the amount; turned on a credit note."""
        sign = -1 if invoice.move_type == CREDIT_NOTE else 1
        if amount == to_decimal(one_off.amount):
            return one_off.quantity, sign * one_off.price_unit
        return 1.0, float(sign * amount)

    def _prepare_share(self, invoice, item, period, words):
        """The part of one payer, one piece at its amount; the text says which part of what it is."""
        if item.rows:
            plain = item.whole._replace(rows=[row._replace(price=None) for row in item.rows])
            lines = self._prepare_move_lines(invoice, item._replace(whole=plain), period, words)
        else:
            lines = [self._prepare_one_off(invoice, item.whole.one_off, item.amount)]
        spoken = self.with_context(lang=item.payer.lang or self.env.lang)
        for values in lines:
            if item.percent == 100:
                continue
            if item.percent:
                percent = f"{float(item.percent):g}"
                values["name"] = spoken.env._("%(percent)s %% of %(what)s", percent=percent, what=values["name"])
            else:
                values["name"] = spoken.env._("Share of %s", values["name"])
        return lines

    def _prepare_again(self, invoice, item, period):
        share = item.share
        if share.one_off_id:
            return {**self._prepare_one_off(invoice, share.one_off_id, item.amount), "name": share.name}
        line = item.line
        sibling = share.period_id.move_line_ids.filtered(lambda each: each.parent_state != "cancel").sorted("id")[:1]
        sign = -1 if invoice.move_type == CREDIT_NOTE else 1
        service = item.service
        return {
            "recurring_period_id": period.id,
            "recurring_subscription_id": line.subscription_id.id,
            "recurring_beneficiary_id": (line.beneficiary_id or line.subscription_id.beneficiary_id).id,
            "name": share.name,
            **(self._prepare_from_origin(sibling) if sibling else self._prepare_from_line(line)),
            **({"recurring_start": service.start, "recurring_last_day": service.last_day} if service else {}),
            "quantity": 1.0,
            "price_unit": float(sign * item.amount),
            "discount": 0.0,
        }
