from odoo import Command, api, models
from odoo.exceptions import UserError

from ..rules.money import round_money, to_decimal

SPLITTING = object()
"""Only code of this process can put it into the context: see ``_get_lock_date_protected_fields`` of journal items."""


class RecurringReceivableRedating(models.AbstractModel):
    """A receivable item of a posted document gets another due date, or is divided into several with a date each.

    Accounts, revenue and taxes stay as they are; only the receivable is told apart by date.
    """

    _name = "recurring.receivable.redating"
    _description = "Re-Dating Receivables"

    @api.private
    @api.model
    def why_not_divided(self, line):
        """Why a receivable item cannot be divided where it is, in words; empty where it can."""
        move = line.move_id
        if move.inalterable_hash:
            return self.env._("%s is sealed: its journal does not allow changes of posted entries.", move.name)
        company = move.company_id
        if company._get_lock_date_violations(move.date, fiscalyear=True, sale=True, purchase=False, tax=False, hard=True):
            return self.env._("%s is in a closed accounting period.", move.name)
        return ""

    @api.private
    @api.model
    def has_cash_basis_tax(self, move):
        """Whether a tax of a document falls due when it is paid."""
        taxes = move.line_ids.tax_ids.flatten_taxes_hierarchy() | move.line_ids.tax_line_id
        return "on_payment" in taxes.mapped("tax_exigibility")

    @api.private
    @api.model
    def redate(self, line, day):
        """Another due date: allowed by Odoo also in closed periods, for it changes no figure."""
        line.date_maturity = day
        self._tell_move(line.move_id)

    @api.private
    @api.model
    def divide(self, line, parts):
        """Divide what is open of a receivable item; what was paid of it stays with the first part.

        :param parts: list of (due date, amount in the item's currency), the sum of which is what is open.
        :return: the items that carry the parts, in their order; the first is the item itself
        :raises UserError: where the entry cannot be changed.
        """
        if words := self.why_not_divided(line):
            raise UserError(words)
        later = parts[1:]
        balances = self._balances(line, [amount for _day, amount in later])
        moved = sum((to_decimal(amount) for _day, amount in later), to_decimal(0))
        new = [
            {
                "display_type": line.display_type,
                "account_id": line.account_id.id,
                "partner_id": line.partner_id.id,
                "currency_id": line.currency_id.id,
                "name": line.name,
                "date_maturity": day,
                "amount_currency": float(amount),
                "balance": float(balance),
            }
            for (day, amount), balance in zip(later, balances, strict=True)
        ]
        kept = {
            "date_maturity": parts[0][0],
            "amount_currency": float(to_decimal(line.amount_currency) - moved),
            "balance": float(to_decimal(line.balance) - sum(balances, to_decimal(0))),
            "discount_date": False,
            "discount_amount_currency": 0.0,
            "discount_balance": 0.0,
        }
        move, before = line.move_id, line.move_id.line_ids
        # The receivable of a posted invoice is divided, nothing else of it changes; see SPLITTING for its reconciliations.
        move.with_context(skip_readonly_check=True, recurring_splitting=SPLITTING).write(
            {"line_ids": [Command.update(line.id, kept), *(Command.create(values) for values in new)]}
        )
        made = (move.line_ids - before).sorted(lambda each: (each.date_maturity, each.id))
        self._tell_move(move)
        return line | made

    @api.private
    @api.model
    def join(self, first, others, more=None):
        """Put parts of an item that nothing was paid of back to it.

        :param more: other values of the item as it was before it was divided.
        """
        move = first.move_id
        values = {
            "amount_currency": float(sum((to_decimal(line.amount_currency) for line in first | others), to_decimal(0))),
            "balance": float(sum((to_decimal(line.balance) for line in first | others), to_decimal(0))),
            **(more or {}),
        }
        move.with_context(skip_readonly_check=True, recurring_splitting=SPLITTING, force_delete=True, dynamic_unlink=True).write(
            {"line_ids": [Command.update(first.id, values), *(Command.delete(line.id) for line in others)]}
        )
        self._tell_move(move)

    def _balances(self, line, amounts):
        """What amounts of an item are in the company's currency, at the item's own rate."""
        total, balance = to_decimal(line.amount_currency), to_decimal(line.balance)
        rounding = to_decimal(line.company_currency_id.rounding)
        return [round_money(balance * to_decimal(amount) / total, rounding) for amount in amounts]

    def _tell_move(self, move):
        """The due date that an invoice shows is that of its last open part; payment terms keep what they say."""
        if not move.is_invoice(include_receipts=True) or move.invoice_payment_term_id:
            return
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        last = max(filter(None, lines.mapped("date_maturity")), default=move.invoice_date_due)
        if last != move.invoice_date_due:
            # The items have their dates: Odoo must not make them again from this one.
            move.with_context(skip_invoice_sync=True).invoice_date_due = last
