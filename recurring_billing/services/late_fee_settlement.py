from odoo import api, models

from .. import const
from ..rules.late_fees import Fees
from ..rules.money import to_decimal


class RecurringLateFeeSettlement(models.AbstractModel):
    """When a debt was paid late, whichever way the money came: what is left of its fees is waived, charged later, or to be decided."""

    _name = "recurring.late.fee.settlement"
    _description = "Fees of Paid Debts"

    @api.private
    @api.model
    def look_at(self, moves):
        """Keep the fees of receivable items that are paid, forget those of items that are open again.

        It only writes records of fees, so that no payment fails because of them: a scheduled action makes the documents.
        """
        fees = self.env["recurring.late.fee"]
        if not moves:
            return fees
        waiting = fees.search([("move_id", "in", moves.ids), ("state", "in", (const.FEE_OPEN, const.FEE_TO_CHARGE))])
        reopened = waiting.filtered(lambda fee: not fee.move_line_id.reconciled)
        paid = self._paid_late(moves) - (waiting - reopened).move_line_id
        reopened._forget()
        values = []
        for day, lines in paid.grouped(self._paid_on).items():
            left = self.env["recurring.amount.due"].fees(lines, day)
            values += [self._prepare_fee(line, day, left[line]) for line in lines if left[line].total]
        made = fees.create(values)
        if any(fee.way in const.FEE_WAYS_LATER for fee in made):
            # sudo: the action belongs to the administrator
            self.env.ref("recurring_billing.cron_late_fees").sudo()._trigger()
        return made

    def _paid_late(self, moves):
        """Items without anything left to pay whose last part came as money, after the due date."""
        lines = self.env["account.move.line"].search(
            [
                ("move_id", "in", moves.ids),
                ("move_id.origin_payment_id", "=", False),
                ("move_id.statement_line_id", "=", False),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", True),
                ("balance", ">", 0),
            ]
        )
        return lines.filtered(
            lambda line: self._money_of(line) and self._paid_on(line) > (line.date_maturity or line.date) and self._is_paid_by_money(line)
        )

    def _money_of(self, line):
        """The journal items of payments and bank lines that settled an item."""
        return line.matched_credit_ids.credit_move_id.filtered(
            lambda each: each.move_id.origin_payment_id or each.move_id.statement_line_id
        )

    def _is_paid_by_money(self, line):
        """Whether the debt ended with money: one that was written off, credited or agreed anew since is not paid; lost in part neither."""
        others = line.matched_credit_ids.credit_move_id - self._money_of(line)
        if others.move_id.recurring_write_off_id:
            return False
        return max(self._money_of(line).mapped("date")) >= max(others.mapped("date"), default=line.date)

    def _paid_on(self, line):
        return max(map(self.env["recurring.amount.due"].paid_on, self._money_of(line)), default=line.date)

    def _prepare_fee(self, line, day, left):
        policy = self.env["recurring.amount.due"].policy(line.move_id)
        return {
            "move_line_id": line.id,
            "policy_id": policy.id,
            "date": day,
            "fine": float(left.fine),
            "interest": float(left.interest),
            "way": self._way(line, policy, left),
        }

    def _way(self, line, policy, left: Fees):
        if self.surplus(line):
            return False
        if left.total < policy._waived_below(line.currency_id):
            return const.FEE_WAIVED_WAY
        return {const.FEES_NEXT_INVOICE: const.FEE_NEXT_WAY, const.FEES_DOCUMENT: const.FEE_DOCUMENT_WAY}.get(policy.booking, False)

    @api.private
    @api.model
    def surplus_lines(self, line):
        """The journal items with money left over of the payments that settled an item."""
        return self._money_of(line).move_id.line_ids.filtered(
            lambda each: (
                each.account_id == line.account_id
                and each.currency_id == line.currency_id
                and each.balance < 0
                and not each.reconciled
                and each.parent_state == "posted"
            )
        )

    @api.private
    @api.model
    def surplus(self, line):
        """What is left over of the money that settled an item, in its currency."""
        return -sum(to_decimal(each.amount_residual_currency) for each in self.surplus_lines(line))
