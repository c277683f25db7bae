from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import SETTLED
from ..const import dunning as const
from .service_owned import refuse_service_owned

KEPT_BY_SERVICES = {"recurring_charge_waits", "recurring_agreement_id", "recurring_write_off_id"}
KEPT_DURING_AGREEMENTS = {"invoice_date_due", "invoice_payment_term_id"}


class AccountMove(models.Model):
    """Invoices that are contested, renegotiated or written off: what is shown of it, and what does not happen by itself."""

    _inherit = "account.move"

    recurring_charge_waits = fields.Boolean(
        "Not Charged for Now",
        readonly=True,
        default=False,
        copy=False,
        help="It is contested or renegotiated: nothing charges it by itself.",
    )
    recurring_agreement_id = fields.Many2one(
        "recurring.agreement", "Entry of Agreement", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    recurring_write_off_id = fields.Many2one(
        "recurring.write.off", "Entry of Write-Off", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    recurring_arrangement_hint = fields.Char(compute="_compute_recurring_arrangement_hint")

    def _compute_recurring_arrangement_hint(self):
        for move in self:
            # sudo: who may read the invoice may read what was arranged about it
            lines = move.sudo().line_ids
            disputes = lines.recurring_dispute_ids.filtered(lambda dispute: dispute.state == const.OPEN)
            words = [dispute.with_env(self.env).sudo()._in_words() for dispute in disputes]
            agreements = move.sudo()._recurring_agreements().filtered(lambda agreement: agreement.state == const.RUNNING)
            words += [agreement.with_env(self.env).sudo()._in_words() for agreement in agreements]
            move.recurring_arrangement_hint = " ".join(words)

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, KEPT_BY_SERVICES, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, KEPT_BY_SERVICES, [vals])
        if not self.env.su and KEPT_DURING_AGREEMENTS & vals.keys():
            self._recurring_refuse_during_agreement()
        return super().write(vals)

    def button_draft(self):
        self._recurring_refuse_during_agreement()
        return super().button_draft()

    def _recurring_refuse_during_agreement(self):
        # sudo: an agreement counts, whoever may see it
        running = self.sudo()._recurring_agreements().filtered(lambda agreement: agreement.state == const.RUNNING)
        if running:
            raise UserError(
                self.env._("Its due dates are those of the agreement %s. Take the agreement back first.", ", ".join(running.mapped("name")))
            )

    def _recurring_agreements(self):
        """The agreements these invoices are part of, by their items or by an entry that took their place."""
        lines = self.line_ids
        return lines.recurring_part_ids.agreement_id | lines.recurring_taken_part_ids.agreement_id

    def _recurring_refresh_charge_wait(self):
        """Nothing charges by itself what is contested or renegotiated."""
        for move in self:
            contested = move.line_ids.recurring_dispute_ids._holding(move.line_ids)
            waits = bool(contested) or const.RUNNING in move._recurring_agreements().mapped("state")
            if move.recurring_charge_waits != waits:
                move.recurring_charge_waits = waits

    # What is settled by money, and what only looks so

    def _recurring_on_money_moved(self):
        """What was promised and agreed about these debts is judged."""
        res = super()._recurring_on_money_moved()
        self._recurring_follow("recurring.arrangement.watch", "_money_moved", self)
        return res

    def _recurring_tell_settlement(self):
        """An invoice whose debt went into an agreement, or was written off, is not paid: nothing that follows from a payment happens."""
        return super(AccountMove, self - self._recurring_only_looks_settled())._recurring_tell_settlement()

    def _recurring_only_looks_settled(self):
        """Of these, the invoices that native fields call paid although their money did not come."""
        settled = self.filtered(lambda move: move.state == "posted" and move.payment_state in SETTLED)
        others = settled.line_ids.matched_credit_ids.credit_move_id.move_id
        not_paid = others.filtered(
            lambda entry: (
                (entry.recurring_agreement_id and entry.recurring_agreement_id.state != const.KEPT) or entry.recurring_write_off_id
            )
        )
        return settled.filtered(lambda move: move.line_ids.matched_credit_ids.credit_move_id.move_id & not_paid)
