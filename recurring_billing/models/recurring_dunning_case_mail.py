from datetime import timedelta

from odoo import models
from odoo.tools import email_normalize

from ..const import dunning as const


class RecurringDunningCase(models.Model):
    """What comes back to e-mails about what is owed: answers, and letters that found nobody."""

    _inherit = "recurring.dunning.case"

    def _message_receive_bounce(self, email, partner):
        """An e-mail came back: another way to the customer is sought."""
        result = super()._message_receive_bounce(email, partner)
        # sudo: the mail gateway works for nobody in particular
        messages = self.env["recurring.dunning.message"].sudo()
        ours = [("channel", "=", const.EMAIL), ("address", "=", email_normalize(email)), ("state", "in", (const.SENT, const.UNKNOWN))]
        for case in self:
            last = messages.search([("case_id", "=", case.id), *ours], order="id desc", limit=1)
            last._delivery(const.FAILED, case.env._("The e-mail came back: there is nobody under this address."), is_address_wrong=True)
        return result

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email" and not message.author_id.user_ids.filtered(lambda user: not user.share):
            self._take_reply(message)
        return result

    def _take_reply(self, mail):
        """A customer answered: the answer is in the time line, nothing more is sent for some days, and the owner of the case is told.
        What a
        machine answers while somebody is away only stands in the time line: nobody can be answered, and nothing was said of the debt.
        """
        is_automatic = bool(self.env.context.get("recurring_automatic_mail"))
        case = self.sudo()._that_is_open()  # sudo: the mail gateway works for nobody in particular
        today = case.company_id._recurring_today()
        contact = case._contact()
        mine = mail.author_id if mail.author_id.commercial_partner_id == case.partner_id else contact
        reply = (
            self.env["recurring.dunning.message"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "company_id": case.company_id.id,
                    "partner_id": mine.id,
                    "channel": const.EMAIL,
                    "direction": const.IN,
                    "kind": const.KIND_AUTOMATIC if is_automatic else const.KIND_REPLY,
                    "address": email_normalize(mail.email_from or "") or False,
                    "subject": mail.subject or False,
                    "body": mail.body,
                    "state": const.DONE,
                    "day": today,
                    "sent_at": self.env["recurring.message.dispatch"]._now(case.company_id),
                    "unique_ref": f"mail:{mail.id}",
                    "attachment_ids": mail.attachment_ids.ids,
                }
            )
        )
        if not is_automatic:
            case._hear(reply)

    def _that_is_open(self):
        """The case an answer is for: who answers an old letter answers for what is open now."""
        if self.state == const.CASE_OPEN:
            return self
        mine = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id), ("state", "=", const.CASE_OPEN)]
        return self.search(mine, limit=1) or self

    def _hear(self, reply):
        """What follows from an answer: a person answers first, so nothing is sent by itself meanwhile."""
        # sudo: as ``_take_reply``
        case = self.sudo().with_context(lang=self.sudo().company_id._recurring_staff_lang())
        today, days = case.company_id._recurring_today(), case.policy_id.reply_pause_days
        until = today + timedelta(days=days)
        if days and (not case.hold_until or case.hold_until < until):
            case.write({"hold_until": until, "hold_reason": case.env._("The customer wrote to us by e-mail: answer first.")})
        case.last_contact_at = reply.sent_at
        user = case.user_id or case.partner_id.user_id or case.company_id.recurring_responsible_id
        summary = case.with_context(lang=user.lang or case.env.lang).env._("Answer %(name)s by e-mail", name=reply.partner_id.display_name)
        if user and summary not in case.activity_ids.filtered(lambda activity: activity.user_id == user).mapped("summary"):
            case.activity_schedule("mail.mail_activity_data_todo", today, summary=summary, user_id=user.id)
