from datetime import timedelta
from urllib.parse import quote

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import dunning as const
from ..rules import whatsapp
from .message_check import CANCEL, WAIT
from .message_outcome import Outcome

MINE = timedelta(minutes=15)
"""How long a message that somebody looks at is shown to nobody else."""
PATIENCE = 50
"""How many messages are looked at for one that may leave now."""


class RecurringWhatsappByHand(models.AbstractModel):
    """WhatsApp without an account: one message after the other is shown, its chat opened, and sent by a person."""

    _name = "recurring.whatsapp.by.hand"
    _description = "WhatsApp Sent by People"

    @api.private
    @api.model
    def waiting(self):
        """The messages that wait for a person, in the order in which they are shown: who waits longest first."""
        domain = (
            Domain("channel", "=", const.WHATSAPP) & Domain("state", "=", const.TO_DO) & Domain("company_id", "in", self.env.companies.ids)
        )
        return self.env["recurring.dunning.message"].search(domain, order="day, id")

    @api.private
    @api.model
    def next(self, skipped=()):
        """The next message for the user, told anew as of today; none where nothing is left that may be sent now.

        :param skipped: ids of messages that were put off.
        """
        now = fields.Datetime.now()
        for message in self.waiting().filtered(lambda each: each.id not in skipped)[:PATIENCE]:
            # sudo: messages are written by services only
            mine = message.sudo()
            if mine.whatsapp_until and mine.whatsapp_until > now and mine.whatsapp_user_id != self.env.user:
                continue
            if mine.try_lock_for_update() and mine.state == const.TO_DO and self._may_leave(mine):
                mine.write({"whatsapp_user_id": self.env.uid, "whatsapp_until": now + MINE})
                return message
        return self.env["recurring.dunning.message"]

    def _may_leave(self, message):
        """Ask again whether it is still right, and tell what is owed today. Messages that are not wanted any more are cancelled."""
        verdict = self.env["recurring.message.check"].verdict(message)
        outcome = self.env["recurring.message.outcome"].sudo()  # sudo: messages are written by services only
        if verdict.what == CANCEL:
            outcome.cancel(message, verdict.words)
            return False
        address, why_not = self.env["recurring.message.check"].address(message)
        if not address:
            outcome.conclude(message, Outcome(const.FAILED, error=why_not))
            return False
        if verdict.what == WAIT:
            return False
        channel = self.env["recurring.channel"]._of(const.WHATSAPP).sudo().with_company(message.company_id)
        message.write({"address": address, **channel._prepare(message)})
        return True

    @api.private
    @api.model
    def link(self, message, text):
        """The address that opens the chat with the text written, and notes that it was opened; empty where it must not be sent any more.

        :raises AccessError: for who may not work the case.
        """
        self.env["recurring.message.dispatch"].check_may_work(message)
        mine = message.sudo()  # sudo: messages are written by services only
        if mine.state != const.TO_DO or not self._may_leave(mine):
            return ""
        mine.write({"whatsapp_opened_at": fields.Datetime.now(), "body": self.env["recurring.dunning.words"].as_html(text)})
        return chat_link(mine.address, text)

    @api.private
    @api.model
    def release(self, message):
        """The user does not send it now: others may."""
        # sudo: messages are written by services only
        message.sudo().filtered(lambda each: each.whatsapp_user_id == self.env.user).write({"whatsapp_until": False})

    @api.private
    @api.model
    def sent(self, message):
        """The user sent it."""
        self.env["recurring.message.dispatch"].done_by_hand(message)

    @api.private
    @api.model
    def not_reached(self, message):
        """The number has no WhatsApp: it is not tried again, and another way is sought."""
        self.env["recurring.message.dispatch"].check_may_work(message)
        mine = message.sudo()  # sudo: messages are written by services only
        if mine.state == const.TO_DO:
            words = self.env._("This number has no WhatsApp.")
            self.env["recurring.message.outcome"].sudo().conclude(mine, Outcome(const.FAILED, error=words, is_address_wrong=True))


def chat_link(number, text):
    """The address that opens a chat with the text written, for a person to send.

    >>> chat_link("+55 51 98765-4321", "Olá, Ana! R$ 10,00 & juros")
    'https://wa.me/5551987654321?text=Ol%C3%A1%2C%20Ana%21%20R%24%2010%2C00%20%26%20juros'
    """
    return f"https://wa.me/{whatsapp.person(number)}?text={quote(text or '', safe='')}"
