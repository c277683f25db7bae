import re
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError

from ..const import SETTLED
from ..const import dunning as stages
from ..rules import ageing
from ..rules.money import to_decimal

NOTHING = Decimal(0)
REFERENCE = re.compile(r"^\[[^\]]*\] *(?=\S)")
"""Our own number of a product before its name: it says nothing to who bought it."""
LONGEST_ORIGIN = 60
SEES_ALL = (
    "recurring_billing.group_user_all",
    "recurring_billing.group_collections",
    "recurring_billing.group_auditor",
    "account.group_account_invoice",
    "account.group_account_readonly",
)


class Row(NamedTuple):
    """One open item of a statement, in its currency.

    :param amount: what it was once; ``residual`` what of it is open.
    :param fees: until the day, as far as they are to be paid with it; ``fees_later`` those that are charged once it is paid.
    :param to_pay: what settles it on the day; of credits negative.
    :param note: words beside it, such as that it is disputed.
    """

    line: object
    name: str
    about: str
    date: object
    due: object
    days_late: int
    amount: Decimal
    residual: Decimal
    fees: Decimal
    fees_later: Decimal
    discount: Decimal
    to_pay: Decimal
    note: str = ""

    @property
    def is_late(self):
        return self.days_late > 0


class Statement(NamedTuple):
    """What a customer owes a company in one currency, on a day.

    :param buckets: list of (name, words, amount): what is open by age, without fees and credits.
    :param credit: what stands against it; ``total``: what settles everything on the day, not less than nothing.
    """

    partner: object
    company: object
    currency: object
    day: object
    debts: list
    credits: list
    buckets: list

    @property
    def open(self):
        return sum((row.residual for row in self.debts), NOTHING)

    @property
    def overdue(self):
        return sum((row.residual for row in self.debts if row.is_late), NOTHING)

    @property
    def fees(self):
        return sum((row.fees for row in self.debts), NOTHING)

    @property
    def fees_later(self):
        return sum((row.fees_later for row in self.debts), NOTHING)

    @property
    def discount(self):
        return sum((row.discount for row in self.debts), NOTHING)

    @property
    def credit(self):
        return -sum((row.residual for row in self.credits), NOTHING)

    @property
    def due_now(self):
        """What is to be paid by today, late fees included; credits count for what is due first."""
        due = sum((row.to_pay for row in self.debts if row.due <= self.day), NOTHING)
        return max(NOTHING, due - self.credit)

    @property
    def is_all_due(self):
        return self.due_now == self.total

    @property
    def balance(self):
        return sum((row.to_pay for row in self.debts), NOTHING) - self.credit

    @property
    def total(self):
        return max(NOTHING, self.balance)


class RecurringCustomerStatement(models.AbstractModel):
    """The statement of a customer: everything open, how old it is, with the fees of the day, less what stands to the customer's credit."""

    _name = "recurring.customer.statement"
    _description = "Customer Statement"

    @api.private
    @api.model
    def of(self, partners, company, day=None):
        """Statements of customers; read at once for all of them.

        :param partners: customers; contacts count for their company.
        :param day: by default the company's today.
        :return: dict commercial partner → list of Statement, the company's own currency first; empty where nothing is open
        :raises AccessError: for who may not know what these customers owe.
        """
        payers = partners.commercial_partner_id
        self._check_may_see(payers, company)
        # sudo: who may know was checked; a statement is complete or it is wrong
        service = self.sudo()
        day = day or company._recurring_today()
        lines = service._open_lines(payers, company)
        dues = service.env["recurring.amount.due"].of_lines(lines, day)
        notes = service._notes(lines)
        found = {payer: {} for payer in payers}
        for line in lines:
            row = service._row(line, dues.get(line), day, notes)
            if row:
                found[payers.browse(line.partner_id.commercial_partner_id.id)].setdefault(line.currency_id, []).append(row)
        return {
            payer: [
                self._statement(payer, company, currency, day, rows)
                for currency, rows in sorted(by_currency.items(), key=lambda each: (each[0] != company.currency_id, each[0].name))
            ]
            for payer, by_currency in found.items()
        }

    def _check_may_see(self, payers, company):
        company.with_env(self.env)._recurring_check_works_here()
        if self.env.su or any(self.env.user.has_group(group) for group in SEES_ALL):
            payers.check_access("read")
            return
        if self.env.user.has_group("recurring_billing.group_user"):
            mine = self.env["recurring.subscription"].search([("user_id", "=", self.env.uid)])
            own = mine.partner_id.commercial_partner_id | mine.partner_invoice_id.commercial_partner_id
            if all(payer.user_id == self.env.user or payer in own for payer in payers):
                return
        raise AccessError(self.env._("Statements of customers are for who works with their debts. Ask the group Collections."))

    def _open_lines(self, payers, company):
        lines = self.env["account.move.line"].search(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("partner_id.commercial_partner_id", "in", payers.ids),
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual_currency", "!=", 0),
            ]
        )
        return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))

    def _notes(self, lines):
        """Words beside items: what is disputed, what is being paid right now."""
        disputes = self.env["recurring.dispute"].search([("line_ids", "in", lines.ids), ("state", "=", stages.OPEN)])
        under_way = self.env["payment.transaction"].search(
            [("invoice_ids", "in", lines.move_id.ids), ("state", "in", ("pending", "authorized"))]
        )
        paying = under_way.invoice_ids.line_ids & lines
        notes = dict.fromkeys(paying, self.env._("A payment is under way"))
        notes.update(dict.fromkeys(disputes.line_ids & lines, self.env._("Under review")))
        return notes

    def _row(self, line, item, day, notes):
        """The row of an item; none for what is paid though its entry is still to come."""
        move = line.move_id
        if move.payment_state in SETTLED:
            return None
        residual = to_decimal(line.amount_residual_currency)
        due = line.date_maturity or line.date
        common = {
            "line": line,
            "name": line._recurring_debt_name(),
            "about": self._about(line),
            "date": move.invoice_date or line.date,
            "due": due,
            "amount": to_decimal(line.amount_currency),
            "residual": residual,
            "note": notes.get(line, ""),
        }
        if residual < 0:
            nothing = dict.fromkeys(("fees", "fees_later", "discount"), NOTHING)
            return Row(**common, **nothing, days_late=0, to_pay=residual)
        if not item:
            return None
        asked = item.to_pay - item.residual + item.discount
        return Row(
            **common,
            days_late=ageing.days_late(due, day),
            fees=asked,
            fees_later=item.fees.total - asked,
            discount=item.discount,
            to_pay=item.to_pay,
        )

    def _about(self, line):
        """What kind of document an item is on, where that is not simply an invoice."""
        move = line.move_id
        if move.move_type == "out_refund":
            return self.env._("Credit note")
        if move.origin_payment_id or move.statement_line_id:
            return self.env._("Payment on account") if line.amount_residual_currency < 0 else self.env._("Money paid back")
        if move.move_type == "out_invoice":
            parts = move.line_ids.filtered(lambda each: each.display_type == "payment_term").sorted("date_maturity")
            if len(parts) > 1:
                return self.env._("Part %(number)s of %(count)s", number=list(parts).index(line) + 1, count=len(parts))
            return self._origin(move)
        return ""

    def _origin(self, move):
        """What was sold, in a few words: a message about a debt says where it comes from."""
        lines = move.invoice_line_ids.filtered(lambda each: each.display_type == "product" and each.name)
        if not lines:
            return ""
        first = REFERENCE.sub("", lines[0].name.splitlines()[0])[:LONGEST_ORIGIN]
        return self.env._("%(first)s and %(count)s more", first=first, count=len(lines) - 1) if len(lines) > 1 else first

    def _statement(self, payer, company, currency, day, rows):
        debts = [row for row in rows if row.residual > 0]
        amounts = ageing.ageing(((row.due, row.residual) for row in debts), day)
        words = self._bucket_words()
        return Statement(
            payer,
            company,
            currency,
            day,
            debts,
            [row for row in rows if row.residual < 0],
            [(name, words[name], amounts[name]) for name in ageing.BUCKETS],
        )

    def _bucket_words(self):
        return {
            ageing.NOT_DUE: self.env._("Not due"),
            ageing.TO_30: self.env._("1-30 days"),
            ageing.TO_60: self.env._("31-60 days"),
            ageing.TO_90: self.env._("61-90 days"),
            ageing.OLDER: self.env._("Over 90 days"),
        }
