from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..const import SETTLED
from ..const import dunning as const
from ..rules import receivables
from ..rules.money import to_decimal


class Figures(NamedTuple):
    """How a company is paid; amounts in its currency, rates in percent, None where there is nothing to say.

    :param overdue: open of all debts past their due date. ``default_rate``: of what fell due in the last 90 days.
    :param recovery: of the debts first reminded of in the last 90 days, what was paid since.
    :param dso: days of sales that wait to be paid. ``promises``: of those of the last 90 days that are decided, kept ones.
    """

    overdue_count: int
    overdue: float
    default_rate: object
    recovery: object
    dso: object
    promises: object


class RecurringReceivableFigures(models.AbstractModel):
    """What is said of a company's debts, each with the domain of the records behind it, read with the user's own rights."""

    _name = "recurring.receivable.figures"
    _description = "Figures of Receivables"

    @api.private
    @api.model
    def of(self, company, day):
        """The figures of a company on a day."""
        items = self.env["account.move.line"]
        ((count, overdue),) = items._read_group(self.overdue(company, day), [], ["__count", "amount_residual:sum"])
        return Figures(
            count,
            overdue,
            self._default_rate(company, day),
            self._recovery(company, day),
            self._dso(company, day),
            self._kept(company, day),
        )

    # Which records

    @api.private
    @api.model
    def debts(self, company):
        """Receivable items that customers owe or owed: no payments, no credits, nothing that write-offs are booked with."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("balance", ">", 0),
                ("move_id.origin_payment_id", "=", False),
                ("move_id.statement_line_id", "=", False),
                ("move_id.recurring_write_off_id", "=", False),
            ]
        )

    def _is_open(self):
        return Domain([("reconciled", "=", False), ("amount_residual", ">", 0), ("move_id.payment_state", "not in", SETTLED)])

    @api.private
    @api.model
    def open(self, company):
        """Debts that are open."""
        return self.debts(company) & self._is_open()

    @api.private
    @api.model
    def overdue(self, company, day):
        """Debts that are open after their due date."""
        return self.open(company) & self.late(day)

    @api.private
    @api.model
    def late(self, day):
        """What was due before a day; entries without a due date were due on their own."""
        return Domain("date_maturity", "<", day) | Domain("date_maturity", "=", False) & Domain("date", "<", day)

    @api.private
    @api.model
    def fallen_due(self, company, day):
        """Debts that fell due in the window, paid or not."""
        return self.debts(company) & self.late(day) & ~self.late(self._since(day))

    @api.private
    @api.model
    def invoiced(self, company, day):
        """Invoices and credit notes of the window."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("state", "=", "posted"),
                ("invoice_date", "<=", day),
                ("invoice_date", ">", self._since(day)),
            ]
        )

    @api.private
    @api.model
    def reminded(self, company, day):
        """First reminders of debts in the window."""
        return Domain([("company_id", "=", company.id), ("is_first", "=", True), ("day", ">=", self._since(day)), ("day", "<=", day)])

    @api.private
    @api.model
    def promises(self, company, day):
        """Promises of the window that are decided."""
        states = (const.KEPT, const.PARTLY, const.BROKEN)
        return Domain([("company_id", "=", company.id), ("date", ">=", self._since(day)), ("date", "<=", day), ("state", "in", states)])

    def _since(self, day):
        return day - timedelta(days=receivables.WINDOW_DAYS)

    # What they say

    def _default_rate(self, company, day):
        items = self.env["account.move.line"]
        fallen = self.fallen_due(company, day)
        ((due,),) = items._read_group(fallen, [], ["balance:sum"])
        ((late,),) = items._read_group(fallen & self._is_open(), [], ["amount_residual:sum"])
        credited, written_off = self._taken_back(fallen), self._written_off(company, fallen)
        return receivables.default_rate(to_decimal(late), to_decimal(written_off), to_decimal(due) - to_decimal(credited))

    def _taken_back(self, debts):
        """What credit notes took back of debts, which was never owed, and what entries of agreements took over, which is due with them."""
        parts = self.env["account.partial.reconcile"]
        elsewhere = Domain("move_type", "=", "out_refund") | Domain("recurring_agreement_id", "!=", False)
        domain = Domain("debit_move_id", "any", debts) & Domain("credit_move_id.move_id", "any", elsewhere)
        ((amount,),) = parts._read_group(domain, [], ["amount:sum"])
        return amount

    def _written_off(self, company, debts):
        """What of debts is written off still: it stays in the default rate. What came of it after all opened so much of them again."""
        parts = self.env["account.partial.reconcile"]
        # sudo: the figure is of the whole company; the debts are those the user may read
        offs = self.env["recurring.write.off"].sudo().search([("company_id", "=", company.id), ("state", "!=", const.UNDONE)])
        domain = Domain("debit_move_id", "any", debts) & Domain("credit_move_id.move_id", "in", offs.entry_id.ids)
        ((amount,),) = parts._read_group(domain, [], ["amount:sum"])
        return amount

    def _recovery(self, company, day):
        domain = self.reminded(company, day)
        ((amount, paid),) = self.env["recurring.dunning.effect"]._read_group(domain, [], ["amount:sum", "paid_later:sum"])
        return receivables.percent(to_decimal(paid), to_decimal(amount))

    def _dso(self, company, day):
        ((still_open,),) = self.env["account.move.line"]._read_group(self.open(company), [], ["amount_residual:sum"])
        ((invoiced,),) = self.env["account.move"]._read_group(self.invoiced(company, day), [], ["amount_total_signed:sum"])
        return receivables.days_sales_outstanding(to_decimal(still_open), to_decimal(invoiced))

    def _kept(self, company, day):
        groups = self.env["recurring.promise"]._read_group(self.promises(company, day), ["state"], ["__count"])
        counts = dict(groups)
        return receivables.percent(to_decimal(counts.get(const.KEPT, 0)), to_decimal(sum(counts.values())))
