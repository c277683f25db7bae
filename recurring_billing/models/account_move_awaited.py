from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

from ..services.dunning_waits import RESERVED_DAYS

SILENT_DAYS = {"pending": 15, "authorized": RESERVED_DAYS}
"""Days after which a payment somebody began, and of which no more was heard, keeps the card from being charged no longer."""


class AccountMove(models.Model):
    """Payments people began online, for an invoice or for its order: while their money may come, no card is charged for it."""

    _inherit = "account.move"

    def _recurring_payments_awaited(self):
        """Payments that were begun online, by somebody and not by us, and whose money may still come."""
        self.ensure_one()
        # sudo: what is being paid counts, whoever may read payments
        mine = self.sudo()
        begun = mine.transaction_ids.filtered(lambda each: not each.recurring_attempt_ids) | mine._recurring_order_payments()
        today = fields.Datetime.to_datetime(mine.company_id._recurring_today())

        def is_awaited(transaction):
            if transaction.state == "done":
                return not transaction.is_post_processed
            days = SILENT_DAYS.get(transaction.state)
            return bool(days) and transaction.last_state_change >= today - timedelta(days=days)

        return begun.filtered(is_awaited)

    def _recurring_awaited_in_words(self):
        """What the automatic charge waits for, and until when; empty where nobody pays otherwise."""
        awaited = self._recurring_payments_awaited()[:1]
        if not awaited:
            return ""
        reference = awaited.reference
        if awaited.state not in SILENT_DAYS:
            return self.env._("A payment was begun online (%s) and is being booked.", reference)
        until = awaited.last_state_change.date() + timedelta(days=SILENT_DAYS[awaited.state])
        return self.env._(
            "A payment was begun online (%(reference)s) and may still come: the card is charged after %(day)s if it does not, or once that "
            "payment is cancelled.",
            reference=reference,
            day=format_date(self.env, until),
        )
