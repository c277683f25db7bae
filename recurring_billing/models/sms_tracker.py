from odoo import fields, models

from ..const import dunning as const
from ..services.channels.sms import WRONG_NUMBERS

STATES = {"pending": const.SENT, "sent": const.DELIVERED}
"""What Odoo calls them, and we."""


class SmsTracker(models.Model):
    """What the SMS service tells later of a message to a customer who owes."""

    _inherit = "sms.tracker"

    recurring_message_id = fields.Many2one("recurring.dunning.message", index="btree_not_null", ondelete="cascade")

    def _action_update_from_sms_state(self, sms_state, failure_type=False, failure_reason=False):
        res = super()._action_update_from_sms_state(sms_state, failure_type=failure_type, failure_reason=failure_reason)
        for tracker in self.filtered("recurring_message_id"):
            message = tracker.recurring_message_id
            if message.state == const.SENDING:
                # Its answer is just being read by who sends it.
                continue
            if sms_state in STATES:
                message._delivery(STATES[sms_state])
            elif sms_state == "error":
                message._delivery(const.FAILED, failure_reason or failure_type or "", is_address_wrong=failure_type in WRONG_NUMBERS)
        return res

    def _action_update_from_provider_error(self, provider_error):
        found = super()._action_update_from_provider_error(provider_error)
        _status, failure_type, failure_reason = found
        for message in self.recurring_message_id.filtered(lambda message: message.state != const.SENDING):
            message._delivery(const.FAILED, failure_reason or failure_type or "", is_address_wrong=failure_type in WRONG_NUMBERS)
        return found
