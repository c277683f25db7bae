from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import dunning as const
from ..rules import wording
from ..services.dunning_words import IMAGINED


class RecurringDunningMessage(models.Model):
    """What people press on messages, and the words they change before one leaves."""

    _inherit = "recurring.dunning.message"

    _written_by_people = frozenset({"own_subject", "own_text"})

    preview = fields.Html("What the Customer Sees", compute="_compute_preview", sanitize=False)
    preview_subject = fields.Char("Its Subject", compute="_compute_preview")
    can_change = fields.Boolean(compute="_compute_can_change")
    amount_now = fields.Monetary("To Pay", compute="_compute_amount_now", help="What it asks for; once it left, what it asked for.")

    bank_words = fields.Text("Newest Bank Entries", compute="_compute_bank_words", help="If they are old, the customer may have paid.")

    @api.depends("state", "company_id")
    @api.depends_context("lang")
    def _compute_bank_words(self):
        """Before somebody lets it leave: do we know of payments?"""
        bank = self.env["recurring.dunning.bank"]
        for company, messages in self.grouped("company_id").items():
            waiting = messages.filtered(lambda message: message.state == const.TO_APPROVE)
            waiting.bank_words = "\n".join(bank.in_words(company, company._recurring_today())) if waiting else False
            (messages - waiting).bank_words = False

    @api.depends("state", "own_text", "own_subject", "template_id", "channel", "body")
    def _compute_preview(self):
        """What was said; of what is still to leave, what it would say now."""
        for message in self:
            told = {"shown": message.body, "subject": message.subject}
            if message.state in const.MESSAGES_WAITING and message.direction == const.OUT and not message.body:
                told = message._imagined()
            message.preview, message.preview_subject = told["shown"], told["subject"]

    @api.depends("amount", "state")
    def _compute_amount_now(self):
        """What was told; until then what was open when its steps were reached, which is known without asking for each."""
        for message in self:
            planned = sum(message.sudo().action_ids.mapped("amount"))  # sudo: the amounts of the message's own debts
            message.amount_now = message.amount or (planned if message.state in const.MESSAGES_WAITING else 0.0)

    @api.depends("state")
    def _compute_can_change(self):
        for message in self:
            message.can_change = message.state in (const.TO_APPROVE, const.QUEUED) and message.direction == const.OUT

    def _imagined(self):
        """What it would say if it left now: {subject, shown}."""
        # sudo: who may read the message may read what it will say
        message = self.sudo().with_context(**{IMAGINED: True})
        words = message.env["recurring.dunning.words"]
        if message.channel == const.EMAIL:
            return words.mail(message)
        if message.channel == const.LETTER:
            return words.letter(message)
        if message.channel in (const.SMS, const.WHATSAPP):
            return {"subject": False, "shown": words.as_html(words.short(message))}
        return {"subject": message.subject, "shown": words.as_html(message.reason or "")}

    @api.constrains("own_subject", "own_text")
    def _check_own_words(self):
        for message in self:
            reads_along = message.channel in (const.SMS, const.WHATSAPP)
            allowed = wording.OPEN_NAMES if reads_along else (*wording.NAMES, wording.BLOCK)
            wrong = wording.faults(message.own_text, allowed) + wording.faults(message.own_subject, wording.OPEN_NAMES)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(names)s stands for nothing that can be told here. These names can be used: %(known)s.",
                        names=", ".join(name if name in "{}" else f"{{{name}}}" for name in wrong),
                        known=", ".join(f"{{{name}}}" for name in allowed),
                    )
                )

    def write(self, vals):
        if not self.env.su and vals.keys() & self._written_by_people and not all(self.mapped("can_change")):
            raise ValidationError(self.env._("What was sent cannot be changed any more."))
        return super().write(vals)

    # Buttons

    def action_approve(self):
        """Let them leave."""
        if not self.env["recurring.message.dispatch"].approve(self):
            raise UserError(self.env._("Choose messages that wait for approval."))
        return self._refreshed()

    def action_refuse(self):
        """Do not send them."""
        if not self.filtered(lambda message: message.state in const.MESSAGES_WAITING):
            raise UserError(self.env._("It has left already, or was taken back: look at it again."))
        self.env["recurring.message.dispatch"].refuse(self)
        return self._refreshed()

    def action_send_now(self):
        """Let them leave at once, approved by who presses."""
        dispatch = self.env["recurring.message.dispatch"]
        dispatch.approve(self)
        dispatch.send_now(self)
        return self._refreshed()

    def action_by_hand(self):
        """The letter is posted, the chat sent, the task done."""
        self.env["recurring.message.dispatch"].done_by_hand(self)
        return self._refreshed()

    def action_arrived(self):
        """The customer has it."""
        self.env["recurring.message.dispatch"].clarify(self, arrived=True)
        return self._refreshed()

    def action_not_left(self):
        """The customer does not have it: it is sent again."""
        self.env["recurring.message.dispatch"].clarify(self, arrived=False)
        return self._refreshed()

    def action_print(self):
        """The letters, in one file; those that have none yet are written now."""
        letters = self.filtered(lambda message: message.channel == const.LETTER)
        if not letters:
            raise UserError(self.env._("Choose letters: of other messages there is nothing to print."))
        waiting = letters.filtered(lambda message: message.state == const.QUEUED)
        if waiting:
            self.env["recurring.message.dispatch"].send_now(waiting)
        written = letters.filtered(lambda message: message.body)
        return self.env.ref("recurring_billing.report_dunning_letter_action").report_action(written, config=False)

    def _refreshed(self):
        return None
