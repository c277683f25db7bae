from typing import NamedTuple

from odoo import api, fields, models

from ..const import dunning as const

LATER_NEWS = {
    const.SENT: (const.SENDING, const.UNKNOWN, const.TO_DO),
    const.DELIVERED: (const.SENDING, const.SENT, const.UNKNOWN),
    const.READ: (const.SENDING, const.SENT, const.DELIVERED, const.UNKNOWN),
    const.FAILED: (const.SENDING, const.SENT, const.UNKNOWN),
}
"""From which states a message may become what a notice says: notices come late, twice and in any order."""


class Outcome(NamedTuple):
    """What became of a message.

    :param reference: the provider's name for it. ``error``: in words.
    """

    state: str
    reference: str = ""
    error: str = ""
    is_address_wrong: bool = False


class RecurringMessageOutcome(models.AbstractModel):
    """What follows from what became of a message: the case knows of the contact, or another way to the customer is sought."""

    _name = "recurring.message.outcome"
    _description = "Outcome of Messages"

    @api.private
    @api.model
    def conclude(self, message, outcome):
        """Keep what became of a message, with what follows.

        :return: the message that takes its place, where it failed and there is another way; else none
        """
        message.write(
            {
                "state": outcome.state,
                "provider_ref": outcome.reference or message.provider_ref,
                "error": outcome.error or False,
                "is_address_wrong": outcome.is_address_wrong,
                "waits_for": False,
                **self._when(message, outcome.state),
            }
        )
        if outcome.state in const.MESSAGES_LEFT:
            self._left(message)
        if outcome.state == const.FAILED and message.kind != const.KIND_TEST:
            return self._another_way(message)
        return message.browse()

    @api.private
    @api.model
    def told_later(self, messages, outcome):
        """What is learnt of messages after they left."""
        for message in messages.filtered(lambda each: each.state in LATER_NEWS.get(outcome.state, ())):
            self.conclude(message, outcome)

    @api.private
    @api.model
    def cancel(self, messages, words):
        """Messages that are not wanted any more, before they left."""
        for code, mine in messages.filtered(lambda each: each.state in const.MESSAGES_WAITING).grouped("channel").items():
            self.env["recurring.channel"]._of(code)._withdraw(mine.filtered(lambda each: each.state == const.TO_DO))
            mine.write({"state": const.CANCELLED, "error": words, "waits_for": False})

    @api.private
    @api.model
    def by_hand(self, message):
        """What becomes of what a person did: a letter or a chat is sent, a task or a call is done."""
        return Outcome(const.DONE if message.channel in (const.TASK, const.PHONE) else const.SENT)

    @api.private
    @api.model
    def arrived(self, message):
        """A person found out that the customer has it."""
        return Outcome(const.DELIVERED)

    def _when(self, message, state):
        left = state in const.MESSAGES_LEFT
        return {"sent_at": self.env["recurring.message.dispatch"]._now(message.company_id)} if left and not message.sent_at else {}

    def _left(self, message):
        if message.case_id and message.kind != const.KIND_TEST:
            message.case_id.last_contact_at = max(filter(None, (message.case_id.last_contact_at, message.sent_at or fields.Datetime.now())))

    # Another way

    def _another_way(self, message):
        """The same by the next way that is open; a task for a person where there is none."""
        if message.direction != const.OUT or not message.case_id:
            return message.browse()
        if message.kind == const.KIND_DUNNING and self.env["recurring.message.check"].is_said_since(message):
            # It came back days later: what has left since said it.
            return message.browse()
        order = const.IN_WRITING if message.is_notice else const.CHANNEL_ORDER
        if message.kind == const.KIND_THANKS:
            # Nobody prints a letter, or looks for an address, only to say thanks.
            order = [code for code in order if code not in (const.LETTER, const.TASK)]
        tried = self._tried(message, order)
        channels = self.env["recurring.channel"]
        for code in order:
            if code in tried or not channels._of(code)._is_available(message.company_id):
                continue
            if message.own_text and code in (const.SMS, const.WHATSAPP):
                continue  # words written for the customer alone are not shown where others read along
            if code == const.TASK or not self.env["recurring.message.check"].no_address(message, code):
                return self._instead(message, code)
        return message.browse()

    def _tried(self, message, order):
        """The ways the same contact was tried already; all of them where another message of the same step reaches the customer."""
        tried, before = {message.channel}, message.follows_id
        while before:
            tried.add(before.channel)
            before = before.follows_id
        beside = message.step_id and message.search_count(
            [
                ("case_id", "=", message.case_id.id),
                ("step_id", "=", message.step_id.id),
                ("day", "=", message.day),
                ("channel", "in", [code for code in order if code != const.TASK]),
                ("state", "not in", (const.CANCELLED, const.FAILED)),
            ],
            limit=1,
        )
        return set(order) if beside else tried

    def _instead(self, message, code):
        values = {
            "channel": code,
            "state": const.QUEUED,
            "follows_id": message.id,
            "unique_ref": f"{message.unique_ref or message.id}:{code}",
            "reason": self.env._("Instead of a message that did not arrive: %(error)s", error=message.error or ""),
            "address": False,
            "error": False,
            "is_address_wrong": False,
            "mail_id": False,
            "sms_id": False,
            "sent_at": False,
            "provider_ref": False,
            "body": False,
            "subject": False,
            "not_before": False,
            "first_tried_at": False,
            "waits_for": False,
            "day": message.company_id._recurring_today(),
        }
        if code == const.TASK:
            values["subject"] = self.env._(
                "%(customer)s cannot be reached: %(error)s", customer=message.partner_id.name, error=message.error
            )
        instead = message.copy(values)
        message.action_ids.message_id = instead
        return instead
