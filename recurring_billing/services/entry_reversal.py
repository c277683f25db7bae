from odoo import Command, api, models


class RecurringEntryReversal(models.AbstractModel):
    """Takes an entry of ours back, item by item.

    Odoo reconciles all items of a reversed entry together: debts in another currency, booked at other rates, would be paired across and
    leave differences on the exchange accounts.
    """

    _name = "recurring.entry.reversal"
    _description = "Reversal of Entries"

    @api.private
    @api.model
    def take_back(self, entry, ref, **values):
        """Post the reversal of a posted entry as of today, each item reconciled with its own; nothing was paid, so no tax falls due.

        :param values: more of the reversal.
        :return: the reversal
        """
        company, lines = entry.company_id, entry.line_ids.sorted("id")
        lines.remove_move_reconcile()
        reversal = entry.with_company(company).create(
            {
                "move_type": "entry",
                "journal_id": entry.journal_id.id,
                "date": company._recurring_today(),
                "ref": ref,
                "partner_id": entry.partner_id.id,
                "line_ids": [Command.create(self._prepare_line(line)) for line in lines],
                **values,
            }
        )
        reversal.action_post()
        for line, back in zip(lines, reversal.line_ids.sorted("id"), strict=True):
            if line.account_id.reconcile:
                (line | back).with_context(no_cash_basis=True).reconcile()
        # Only now: posting it would reconcile everything at once.
        reversal.reversed_entry_id = entry
        return reversal

    def _prepare_line(self, line):
        return {
            "name": line.name,
            "account_id": line.account_id.id,
            "partner_id": line.partner_id.id,
            "currency_id": line.currency_id.id,
            "date_maturity": line.date_maturity,
            "analytic_distribution": line.analytic_distribution,
            "amount_currency": -line.amount_currency,
            "balance": -line.balance,
        }
