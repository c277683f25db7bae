from odoo import api, models

from ...const import dunning as const

HELD = "process"
"""The state of a text message that is kept but not Odoo's to send: its own queue would send it again after a crash."""
WRONG_NUMBERS = ("sms_invalid_destination", "sms_number_missing", "sms_number_format", "sms_country_not_supported")
"""What is wrong with the number itself; a telephone that was off, or a message that was not let through, says nothing of it."""


class RecurringChannelSms(models.AbstractModel):
    """SMS, through whichever service Odoo's own ``sms`` is set up with."""

    _name = "recurring.channel.sms"
    _inherit = "recurring.channel"
    _description = "SMS to a Customer"

    _recurring_code = const.SMS
    _recurring_reads_along = True

    @api.private
    @api.model
    def _is_available(self, company):
        return company.recurring_sms

    @api.private
    @api.model
    def _address(self, partner):
        if not (partner.phone or "").strip():
            return "", self.env._("%(name)s has no phone number.", name=partner.display_name)
        number = partner._phone_format(fname="phone")
        if not number:
            return "", self.env._("The phone number %(number)s cannot be dialled. Write it with its country code.", number=partner.phone)
        refused = self._refused(partner, number)
        if refused:
            return "", self.env._("The last SMS to this number came back: %(why)s", why=refused)
        return number, ""

    @api.private
    @api.model
    def _prepare(self, message):
        text = self.env["recurring.dunning.words"].short(message)
        # sudo: text messages are Odoo's own records, which people who collect do not make by themselves
        sms = (
            self.env["sms.sms"]
            .sudo()
            .create({"number": message.address, "body": text, "partner_id": message.partner_id.id, "state": HELD, "to_delete": False})
        )
        # sudo: who hears what became of it
        self.env["sms.tracker"].sudo().create({"sms_uuid": sms.uuid, "recurring_message_id": message.id})
        return {"body": self.env["recurring.dunning.words"].as_html(text), "sms_id": sms.id, "subject": False}

    @api.private
    @api.model
    def _send(self, message):
        sms = message.sudo().sms_id  # sudo: as ``_prepare``
        if not sms:
            return const.FAILED, "", self.env._("The SMS was deleted before it left.")
        sms.state = "outgoing"
        sms.send(unlink_failed=False, unlink_sent=False, raise_exception=True)
        if sms.state == "error":
            words = dict(sms._fields["failure_type"]._description_selection(self.env)).get(sms.failure_type) or ""
            return const.FAILED, sms.uuid, words
        return const.SENT, sms.uuid, ""

    @api.private
    @api.model
    def _is_address_wrong(self, message):
        return message.sudo().sms_id.failure_type in WRONG_NUMBERS  # sudo: as ``_prepare``
