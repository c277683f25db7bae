from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..const import dunning as const
from ..rules.money import to_decimal


class RecurringWriteOffBooking(models.AbstractModel):
    """Debts are given up, and recovered: native entries that leave invoices, revenue and taxes as they were."""

    _name = "recurring.write.off.booking"
    _description = "Write-Offs"

    @api.private
    @api.model
    def book(self, case, lines, account, day, reason):
        """Write debts off.

        Tax that is due when paid does not become due: nothing was paid.

        :return: the write-off, its entry posted and reconciled
        :raises UserError: for debts that are not open, or part of something that is running.
        """
        self._check_may_book(case)
        if not lines or lines - case._open_items():
            raise UserError(self.env._("Choose debts of this customer that are open."))
        # sudo: entries of write-offs are made by services; who may was checked
        service, mine, lines, account = self.sudo(), case.sudo(), lines.sudo(), account.sudo()
        service.env["recurring.agreement.signing"]._check_free(lines)
        service.env["recurring.receipt"]._hold(lines.move_id)
        amount = sum((to_decimal(line.amount_residual) for line in lines), to_decimal(0))
        write_off = service.env["recurring.write.off"].create(
            {
                "case_id": mine.id,
                "date": day,
                "amount": float(amount),
                "account_id": account.id,
                "reason": reason,
                "user_id": self.env.uid,
                "line_ids": lines.ids,
            }
        )
        entry = service._entry(write_off, day, service.env._("Write-off: %s", reason), service._lines_to_give_up(lines, account))
        write_off.entry_id = entry
        credits = entry.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").sorted("id")
        for line, credit in zip(lines, credits, strict=True):
            (line | credit).with_context(no_cash_basis=True).reconcile()
        words = self.env._(
            "%(amount)s written off: %(reason)s", amount=format_amount(self.env, float(amount), mine.currency_id), reason=reason
        )
        for move in lines.move_id:
            move._message_log(body=words)
        mine._arrangement_made(words)
        return write_off.with_env(self.env)

    def _check_may_book(self, case):
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Writing debts off is for the group Billing of Accounting. Ask somebody of that group."))
        case.check_access("read")

    def _lines_to_give_up(self, lines, account):
        values = []
        for line in lines:
            name = self.env._("Written off: %s", line._recurring_debt_name())
            common = {"partner_id": line.partner_id.id, "currency_id": line.currency_id.id, "name": name}
            values.append(
                {
                    **common,
                    "account_id": line.account_id.id,
                    "amount_currency": -line.amount_residual_currency,
                    "balance": -line.amount_residual,
                }
            )
            values.append(
                {
                    **common,
                    "account_id": account.id,
                    "amount_currency": line.amount_residual_currency,
                    "balance": line.amount_residual,
                }
            )
        return values

    def _entry(self, write_off, day, ref, values):
        company = write_off.company_id
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": self.env["recurring.agreement.entry"].journal(company).id,
                    "date": day,
                    "ref": ref,
                    "partner_id": write_off.partner_id.id,
                    "recurring_write_off_id": write_off.id,
                    "line_ids": [Command.create(each) for each in values],
                }
            )
        )
        entry.action_post()
        return entry

    @api.private
    @api.model
    def undo(self, write_off):
        """It was a mistake: the entry is reversed, the debts are open as before."""
        self._check_may_book(write_off.case_id)
        if write_off.state != const.WRITTEN_OFF:
            raise UserError(self.env._("Something of it was recovered already, or it was taken back: it stays as it is."))
        # sudo: see ``book``
        mine = write_off.sudo()
        words = self.env._("Taken back: %s", mine.entry_id.ref)
        self.env["recurring.entry.reversal"].take_back(mine.entry_id, words, recurring_write_off_id=mine.id)
        mine.state = const.UNDONE
        mine.case_id._arrangement_made(self.env._("The write-off of %s was taken back.", mine.display_name))

    # Recovery

    @api.private
    @api.model
    def recover(self, write_off, amount, journal, day):
        """Money came for what was written off: so much of the debts is open again, and paid.

        :param amount: in the company's currency.
        :return: the payment, reconciled with the debts
        """
        self._check_may_book(write_off.case_id)
        company = write_off.company_id
        if amount <= 0 or company.currency_id.compare_amounts(amount, write_off.left) > 0:
            raise UserError(
                self.env._(
                    "Enter what came: more than 0, and no more than the %s that are written off. Receive the rest on account.",
                    format_amount(self.env, write_off.left, company.currency_id),
                )
            )
        # sudo: see ``book``
        service, mine = self.sudo(), write_off.sudo()
        if mine.line_ids.currency_id != company.currency_id:
            raise UserError(self.env._("Debts in a foreign currency are recovered by taking the write-off back and receiving the money."))
        lines = service._open_again(mine, to_decimal(amount), day)
        payment = service.env["recurring.receipt"].receive(
            lines.move_id.browse(), amount, journal.sudo(), day, lines=lines, memo=self.env._("Recovered: %s", mine.reason)
        )
        recovered = to_decimal(mine.recovered) + to_decimal(amount)
        mine.write(
            {
                "recovered": float(recovered),
                "state": const.RECOVERED if recovered >= to_decimal(mine.amount) else const.RECOVERED_PARTLY,
            }
        )
        words = self.env._(
            "%(amount)s of the write-off of %(day)s came after all.",
            amount=format_amount(self.env, amount, company.currency_id),
            day=mine.date,
        )
        mine.case_id._arrangement_made(words)
        return payment.with_env(self.env)

    def _open_again(self, write_off, amount, day):
        """Open so much of the debts again, the oldest first: an entry takes the place of that part of the write-off.

        :return: the debts that are open now
        """
        opened, values, left = [], [], amount
        account = write_off.company_id.recurring_recovery_account_id or write_off.account_id
        for line in write_off.line_ids.sorted(lambda line: (line.date_maturity or line.date, line.id)):
            given_up = self._given_up(line, write_off)
            part = min(left, sum((to_decimal(partial.amount) for partial in given_up), to_decimal(0)))
            if part <= 0:
                continue
            left -= part
            opened.append((line, given_up, part))
            common = {
                "partner_id": line.partner_id.id,
                "name": self.env._("Recovered: %s", line._recurring_debt_name()),
                "currency_id": line.currency_id.id,
            }
            values.append({**common, "account_id": line.account_id.id, "balance": float(part), "amount_currency": float(part)})
            values.append({**common, "account_id": account.id, "balance": float(-part), "amount_currency": float(-part)})
        entry = self._entry(write_off, day, self.env._("Recovered: %s", write_off.reason), values)
        debits = entry.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").sorted("id")
        for (line, given_up, _part), debit in zip(opened, debits, strict=True):
            credit = given_up.credit_move_id
            given_up.unlink()
            (credit | debit).with_context(no_cash_basis=True).reconcile()
            if not credit.reconciled:
                (credit | line).with_context(no_cash_basis=True).reconcile()
        return self.env["account.move.line"].union(*(line for line, _given_up, _part in opened))

    def _given_up(self, line, write_off):
        return line.matched_credit_ids.filtered(lambda partial: partial.credit_move_id.move_id == write_off.entry_id)
