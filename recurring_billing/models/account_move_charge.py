from odoo import api, fields, models
from odoo.tools import format_date

from .. import const
from ..const import SETTLED
from ..rules import retry
from . import account_move_stage  # noqa: F401  what is continued here is loaded first
from .service_owned import refuse_service_owned


class AccountMove(models.Model):
    """Charging an invoice by itself: where it stands, the tries, the next one."""

    _inherit = "account.move"

    recurring_charge_state = fields.Selection(const.CHARGE_STATES, "Automatic Charge", readonly=True, copy=False)
    recurring_next_charge_date = fields.Date("Next Try", readonly=True, copy=False)
    recurring_charge_stop = fields.Selection(const.CHARGE_STOPS, "Why It Stopped", readonly=True, copy=False)
    recurring_charge_first = fields.Boolean(
        readonly=True, default=False, copy=False, help="A draft that is charged first, and posted when it is paid or declined."
    )
    recurring_frozen = fields.Boolean(
        readonly=True, default=False, copy=False, help="A draft that is being charged: nobody changes its amount any more."
    )
    recurring_measure_date = fields.Date(readonly=True, copy=False, help="When what the retry plan says of the end of trying is done.")
    recurring_charge_ended = fields.Boolean(readonly=True, default=False, copy=False)
    recurring_attempt_ids = fields.One2many("recurring.charge.attempt", "move_id", "Charges", readonly=True)
    recurring_charge_hint = fields.Char("Charge", compute="_compute_recurring_charge_hint")
    recurring_charge_words = fields.Char("Last Answer", compute="_compute_recurring_charge_hint")

    _recurring_charge_idx = models.Index("(company_id, recurring_next_charge_date) WHERE recurring_charge_state IS NOT NULL")

    @api.model
    def _recurring_charge_fields(self):
        return {
            "recurring_charge_state",
            "recurring_next_charge_date",
            "recurring_charge_stop",
            "recurring_charge_first",
            "recurring_frozen",
            "recurring_measure_date",
            "recurring_charge_ended",
        }

    @api.depends(
        "recurring_charge_state",
        "recurring_next_charge_date",
        "recurring_charge_stop",
        "recurring_stage",
        "invoice_date_due",
        "recurring_attempt_ids.outcome",
    )
    @api.depends_context("lang", "recurring_today")
    def _compute_recurring_charge_hint(self):
        for move in self:
            # sudo: who may read an invoice may read how it is charged
            mine = move.sudo()
            last = mine.recurring_attempt_ids.filtered(lambda attempt: attempt.kind == const.ATTEMPT_CHARGE).sorted("id")[-1:]
            failed = last if last.outcome in retry.FAILURES else last.browse()
            move.recurring_charge_hint = mine._recurring_charge_in_words()
            move.recurring_charge_words = failed.words if failed.words != failed.reason else False
            if failed.reason:
                move.recurring_charge_words = ": ".join(filter(None, [failed.reason, move.recurring_charge_words]))

    def _recurring_charge_in_words(self):
        """What becomes of the automatic charge, in a sentence; empty where there is none."""
        self.ensure_one()
        if self.recurring_charge_state == const.CHARGE_RUNNING:
            return self.env._("A charge is under way.")
        if self.recurring_charge_state == const.CHARGE_CLARIFY:
            return self.env._("To clarify: nothing is charged before somebody has looked at the last charge.")
        if self.recurring_stage != const.STAGE_TO_CHARGE:
            return False
        if self.recurring_charge_state == const.CHARGE_STOPPED:
            return self._recurring_stop_in_words()
        if not self.company_id.recurring_charge:
            return self.env._(
                "To be charged. Automatic charging is not switched on: it is an open invoice, and the customer pays it like any other."
            )
        awaited = self._recurring_awaited_in_words()
        if awaited:
            return awaited
        token = self._recurring_payment_token()
        why = self._recurring_no_card(token)
        if why:
            return self.env._("It cannot be charged: %s", why)
        day = self.recurring_next_charge_date or self.invoice_date_due
        if self.recurring_charge_state != const.CHARGE_PLANNED and day and (self.company_id.recurring_charge_from or day) > day:
            return self.env._("It was due before charging was switched on, so it is not charged by itself.")
        day = max(day or self.company_id._recurring_today(), self.company_id._recurring_today())
        if self.recurring_charge_state == const.CHARGE_PLANNED and self.recurring_attempt_ids:
            return self.env._("Next try on %(day)s with %(card)s.", day=format_date(self.env, day), card=token.display_name)
        return self.env._("It is charged on %(day)s with %(card)s.", day=format_date(self.env, day), card=token.display_name)

    def _recurring_stop_in_words(self):
        words = {
            retry.STOP_HARD: self.env._("The card was refused for good and is not charged again. The customer needs another one."),
            retry.STOP_CARD: self.env._("The card was declined twice for a reason nobody knows. The customer needs another one."),
            retry.STOP_USED_UP: self.env._("All tries failed. The customer can pay with the link, or with another card."),
            retry.STOP_NO_CARD: self._recurring_no_card(self._recurring_payment_token())
            or self.env._("There is a usable card now: it is charged with the next run."),
            retry.STOP_DISPUTED: self.env._("A payment was undone, so it is not charged by itself again."),
            retry.STOP_ERROR: self.env._("Odoo refused to make the payment. See the activity, mend it, then charge it."),
            retry.STOP_PERSON: self.env._("It is not charged by itself any more: somebody stopped it."),
        }
        return words.get(self.recurring_charge_stop, False)

    def _recurring_stage_in_words(self):
        if self.recurring_stage == const.STAGE_TO_CHARGE:
            # sudo: who may read an invoice may read how it is charged
            return self.sudo()._recurring_charge_in_words()
        return super()._recurring_stage_in_words()

    def _recurring_stage_now(self):
        if self.state == "draft" and self.recurring_charge_first:
            return const.STAGE_TO_CHARGE
        return super()._recurring_stage_now()

    @api.depends("recurring_charge_first")
    def _compute_recurring_stage(self):
        return super()._compute_recurring_stage()

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._recurring_charge_fields(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._recurring_charge_fields(), [vals])
        return super().write(vals)

    def _post(self, soft=True):
        posted = super()._post(soft)
        first = posted.filtered("recurring_charge_first")
        if first:
            # sudo: kept by the service, whoever posts
            first.sudo().write({"recurring_charge_first": False, "recurring_frozen": False})
        return posted

    # What the service asks

    def _recurring_collect_by(self):
        """What pays this invoice by itself: ``card``; an extension may say ``mandate`` and collect in ``_recurring_collect_other()``."""
        self.ensure_one()
        return "card"

    def _recurring_collect_other(self, way):
        """Collect by another way than a card. Called by the scheduled action in a transaction of its own, with the invoice locked."""

    def _recurring_is_being_charged(self):
        """Whether money for it may be on its way because of a charge of ours."""
        self.ensure_one()
        return self.recurring_charge_state in (const.CHARGE_RUNNING, const.CHARGE_CLARIFY)

    def _has_to_be_paid(self):
        # sudo: the customer may know that the card is being charged
        return super()._has_to_be_paid() and not self.sudo()._recurring_is_being_charged()

    def _get_online_payment_error(self):
        error = super()._get_online_payment_error()
        if self.sudo()._recurring_is_being_charged():  # sudo: the customer may know it
            under_way = self.env._("A charge of the saved card is under way.")
            error = "\n".join(filter(None, [error, under_way]))
        return error

    def _recurring_retry_policy(self):
        """The retry plan: of the plan of its subscriptions, else of the company."""
        self.ensure_one()
        plans = self.line_ids.recurring_subscription_id.plan_id
        return plans.retry_policy_id[:1] or self.company_id._recurring_retry_policy()

    def _recurring_amount_to_charge(self, *, by_hand=False):
        """What is charged, in the invoice's currency: a draft whole, of instalments those that are due.

        :param by_hand: a person wants it charged: everything that is left, where nothing is due yet.
        """
        self.ensure_one()
        if self.state == "draft":
            return self.amount_total
        today = self.company_id._recurring_today()
        open_lines = self.line_ids.filtered(lambda line: line.display_type == "payment_term" and not line.reconciled)
        due = open_lines.filtered(lambda line: not line.date_maturity or line.date_maturity <= today)
        return self.currency_id.round(sum(((due or open_lines) if by_hand else due).mapped("amount_residual_currency")))

    def _recurring_no_card(self, token, *, by_hand=False):
        """Why the invoice cannot be charged with its card, in words; empty when it can."""
        self.ensure_one()
        if not token:
            return self.env._("%s has no saved card.", self.partner_id.display_name)
        # sudo: whether a card can be charged follows from its provider, whoever asks
        token = token.sudo()
        if token.provider_id.company_id != self.company_id:
            return self.env._("The card %s belongs to another company.", token.display_name)
        return token._recurring_unusable(self.company_id)

    def _recurring_has_another_card(self):
        """Whether there is a usable card that this invoice was not tried with last, or the last one can be charged again."""
        self.ensure_one()
        token = self._recurring_payment_token()
        last = self.recurring_attempt_ids.filtered(lambda attempt: attempt.kind == const.ATTEMPT_CHARGE).sorted("id")[-1:]
        fresh = token != last.token_id or self.recurring_charge_stop == retry.STOP_NO_CARD
        return bool(token) and fresh and not self._recurring_no_card(token)

    def _recurring_is_charged_first(self):
        """Whether a new draft waits for its charge (``charge_post``). Without a usable card, with instalments, or where
        the fiscal document comes first, it is posted and charged like ``post_charge``.
        """
        self.ensure_one()
        instalments = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        since = self.company_id.recurring_charge_from
        return bool(
            self.move_type == "out_invoice"
            and self._recurring_mode() == const.MODE_CHARGE_POST
            and self.company_id.recurring_charge
            and not self.recurring_fiscal_status
            and len(instalments) == 1
            and (not since or (self.invoice_date_due or self.company_id._recurring_today()) >= since)
            and self.amount_total > 0
            and self._recurring_collect_by() == "card"
            and not self._recurring_no_card(self._recurring_payment_token())
        )

    def _recurring_after_posting(self):
        res = super()._recurring_after_posting()
        if any(move.recurring_stage == const.STAGE_TO_CHARGE and move.company_id.recurring_charge for move in self):
            self.env["recurring.payment.collection"].wake()
        return res

    # Settlement

    def _recurring_on_settled(self):
        """Whatever paid it, tries end at once."""
        res = super()._recurring_on_settled()
        outcome = self.env["recurring.charge.outcome"]
        planned = self.filtered(lambda move: move.recurring_charge_state in (const.CHARGE_PLANNED, const.CHARGE_STOPPED))
        outcome.over(planned)
        if self - planned and any(move.recurring_charge_state for move in self - planned):
            # Money that was only authorized is released.
            self.env["recurring.payment.collection"].wake()
        return res

    def _recurring_on_reopened(self):
        """A payment was undone: a person decides whether it is charged again."""
        res = super()._recurring_on_reopened()
        charged = self.filtered(lambda move: move.recurring_stage == const.STAGE_TO_CHARGE and move.payment_state not in SETTLED)
        for move in charged:
            self.env["recurring.charge.outcome"].stop(move, retry.STOP_DISPUTED)
        return res
