from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models

from ..const import dunning as const
from ..rules.money import to_decimal

NOTHING = Decimal(0)
PRODUCTS = 3
"""So many products of an invoice are named."""


class Owed(NamedTuple):
    """One debt as a message tells it.

    :param line: the receivable item. ``to_pay``: with the fees of the day, less credits, in its own currency.
    :param credit: what open credits and payments take off it.
    """

    line: models.Model
    document: str
    what: str
    due: object
    days_late: int
    residual: Decimal
    fees: Decimal
    credit: Decimal
    to_pay: Decimal
    link: str
    currency: models.Model


class RecurringDunningWords(models.AbstractModel):
    """Which debts a message is about that are still owed, and what they are called."""

    _inherit = "recurring.dunning.words"

    # Debts

    @api.private
    @api.model
    def lines(self, message):
        """The debts a message is about that are still owed today, oldest first: without what was paid, balanced by credits, contested,
        promised or said to be paid.

        :return: dict receivable item → what is owed of it, less credits, in company currency
        """
        customer = self._customer(message)
        wanted, today = set(message.line_ids.ids), message.company_id._recurring_today()
        open_items = [item for item in customer.items if item.amount > NOTHING and not item.waits] if customer else []
        if wanted:
            mine = [item for item in open_items if item.key in wanted]
        else:
            # What is due; of who owes nothing yet, what is due next.
            first = max(today, min((item.due for item in open_items), default=today))
            mine = [item for item in open_items if item.due <= first]
        return {self.env["account.move.line"].browse(item.key): item.amount for item in mine}

    @api.private
    @api.model
    def standing(self, company, partners):
        """The receivable items that customers owe today: id → why it waits, empty where it does not."""
        customers = self.env["recurring.dunning.facts"].customers(company, company._recurring_today(), partners.commercial_partner_id.ids)
        return {item.key: item.waits for customer in customers.values() for item in customer.items if item.amount > NOTHING}

    def _customer(self, message):
        """What is known of the customer; None for who owes nothing."""
        partner = (message.example_id or message.case_id or message).partner_id.commercial_partner_id
        day = message.company_id._recurring_today()
        return self.env["recurring.dunning.facts"].customers(message.company_id, day, partner.ids).get(partner.id)

    @api.private
    @api.model
    def is_waiting(self, message):
        """Whether what a message is about is contested, promised or the like: it may still be asked for later."""
        customer = self._customer(message)
        items = customer.items if customer else ()
        return any(item.waits for item in items if not message.line_ids or item.key in message.line_ids.ids)

    @api.private
    @api.model
    def why_nothing(self, message):
        """Why there is nothing left that a message asks for."""
        customer = self._customer(message)
        if not customer:
            return self.env._("Everything it was about has been paid.")
        mine = [item for item in customer.items if not message.line_ids or item.key in message.line_ids.ids]
        if any(item.waits for item in mine):
            return self.env._("What it was about is contested, promised, said to be paid, or money for it is on its way.")
        if mine:
            return self.env._("Open credits and payments cover what it was about.")
        return self.env._("Everything it was about has been paid.")

    @api.private
    @api.model
    def owed(self, message):
        """The debts of a message as it tells them.

        :return: list of Owed, oldest first
        """
        lines = self.lines(message)
        if message.kind == const.KIND_TEST and not lines:
            return self._example(message)
        # sudo: what is owed is told to who owes it, whoever lets the message go
        items = self.env["recurring.amount.due"].of_lines(self.env["account.move.line"].sudo().union(*lines))
        return [self._owed(message, line.sudo(), item, lines[line]) for line, item in items.items() if line in lines]

    def _owed(self, message, line, item, left):
        today = message.company_id._recurring_today()
        fees = item.to_pay - item.residual + item.discount
        due = line.date_maturity or line.date
        part = left / to_decimal(line.amount_residual) if line.amount_residual else Decimal(1)
        credit = to_decimal(line.currency_id.round(float(item.residual * (1 - min(part, Decimal(1))))))
        return Owed(
            line=line,
            document=self._document(line),
            what=self._what(line),
            due=due,
            days_late=max((today - due).days, 0),
            residual=item.residual,
            fees=fees,
            credit=credit,
            to_pay=item.to_pay - credit,
            link=line.move_id._recurring_pay_link() if line.move_id.move_type == "out_invoice" else "",
            currency=line.currency_id,
        )

    def _example(self, message):
        """A debt nobody has, for a test where nobody owes anything."""
        line = self.env["account.move.line"]
        today, amount = message.company_id._recurring_today(), Decimal(100)
        due = today + timedelta(days={const.TEXT_COMING: 5, const.TEXT_TODAY: 0}.get(message.template_id.kind, -7))
        late, currency = max((today - due).days, 0), message.company_id.currency_id
        what = self.env._("Monthly fee")
        return [Owed(line, "INV/2026/00042", what, due, late, amount, NOTHING, NOTHING, amount, "", currency)]

    def _document(self, line):
        """What the customer knows the debt by: an invoice and its instalment, or what an entry is called."""
        move = line.move_id
        if move.move_type == "entry":
            return line.name or move.ref or move.name
        terms = move.line_ids.filtered(lambda each: each.display_type == "payment_term").sorted(
            lambda each: (each.date_maturity or each.date, each.id)
        )
        if len(terms) < 2:
            return move.name
        return self.env._(
            "%(invoice)s, instalment %(number)s of %(count)s", invoice=move.name, number=terms.ids.index(line.id) + 1, count=len(terms)
        )

    def _what(self, line):
        """Where a debt comes from: what was bought."""
        products = line.move_id.invoice_line_ids.filtered(lambda each: each.display_type == "product")
        names = list(dict.fromkeys(each.product_id.name or (each.name or "").split("\n")[0] for each in products))
        return ", ".join(names[:PRODUCTS]) + (" …" if len(names) > PRODUCTS else "")
