from odoo import Command, api, models
from odoo.exceptions import UserError

from ..rules.money import round_money, to_decimal


class RecurringAgreementEntry(models.AbstractModel):
    """One journal entry takes over debts that cannot be divided where they are: opening balances, documents of closed periods.

    Receivable against receivable: revenue and taxes are not touched.
    """

    _name = "recurring.agreement.entry"
    _description = "Journal Entry of an Agreement"

    @api.private
    @api.model
    def make(self, agreement, apart):
        """Make the entry and let it take the place of the debts.

        :param apart: dict receivable item → list of (index of the part, due date, amount in its currency).
        :return: dict index of the part → the item of the entry that carries it
        """
        company = agreement.company_id
        commands, order = [], []
        for line, mine in apart.items():
            commands.append(Command.create(self._prepare_taken(agreement, line)))
            for (index, day, amount), balance in zip(mine, self._balances(line, [part[2] for part in mine]), strict=True):
                commands.append(Command.create(self._prepare_part(agreement, line, day, amount, balance)))
                order.append(index)
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": self.env["recurring.agreement.entry"].journal(company).id,
                    "date": company._recurring_today(),
                    "ref": self.env._("Agreement %s", agreement.name),
                    "partner_id": agreement.partner_id.id,
                    "recurring_agreement_id": agreement.id,
                    "line_ids": commands,
                }
            )
        )
        entry.action_post()
        agreement.entry_id = entry
        made = entry.line_ids.sorted("id")
        taken, carriers = made.filtered(lambda line: line.balance < 0), made.filtered(lambda line: line.balance > 0)
        for line, credit in zip(apart, taken, strict=True):
            # Nothing was paid: no tax falls due by it.
            (line | credit).with_context(no_cash_basis=True).reconcile()
        return dict(zip(order, carriers, strict=True))

    @api.private
    @api.model
    def undo(self, agreement):
        """The debts take their place again; what was paid of the entry meanwhile is for the debts too."""
        entry = agreement.entry_id
        receivables = entry.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        if any(line.matched_credit_ids for line in receivables.filtered(lambda line: line.balance > 0)):
            # What was paid stays where it was paid; the rest is due as before, on the entry.
            return
        receivables.filtered(lambda line: line.balance < 0).remove_move_reconcile()
        agreement.line_ids -= entry.line_ids
        agreement.part_ids.filtered(lambda part: part.line_id in entry.line_ids).unlink()
        agreement.entry_id = False
        words = self.env._("Taken back: %s", agreement.name)
        self.env["recurring.entry.reversal"].take_back(entry, words, recurring_agreement_id=agreement.id)

    @api.private
    @api.model
    def journal(self, company):
        """The journal for entries of collections: the company's first one for miscellaneous entries.

        :raises UserError: where there is none.
        """
        journals = self.env["account.journal"]
        journal = journals.search([*journals._check_company_domain(company), ("type", "=", "general")], order="sequence, id", limit=1)
        if not journal:
            raise UserError(self.env._("%s needs a journal for miscellaneous entries. Make one first.", company.name))
        return journal

    def _prepare_taken(self, agreement, line):
        return {
            "name": self.env._("%(debt)s, renegotiated in %(agreement)s", debt=line._recurring_debt_name(), agreement=agreement.name),
            "account_id": line.account_id.id,
            "partner_id": line.partner_id.id,
            "currency_id": line.currency_id.id,
            "amount_currency": -line.amount_residual_currency,
            "balance": -line.amount_residual,
        }

    def _prepare_part(self, agreement, line, day, amount, balance):
        return {
            "name": self.env._("%(debt)s, agreement %(agreement)s", debt=line._recurring_debt_name(), agreement=agreement.name),
            "account_id": line.account_id.id,
            "partner_id": line.partner_id.id,
            "currency_id": line.currency_id.id,
            "date_maturity": day,
            "amount_currency": float(amount),
            "balance": float(balance),
        }

    def _balances(self, line, amounts):
        """What parts of an open item are in the company's currency: exactly what is open of it."""
        residual, total = to_decimal(line.amount_residual), to_decimal(line.amount_residual_currency)
        rounding = to_decimal(line.company_currency_id.rounding)
        found = [round_money(residual * to_decimal(amount) / total, rounding) for amount in amounts[:-1]]
        return [*found, residual - sum(found, to_decimal(0))]
