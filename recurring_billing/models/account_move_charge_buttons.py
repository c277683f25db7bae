from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..rules import retry
from ..services.notification import notification


class AccountMove(models.Model):
    """Charge now, stop, use another card: what a person decides about the automatic charge of an invoice."""

    _inherit = "account.move"

    recurring_can_charge = fields.Boolean(compute="_compute_recurring_can_charge")
    recurring_attempt_count = fields.Integer("Number of Charges", compute="_compute_recurring_can_charge")

    @api.depends("recurring_stage", "recurring_charge_state", "recurring_attempt_ids")
    def _compute_recurring_can_charge(self):
        for move in self:
            # sudo: who may read an invoice may read how it is charged
            mine = move.sudo()
            waits = mine.recurring_charge_state in (const.CHARGE_RUNNING, const.CHARGE_CLARIFY)
            move.recurring_can_charge = mine.recurring_stage == const.STAGE_TO_CHARGE and not waits
            move.recurring_attempt_count = len(mine.recurring_attempt_ids)

    def action_recurring_charge_now(self):
        """Charge the card now, whatever the plan says; what became of it is said at once."""
        found = self.env["recurring.payment.collection"].charge_now(self)
        counts = {}
        for said in found.values():
            words = self._recurring_outcome_in_words(said)
            counts[words] = counts.get(words, 0) + 1
        good = all(said == retry.DONE for said in found.values())
        text = "\n".join(words if len(found) == 1 else f"{count} × {words}" for words, count in counts.items())
        return notification(text, "success" if good else "warning", sticky=not good)

    @api.model
    def _recurring_outcome_in_words(self, said):
        words = {
            retry.DONE: self.env._("Paid."),
            retry.PENDING: self.env._("The payment provider is working on it."),
            retry.AUTHORIZED: self.env._("Authorized; the money is taken next."),
            retry.CANCELLED: self.env._("The payment was cancelled."),
            retry.DECLINED_SOFT: self.env._("The card was declined."),
            retry.DECLINED_HARD: self.env._("The card was refused for good."),
            retry.UNKNOWN: self.env._("No answer came: nobody knows yet whether it was paid. See Charges to Clarify."),
            retry.NOT_SENT: self.env._("The payment provider could not be asked; nothing was charged."),
            None: self.env._("Somebody else is working on this invoice. Try again in a moment."),
        }
        return words.get(said, said)

    def action_recurring_charge_stop(self):
        """Charge it no more by itself; the customer pays with the link, or a person charges it."""
        self.env["recurring.payment.collection"].check_may_charge()
        self.check_access("read")
        for move in self:
            if not move.recurring_can_charge:
                raise UserError(self.env._("There is nothing to stop: no further charge is planned, or one is under way."))
            # sudo: who may charge may stop it, though the service keeps it
            mine = move.sudo()
            mine.env["recurring.charge.outcome"].stop(mine, retry.STOP_PERSON)
            mine._message_log(
                body=self.env._("%s stopped the automatic charge.", self.env.user.name), author_id=self.env.user.partner_id.id
            )
        return True

    def action_recurring_charge_resume(self):
        """Charge it by itself again."""
        self.env["recurring.payment.collection"].check_may_charge()
        self.check_access("read")
        for move in self:
            if move.recurring_charge_state != const.CHARGE_STOPPED:
                raise UserError(self.env._("The automatic charge of this invoice is not stopped."))
            # sudo: who may charge may plan it, though the service keeps it
            mine = move.sudo()
            mine.env["recurring.charge.outcome"].plan(mine, mine.company_id._recurring_today())
        self.env["recurring.payment.collection"].wake()
        return True

    def action_recurring_charge_card(self):
        """Choose another card for the subscription of the invoice."""
        self.ensure_one()
        subscription = self.recurring_subscription_ids[:1]
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_charge_card")
        return dict(action, context={"default_subscription_id": subscription.id, "default_move_id": self.id})

    def action_open_recurring_attempts(self):
        self.ensure_one()
        context = {"search_default_to_clarify": 1} if self.recurring_charge_state == const.CHARGE_CLARIFY else {}
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_charge_attempt")
        return dict(action, domain=[("move_id", "=", self.id)], context=context)
