from odoo import api, fields, models

from .. import const


class RecurringSubscription(models.Model):
    """Charging the invoices of a subscription by itself, as its form shows it."""

    _inherit = "recurring.subscription"

    charge_blocked_by_id = fields.Many2one(
        "account.move",
        "Blocked for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The unpaid invoice its service is withheld for.",
    )
    charge_move_id = fields.Many2one(
        "account.move", compute="_compute_charge_move", help="The invoice whose charge is the next to look at."
    )
    charge_hint = fields.Char("Charge", compute="_compute_charge_move")
    charge_words = fields.Char("Last Answer", compute="_compute_charge_move")
    charge_state = fields.Selection(const.CHARGE_STATES, compute="_compute_charge_move")

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

    @api.model
    def _service_owned_fields(self):
        return super()._service_owned_fields() | {"charge_blocked_by_id"}
