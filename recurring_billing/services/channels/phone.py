from odoo import api, models

from ...const import dunning as const


class RecurringChannelPhone(models.AbstractModel):
    """A call: an activity for who works the case; logging the call does it."""

    _name = "recurring.channel.phone"
    _inherit = "recurring.channel"
    _description = "Call to a Customer"

    _recurring_code = const.PHONE
    _recurring_activity = "mail.mail_activity_data_call"

    @api.private
    @api.model
    def _address(self, partner):
        if not (partner.phone or "").strip():
            return "", self.env._("%(name)s has no phone number.", name=partner.display_name)
        return partner._phone_format(fname="phone") or partner.phone, ""

    @api.private
    @api.model
    def _prepare(self, message):
        return {"subject": message.subject or self._title(message)}

    def _title(self, message):
        return message.step_id.name or self.env._("Call")

    @api.private
    @api.model
    def _send(self, message):
        self._ask_somebody(message)
        return const.TO_DO, "", ""

    def _ask_somebody(self, message):
        case = message.case_id.sudo()  # sudo: a step asks somebody to act, whoever started it
        company, wanted = message.company_id, message.step_id.assign_user_id
        user = wanted.filtered("active") or case.user_id or company.recurring_responsible_id.filtered("active") or self.env.user
        message.activity_id = case.activity_schedule(
            self._recurring_activity,
            message.day,
            summary=message.subject,
            note=message.reason,
            user_id=user.id,
        )

    @api.private
    @api.model
    def _withdraw(self, messages):
        messages.activity_id.unlink()
