from datetime import timedelta, timezone
from decimal import Decimal

from odoo import Command, api, models
from odoo.tools import format_date

from .. import const
from ..rules import billing_dates
from ..rules.charges import Charge, Credit
from ..rules.money import CENT, Price, line_price, split_off, to_decimal
from .billing_plan import CREDIT_NOTE, INVOICE


class RecurringInvoicePreparation(models.AbstractModel):
    """Turns charges into the values of ledger rows and native invoices. Writes nothing."""

    _name = "recurring.invoice.preparation"
    _description = "Preparation of Recurring Invoices"

    @api.private
    @api.model
    def prepare_periods(self, item, run_id):
        """The values of the ledger rows of a planned line."""
        return [self._prepare_period(item.line.subscription_id, row, run_id) for row in item.rows]

    def _prepare_period(self, subscription, row, run_id):
        price = row.price
        values = {
            "lineage_id": row.lineage,
            "line_id": row.segment,
            "subscription_id": subscription.id,
            "company_id": subscription.company_id.id,
            "currency_id": subscription.currency_id.id,
            "kind": const.CHARGE,
            "full_start": row.full.start,
            "full_end": row.full.end,
            "start": row.covered.start,
            "end": row.covered.end,
            "live_end": row.covered.end,
            "due_on": row.due_on,
            "share_numerator": row.share.numerator,
            "share_denominator": row.share.denominator,
            "price_known": price is not None,
            "amount": float(row.amount),
            "run_id": run_id,
        }
        if price is not None:
            values.update(
                price_unit=float(price.unit_price),
                quantity=float(price.quantity),
                discount=float(price.discount),
                discount_amount=float(price.off),
            )
        if isinstance(row, Credit):
            values.update(kind=const.CREDIT, credits_id=row.row)
        return values

    @api.private
    @api.model
    def prepare_move(self, invoice, periods, run_id, words=None):
        """The values of a native invoice or credit note, as a native sale would set them.

        :param periods: for each line of the planned invoice, the ledger row it points to.
        :param words: what the invoices of a batch have in common: a cache of texts and dates; under ``shares``, of several payers, by id of
            the planned line the values that link the invoice line to its share.
        """
        subscription = invoice.subscription
        words = {} if words is None else words
        shares = words.get("shares", {})
        origin = invoice.reverses
        return {
            "move_type": invoice.move_type,
            "company_id": subscription.company_id.id,
            "journal_id": invoice.journal.id,
            "partner_id": (origin.partner_id if origin else invoice.partner).id,
            "partner_shipping_id": (subscription.beneficiary_id or subscription.partner_id).id,
            "currency_id": subscription.currency_id.id,
            "fiscal_position_id": (origin.fiscal_position_id if origin else subscription.fiscal_position_id).id,
            "invoice_date": invoice.invoice_date,
            "invoice_cash_rounding_id": subscription.cash_rounding_id.id,
            "invoice_user_id": subscription.user_id.id,
            "team_id": subscription.team_id.id,
            "ref": subscription.client_order_ref or subscription.name,
            "invoice_origin": subscription.name,
            "recurring_run_id": run_id,
            **self.env["account.move"]._recurring_stage_values(invoice.subscription),
            "invoice_line_ids": [
                Command.create({**values, **shares.get(id(item), {})})
                for item, period in zip(invoice.items, periods, strict=True)
                if not item.is_silent
                for values in self._prepare_lines_of(invoice, item, period, words)
            ],
            # Without a note of its own the invoice keeps the company's default terms.
            **({"narration": subscription.note} if subscription.note else {}),
            **({"reversed_entry_id": origin.id} if origin else {}),
            **self._prepare_due(invoice, words),
        }

    def _prepare_lines_of(self, invoice, item, period, words):
        """The invoice lines of an item, whatever it is; see ``billing_extras``."""
        return self._prepare_move_lines(invoice, item, period, words)

    def _prepare_move_lines(self, invoice, item, period, words):
        """The invoice line, and one more for money off, which Odoo's column of percentages cannot show."""
        line, price = item.line, item.rows[0].price
        rounding = to_decimal(line.currency_id.rounding)
        amount, off = split_off(price, item.amount, item.share, rounding=rounding) if price else (item.amount, 0)
        values = self._prepare_move_line(invoice, item, period, words, amount)
        if not off:
            return [values]
        # The quantity is negative where the line gives back on an invoice, so that both lines turn together.
        sign = -1 if values["quantity"] < 0 else 1
        shown = -off if sign < 0 or invoice.move_type == CREDIT_NOTE else off
        text = self._money_off_text(item)
        return [values, {**values, "name": text, "quantity": sign, "price_unit": float(shown), "discount": 0.0}]

    def _money_off_text(self, item):
        """ "Discount: Welcome", by the names of what takes money off in that period."""
        line = item.line
        spoken = self.with_context(lang=line.subscription_id.partner_invoice_id.lang or self.env.lang)
        names = [discount.name for discount in line._discounts_in(item.rows[0].full) if discount.amount]
        if not names or names == [line.env._("Discount")]:
            return spoken.env._("Discount")
        return spoken.env._("Discount: %s", ", ".join(dict.fromkeys(names)))

    def _prepare_move_line(self, invoice, item, period, words, amount):
        """A charge, or a credit: on a credit note it counts as such, on an invoice its quantity is negative.

        :param amount: of the item, before money off.
        """
        line = item.line
        values = {
            "recurring_period_id": period.id,
            "recurring_start": item.service.start,
            "recurring_last_day": item.service.last_day,
            "recurring_subscription_id": line.subscription_id.id,
            "recurring_beneficiary_id": (line.beneficiary_id or line.subscription_id.beneficiary_id).id,
            "name": self._line_text(invoice, item, words),
            **(self._prepare_from_origin(item.origin) if item.origin and item.amount < 0 else self._prepare_from_line(line)),
        }
        sign = -1 if item.amount < 0 and any(isinstance(row, Credit) for row in item.rows) else 1
        if invoice.move_type == CREDIT_NOTE:
            sign = 1
        if sign < 0 or invoice.move_type == CREDIT_NOTE:
            amount = -amount
        unit = words.setdefault("unit", self._price_unit_precision())
        price = item.rows[0].price or Price(amount)
        taxes = (item.origin if item.origin and item.amount < 0 else line).tax_ids.flatten_taxes_hierarchy()
        included = any(taxes.mapped("price_include"))
        shown = line_price(price, amount, rounding=to_decimal(line.currency_id.rounding), unit=unit, included=included)
        return {
            **values,
            "quantity": sign * float(shown.quantity),
            "price_unit": float(shown.unit_price),
            "discount": float(shown.discount),
        }

    def _prepare_from_line(self, line):
        return {
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "analytic_distribution": line.analytic_distribution,
        }

    def _prepare_from_origin(self, origin):
        """A credit copies taxes, account and analytic of the invoice line it reduces."""
        return {
            "product_id": origin.product_id.id,
            "product_uom_id": origin.product_uom_id.id,
            "account_id": origin.account_id.id,
            "tax_ids": [Command.set(origin.with_context(active_test=False).tax_ids.ids)],
            "analytic_distribution": origin.analytic_distribution,
        }

    def _price_unit_precision(self):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return Decimal(1).scaleb(-digits) if digits is not None else CENT

    def _line_text(self, invoice, item, words):
        """The line's text, the period in the customer's language, when prorated why, and of a credit what it gives back."""
        line = item.line
        lang = invoice.partner.lang or self.env.lang
        row = item.rows[0]
        kinds = tuple(type(each) for each in item.rows)
        key = ("period", lang, kinds, tuple(each.covered for each in item.rows), row.full, item.origin, item.amount < 0)
        if key not in words:
            words[key] = self.with_context(lang=lang)._rows_in_words(invoice, item)
        parts = [line.name, *words[key]]
        beneficiary = line.beneficiary_id or line.subscription_id.beneficiary_id
        if beneficiary:
            parts.append(beneficiary.with_context(lang=lang).display_name)
        return "\n".join(parts)

    def _rows_in_words(self, invoice, item):
        """One text per charge, and one for what is given back."""
        found = [self._period_in_words(row) for row in item.rows if isinstance(row, Charge)]
        for row in item.rows:
            if isinstance(row, Credit):
                found.append(self._credit_in_words(row))
        if item.origin and invoice.move_type == INVOICE and item.amount < 0:
            found.append(self.env._("Billed with %s", item.origin.move_id.name))
        return found

    def _period_in_words(self, row):
        first, last = format_date(self.env, row.covered.start), format_date(self.env, row.covered.last_day)
        if not row.prorated:
            return self.env._("%(first)s to %(last)s", first=first, last=last)
        return self.env._(
            "%(first)s to %(last)s (%(days)s of %(full_days)s days)",
            first=first,
            last=last,
            days=row.covered.days,
            full_days=row.full.days,
        )

    def _credit_in_words(self, row):
        if row.covered.days:
            return self.env._("Credit: %s", self._period_in_words(row))
        first, last = format_date(self.env, row.full.start), format_date(self.env, row.full.last_day)
        return self.env._("Correction of %(first)s to %(last)s", first=first, last=last)

    def _prepare_due(self, invoice, words):
        """Payment term, or a due date of ours with an empty term: Odoo overwrites the date wherever a term is set."""
        if invoice.move_type == CREDIT_NOTE:
            return {"invoice_payment_term_id": False, "invoice_date_due": invoice.due_on}
        subscription, plan = invoice.subscription, invoice.subscription.plan_id
        term = subscription.payment_term_id
        early = invoice.invoice_date < invoice.due_on
        earliest = max(invoice.invoice_date, invoice.due_on)
        if subscription.due_day:
            due = billing_dates.day_on_or_after(subscription.due_day, earliest)
        elif len(term.line_ids) > 1 or term.early_discount or (term and not early and not plan.business_days):
            return {"invoice_payment_term_id": term.id}
        else:
            due = term.line_ids._get_due_date(earliest) if term.line_ids else earliest
        if plan.business_days:
            due = billing_dates.next_business_day(due, self._holidays(subscription.company_id, words))
        return {"invoice_payment_term_id": False, "invoice_date_due": due}

    def _holidays(self, company, words):
        """The public holidays of the company's working calendar, as days."""
        key = ("holidays", company.id)
        if key not in words:
            # sudo: public holidays are needed to date an invoice, whoever may read calendars
            leaves = (
                self.env["resource.calendar.leaves"]
                .sudo()
                .search(
                    [
                        ("resource_id", "=", False),
                        ("company_id", "in", (False, company.id)),
                        ("calendar_id", "in", (False, company.resource_calendar_id.id)),
                    ]
                )
            )
            words[key] = {day for leave in leaves for day in self._days_of(leave, company)}
        return words[key]

    def _days_of(self, leave, company):
        first, last = (company._recurring_local(moment.replace(tzinfo=timezone.utc)).date() for moment in (leave.date_from, leave.date_to))
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]
