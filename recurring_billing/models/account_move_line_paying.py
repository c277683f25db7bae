from odoo import models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """Whoever decides something because a debt is open, and whoever books its payment at the same moment, see each other."""

    _inherit = "account.move.line"

    def _recurring_meet_payments(self):
        """Wait for who books payments of these items, and make them and this transaction see each other: whoever is second starts again.

        Both write the item: what only reads it would not be noticed by a transaction that began before.
        """
        if self.ids:
            for query in (
                "SELECT id FROM account_move_line WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                "UPDATE account_move_line SET reconciled = reconciled WHERE id IN %s",
            ):
                self.env.execute_query(SQL(query, self._ids))
