from odoo import api, fields, models
from odoo.fields import Domain

from .. import const
from ..rules import retry
from ..services.notification import CLOSE, notification


class RecurringChargeAttempt(models.Model):
    """One try to move money at a payment provider: written and committed before the request, completed after the answer.

    A line without an outcome is under way, or its process died: ``services/provider_request.py`` tells which.
    """

    _name = "recurring.charge.attempt"
    _inherit = ["recurring.service.written"]
    _description = "Charge"
    _order = "id desc"
    _rec_name = "reference"
    _check_company_auto = True

    kind = fields.Selection(const.ATTEMPT_KINDS, required=True, readonly=True, default=const.ATTEMPT_CHARGE)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, index=True, ondelete="set null", check_company=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index=True)
    subscription_ids = fields.Many2many("recurring.subscription", string="Subscriptions", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, index="btree_not_null", help="Of its subscription: who may see only own documents."
    )
    transaction_id = fields.Many2one("payment.transaction", readonly=True, index=True, ondelete="restrict")
    reference = fields.Char(related="transaction_id.reference", store=True)
    provider_reference = fields.Char(related="transaction_id.provider_reference")
    provider_id = fields.Many2one("payment.provider", readonly=True)
    token_id = fields.Many2one("payment.token", "Card", readonly=True, index="btree_not_null")
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    date = fields.Date("Day", required=True, readonly=True)
    number = fields.Integer("Try", readonly=True)
    repeats_id = fields.Many2one(
        "recurring.charge.attempt", readonly=True, index="btree_not_null", help="Asked again with the same reference."
    )
    started_by = fields.Many2one("res.users", readonly=True, help="Who pressed the button; empty: by itself.")
    asked_at = fields.Datetime("Asked", required=True, readonly=True, default=fields.Datetime.now)
    answered_at = fields.Datetime("Answered", readonly=True)
    outcome = fields.Selection(const.CHARGE_OUTCOMES, readonly=True, index=True)
    code = fields.Char(readonly=True, help="The provider's own code.")
    code_known = fields.Boolean(readonly=True, default=False)
    words = fields.Char("Provider's Words", readonly=True)
    reason = fields.Char("In Words", readonly=True, help="What it means, in our words.")
    booked = fields.Boolean(readonly=True, default=False, help="The payment is in accounting, and was looked at.")
    next_date = fields.Date("Next Try", readonly=True)
    clarify = fields.Selection(const.CLARIFY_REASONS, "To Clarify", readonly=True)
    can_ask = fields.Boolean(compute="_compute_can")
    can_repeat = fields.Boolean(compute="_compute_can")
    clarified_by = fields.Many2one("res.users", readonly=True)
    clarified_at = fields.Datetime(readonly=True)

    _open_idx = models.Index("(company_id, id) WHERE outcome IS NULL")
    _unbooked_idx = models.Index("(company_id, id) WHERE outcome = 'done' AND booked IS NOT TRUE")
    _clarify_idx = models.Index("(company_id, id) WHERE clarify IS NOT NULL")

    @api.depends("kind", "move_id", "date")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for attempt in self:
            attempt.display_name = f"{kinds.get(attempt.kind)} {attempt.reference or attempt.move_id.name or ''}".strip()

    @api.depends("transaction_id", "clarify")
    def _compute_can(self):
        for attempt in self:
            # sudo: what a provider can do is no secret; transactions are
            transaction = attempt.sudo().transaction_id
            unknown = attempt.clarify == const.CLARIFY_UNKNOWN and transaction.state != "done"
            attempt.can_ask = unknown and transaction._recurring_can_query()
            attempt.can_repeat = unknown and transaction._recurring_can_repeat()

    # Buttons

    def action_paid(self):
        """A person says that the money was taken."""
        self.env["recurring.charge.clarifying"].paid(self)

    def action_not_paid(self):
        """A person says that no money was taken."""
        self.env["recurring.charge.clarifying"].not_paid(self)

    def action_repeat(self):
        """Ask again with the same reference."""
        self.env["recurring.charge.clarifying"].repeat(self)

    def action_ask(self):
        """Ask the provider, and say what it answered."""
        answers = self.env["recurring.charge.clarifying"].ask(self)
        silent = [attempt.display_name for attempt, answer in answers if answer is None]
        unheard = [attempt.display_name for attempt, answer in answers if answer is False and attempt.clarify]
        messages = []
        if silent:
            messages.append(
                self.env._(
                    "This payment provider cannot be asked from here: %s. Look the payment up at the provider, "
                    "then say whether it was paid.",
                    ", ".join(silent),
                )
            )
        if unheard:
            messages.append(
                self.env._(
                    "The provider has not heard of it: %s. It may still be on its way. Ask again in ten minutes.", ", ".join(unheard)
                )
            )
        if not messages:
            return None
        return notification(" ".join(messages), "warning", then=CLOSE)

    def action_open_transaction(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "payment.transaction",
            "res_id": self.transaction_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _under_way_domain(self):
        """Tries whose money may have moved, or may still: not answered, pending, authorized, unknown."""
        return Domain("outcome", "=", False) | Domain("outcome", "in", retry.UNDER_WAY)
