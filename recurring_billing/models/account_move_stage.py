from odoo import api, fields, models

from .. import const
from ..const import SETTLED
from .service_owned import refuse_service_owned


class AccountMove(models.Model):
    """Where an invoice of a subscription stands on its way: RULES "Invoicing modes".

    review → (fiscal) → to_charge or to_send → done
    """

    _inherit = "account.move"

    recurring_invoice_mode = fields.Selection(
        const.INVOICE_MODES, "Invoicing Mode", readonly=True, copy=False, help="What the plan or the subscription said when it was made."
    )
    recurring_stage = fields.Selection(
        const.INVOICE_STAGES,
        "Next Step",
        compute="_compute_recurring_stage",
        store=True,
        help="What an invoice of a subscription waits for.",
    )
    recurring_stage_hint = fields.Char("What It Waits For", compute="_compute_recurring_stage_hint")

    _recurring_stage_idx = models.Index("(recurring_stage, company_id) WHERE recurring_stage IS NOT NULL AND recurring_stage <> 'done'")

    @api.depends("recurring_invoice_mode", "recurring_fiscal_status", "state", "payment_state", "is_move_sent", "move_type")
    def _compute_recurring_stage(self):
        for move in self:
            move.recurring_stage = move._recurring_stage_now()

    def _recurring_stage_now(self):
        self.ensure_one()
        mode, fiscal = self.recurring_invoice_mode, self.recurring_fiscal_status
        if self.state == "cancel" or not (mode or fiscal):
            return False
        if self.state == "draft":
            return const.STAGE_REVIEW if mode else False
        if fiscal not in (False, const.FISCAL_AUTHORIZED) and self.payment_state != "reversed":
            return const.STAGE_FISCAL
        if mode in const.CHARGING_MODES and self.move_type == "out_invoice" and self.payment_state not in SETTLED:
            return const.STAGE_TO_CHARGE
        if mode == const.MODE_POST_SEND and not self.is_move_sent:
            return const.STAGE_TO_SEND
        return const.STAGE_DONE

    @api.depends("recurring_stage", "is_being_sent", "partner_id.email", "company_id.recurring_send", "recurring_fiscal_status")
    @api.depends_context("lang")
    def _compute_recurring_stage_hint(self):
        for move in self:
            move.recurring_stage_hint = move._recurring_stage_in_words()

    def _recurring_stage_in_words(self):
        stage = self.recurring_stage
        if stage == const.STAGE_REVIEW:
            return self.env._("A draft to review: check it, then confirm it.")
        if stage == const.STAGE_FISCAL:
            return self._recurring_fiscal_in_words()
        if stage == const.STAGE_TO_CHARGE:
            return self.env._(
                "To be charged. Automatic charging is not switched on: it is an open invoice, and the customer pays it like any other."
            )
        if stage != const.STAGE_TO_SEND:
            return False
        if self.is_being_sent:
            return self.env._("It is being sent in the background.")
        stopped = self._recurring_unsendable() or self.env["recurring.identity"]._why_stopped()
        return stopped or self.env._("To be sent: press Send.")

    def _recurring_unsendable(self):
        """Why the invoice cannot leave by itself, or an empty text."""
        self.ensure_one()
        # sudo: who may read an invoice may read why it is not sent, whoever may read scheduled actions and other companies' settings
        move = self.sudo()
        if move._recurring_sending_method() == "manual":
            return self.env._("%s gets invoices by hand: download it, or press Send.", self.partner_id.display_name)
        if move._recurring_sending_method() == "email" and not self.partner_id.email:
            return self.env._("%s has no e-mail address. Add one, then press Send.", self.partner_id.display_name)
        if not move.company_id.recurring_send:
            return self.env._("Sending by itself is not switched on in Settings > Recurring Billing. Press Send to send it now.")
        if not move.env.ref("account.ir_cron_account_move_send").active:
            return self.env._("Odoo's scheduled action that sends invoices is switched off. Press Send to send it now.")
        return ""

    def _recurring_sending_method(self):
        return self.commercial_partner_id.with_company(self.company_id).invoice_sending_method or "email"

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._recurring_stage_fields(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._recurring_stage_fields(), [vals])
        return super().write(vals)

    @api.model
    def _recurring_stage_fields(self):
        return {"recurring_invoice_mode", "recurring_stage"}

    def _post(self, soft=True):
        """A draft that a person reviewed goes on like the others."""
        posted = super()._post(soft)
        posted.filtered("recurring_invoice_mode")._recurring_after_posting()
        return posted

    @api.model
    def _recurring_stage_values(self, subscriptions):
        """What a new invoice of these subscriptions is told about its way: it is reviewed, or waits, where one of them says so."""
        modes = [subscription._effective_invoice_mode() for subscription in subscriptions]
        waits = any(subscription._waits_for_fiscal_document() for subscription in subscriptions)
        return {
            "recurring_invoice_mode": const.MODE_DRAFT if const.MODE_DRAFT in modes else modes[0],
            "recurring_fiscal_status": const.FISCAL_WAITING if waits else False,
        }

    def _recurring_after_posting(self):
        """Let posted invoices go on: what is to be sent is queued, where the company has switched that on. Safe to call again."""
        ready = self.filtered(
            lambda move: move.recurring_stage == const.STAGE_TO_SEND and not move.sending_data and not move._recurring_unsendable()
        )
        if not ready or not self.env["recurring.identity"].is_confirmed():
            return
        # sudo: sending is part of billing, which was checked; who may bill need not be allowed to edit posted invoices
        ready.sudo().sending_data = {"author_user_id": self.env.user.id, "author_partner_id": self.env.user.partner_id.id}
        # sudo: as Odoo's own sending wizard, which triggers the action for everybody who may send
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()
