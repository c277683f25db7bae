from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class RecurringSubscription(models.Model):
    """Charging the invoices of a subscription by itself, as its form shows it."""

    _inherit = "recurring.subscription"

    charge_move_id = fields.Many2one(
        "account.move", compute="_compute_charge_move", help="The invoice whose charge is the next to look at."
    )
    charge_hint = fields.Char("Charge", compute="_compute_charge_move")
    charge_words = fields.Char("Last Answer", compute="_compute_charge_move")
    charge_state = fields.Selection(const.CHARGE_STATES, compute="_compute_charge_move")
    charge_stop = fields.Selection(const.CHARGE_STOPS, compute="_compute_charge_move")

    @api.depends_context("lang", "recurring_today")
    def _compute_charge_move(self):
        lines = self.env["account.move.line"].search(
            [
                ("recurring_subscription_id", "in", self.ids),
                "|",
                ("move_id.recurring_charge_state", "!=", False),
                ("move_id.recurring_stage", "=", const.STAGE_TO_CHARGE),
            ]
        )
        by_subscription = lines.grouped("recurring_subscription_id")
        for subscription in self:
            moves = by_subscription.get(subscription._origin, lines.browse()).move_id
            tried = moves.filtered("recurring_charge_state")
            move = (tried or moves).sorted(lambda each: (each.invoice_date_due or each.create_date.date(), each.id))[:1]
            subscription.charge_move_id = move
            subscription.charge_hint = move.recurring_charge_hint
            subscription.charge_words = move.recurring_charge_words
            subscription.charge_state = move.recurring_charge_state
            subscription.charge_stop = move.recurring_charge_stop

    def _on_card_chosen(self):
        """What waits for another card goes on with the next run, which comes soon."""
        res = super()._on_card_chosen()
        self.env["recurring.payment.collection"].wake()
        return res

    def action_charge_now(self):
        return self._charge_move().action_recurring_charge_now()

    def action_charge_stop(self):
        return self._charge_move().action_recurring_charge_stop()

    def action_charge_card(self):
        """Choose another card for what is charged next."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_charge_card")
        return dict(action, context={"default_subscription_id": self.id, "default_move_id": self.charge_move_id.id})

    def action_open_attempts(self):
        """Everything that was charged, or tried."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_charge_attempt")
        return dict(action, domain=[("subscription_ids", "in", self.ids)], context=self._attempts_context())

    def _attempts_context(self):
        return {"search_default_to_clarify": 1} if const.CHARGE_CLARIFY in self.mapped("charge_state") else {}

    def _charge_move(self):
        self.ensure_one()
        if not self.charge_move_id:
            raise UserError(self.env._("No invoice of this subscription waits for a charge."))
        return self.charge_move_id
