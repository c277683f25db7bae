from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from .dunning_waits import BANK_PATIENCE, BANK_ROW, Wait


class RecurringDunningWaits(models.AbstractModel):
    """Money on a bank statement of Odoo's own that names the customer and was not reconciled yet: it may be for a debt of that amount."""

    _inherit = "recurring.dunning.waits"

    def of(self, rows, company, day):
        found = super().of(rows, company, day)
        free = [row for row in rows if row["id"] not in found or not found[row["id"]].code]
        for received in self._received(free, company, day):
            amount = received["amount"]
            # One payment is for one debt: the oldest of that amount.
            mine = (
                row
                for row in free
                if row["partner_id"] == received["partner_id"] and amount in (row["amount_residual"], row["amount_residual_currency"])
            )
            paid = next(mine, None)
            if paid:
                free.remove(paid)
                found[paid["id"]] = Wait(BANK_ROW, received["date"] + timedelta(days=BANK_PATIENCE))
        return found

    def _received(self, rows, company, day):
        """What lately came on statements from these customers, the oldest first."""
        if not rows:
            return []
        self.env["account.bank.statement.line"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT partner.commercial_partner_id AS partner_id, move.date, received.amount
                  FROM account_bank_statement_line received
                  JOIN account_move move ON move.id = received.move_id AND move.state = 'posted'
                  JOIN res_partner partner ON partner.id = received.partner_id
                 WHERE move.company_id = %s AND received.amount > 0 AND received.is_reconciled IS NOT TRUE
                   AND move.date BETWEEN %s AND %s AND partner.commercial_partner_id IN %s
              ORDER BY move.date, received.id
                """,
                company.id,
                day - timedelta(days=BANK_PATIENCE),
                day,
                tuple({row["partner_id"] for row in rows}),
            )
        )
