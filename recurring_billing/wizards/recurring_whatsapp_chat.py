from odoo import api, fields, models
from odoo.tools import format_datetime

from ..services.notification import CLOSE, notification


class RecurringWhatsappChat(models.TransientModel):
    """Messages to be sent by hand, one after the other: open the chat, send, next."""

    _name = "recurring.whatsapp.chat"
    _description = "WhatsApp by Hand"

    message_id = fields.Many2one("recurring.dunning.message", readonly=True, ondelete="cascade")
    case_id = fields.Many2one(related="message_id.case_id", related_sudo=False)
    partner_id = fields.Many2one(related="message_id.partner_id", related_sudo=False, string="Customer")
    currency_id = fields.Many2one(related="message_id.currency_id", related_sudo=False)
    amount = fields.Monetary("To Pay Today", related="message_id.amount", related_sudo=False)
    reason = fields.Char(related="message_id.reason", related_sudo=False)
    number = fields.Char("WhatsApp", compute="_compute_number")
    text = fields.Text("Words")
    was_opened = fields.Boolean(readonly=True)
    opened_words = fields.Char(compute="_compute_opened_words")
    skipped_ids = fields.Json(readonly=True)
    sent_count = fields.Integer(readonly=True)
    left_count = fields.Integer("Left", readonly=True)

    @api.depends("message_id")
    def _compute_number(self):
        for chat in self:
            # The number is on the screen for the moment in which it is used, not in lists.
            chat.number = self.env["res.partner"]._phone_format(number=chat.message_id.address, force_format="INTERNATIONAL")

    @api.depends("message_id.whatsapp_opened_at")
    def _compute_opened_words(self):
        for chat in self:
            at = chat.message_id.whatsapp_opened_at
            chat.opened_words = (
                self.env._(
                    "%(user)s opened this chat on %(day)s. Look whether the message was sent before you send it.",
                    user=chat.message_id.whatsapp_user_id.name or "",
                    day=format_datetime(self.env, at, dt_format="short"),
                )
                if at and not chat.was_opened
                else False
            )

    # Buttons

    @api.model
    def action_start(self):
        """Show the first message that waits; from the menu, without one, all messages that go this way."""
        shown = self._show([], 0)
        if shown["type"] == "ir.actions.client":
            shown["params"]["next"] = "recurring_billing.action_recurring_whatsapp_message"
        return shown

    def action_open_chat(self):
        """Open the chat with the text written, in a window of its own."""
        self.ensure_one()
        link = self.env["recurring.whatsapp.by.hand"].link(self.message_id, self.text or "")
        if not link:
            return self._show(self.skipped_ids, self.sent_count)
        self.was_opened = True
        return {"type": "ir.actions.act_url", "url": link, "target": "new"}

    def action_sent(self):
        """It was sent: the next one."""
        self.ensure_one()
        self.env["recurring.whatsapp.by.hand"].sent(self.message_id)
        return self._show(self.skipped_ids, self.sent_count + 1)

    def action_skip(self):
        """Not now: it comes again when the list is opened the next time."""
        self.ensure_one()
        self.env["recurring.whatsapp.by.hand"].release(self.message_id)
        return self._show([*(self.skipped_ids or []), self.message_id.id], self.sent_count)

    def action_not_reached(self):
        """There is no such number on WhatsApp."""
        self.ensure_one()
        self.env["recurring.whatsapp.by.hand"].not_reached(self.message_id)
        return self._show(self.skipped_ids, self.sent_count)

    def action_refuse(self):
        """It shall not be sent."""
        self.ensure_one()
        self.env["recurring.message.dispatch"].refuse(self.message_id)
        return self._show(self.skipped_ids, self.sent_count)

    def _show(self, skipped, sent):
        """The next message in the same dialog, or that there is none."""
        self.check_access("create")
        service = self.env["recurring.whatsapp.by.hand"]
        message = service.next(skipped or ())
        if not message:
            return self._over(sent, len(service.waiting()))
        chat = self.create(
            {
                "message_id": message.id,
                "text": self.env["recurring.dunning.words"].short(message.sudo()),  # sudo: what the customer reads, as it leaves
                "skipped_ids": list(skipped or ()),
                "sent_count": sent,
                "left_count": len(service.waiting().filtered(lambda each: each.id not in (skipped or ()))),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("WhatsApp to Send: %s left", chat.left_count),
            "res_model": self._name,
            "res_id": chat.id,
            "view_mode": "form",
            "target": "new",
        }

    def _over(self, sent, waiting):
        if waiting:
            words = self.env._(
                "%(sent)s sent. %(waiting)s others wait: put off, looked at by somebody else, or not to be sent at this hour.",
                sent=sent,
                waiting=waiting,
            )
        else:
            words = self.env._("%s sent. No WhatsApp message waits.", sent) if sent else self.env._("No WhatsApp message waits to be sent.")
        return notification(words, then=CLOSE)
