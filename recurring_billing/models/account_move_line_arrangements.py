from odoo import fields, models

from ..const import dunning as const
from ..services.receivable_redating import SPLITTING


class AccountMoveLine(models.Model):
    """Debts that were promised, renegotiated, contested, or written off."""

    _inherit = "account.move.line"

    recurring_promise_ids = fields.Many2many(
        "recurring.promise", "account_move_line_recurring_promise_rel", "account_move_line_id", "recurring_promise_id", readonly=True
    )
    recurring_dispute_ids = fields.Many2many(
        "recurring.dispute", "account_move_line_recurring_dispute_rel", "account_move_line_id", "recurring_dispute_id", readonly=True
    )
    recurring_part_ids = fields.One2many("recurring.agreement.part", "line_id", "Parts of Agreements", readonly=True)
    recurring_taken_part_ids = fields.One2many("recurring.agreement.part", "source_line_id", "Renegotiated As", readonly=True)

    def _recurring_agreed_part(self):
        """The part of the agreement in force that an item is; empty where its own due date holds."""
        self.ensure_one()
        # sudo: what was agreed counts, whoever asks
        parts = self.sudo().recurring_part_ids
        return parts.filtered(lambda part: part.agreement_id.state in (const.RUNNING, const.KEPT)).sorted("id")[-1:]

    def _recurring_is_agreed(self):
        """Whether an item, if there is one, is an instalment."""
        return bool(self and self._recurring_agreed_part())

    def _get_lock_date_protected_fields(self):
        """A receivable item that is divided keeps its reconciliations: they are for less than what stays on it."""
        names = super()._get_lock_date_protected_fields()
        if self.env.context.get("recurring_splitting") is SPLITTING:
            names = {**names, "reconciliation": []}
        return names

    def _recurring_is_credited(self, since):
        """Whether a credit note of that day or later took something off a debt."""
        self.ensure_one()
        credits = self.matched_credit_ids.credit_move_id
        return any(credit.move_id.move_type == "out_refund" and (not since or credit.date >= since) for credit in credits)

    def _recurring_is_money(self):
        """Whether a journal item is money that came: of a payment or a bank entry."""
        self.ensure_one()
        return bool(self.move_id.origin_payment_id or self.move_id.statement_line_id or self.journal_id.type in ("bank", "cash", "credit"))
