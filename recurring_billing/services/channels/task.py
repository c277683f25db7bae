from odoo import api, models

from ...const import dunning as const


class RecurringChannelTask(models.AbstractModel):
    """Something a person has to do: also what remains when a customer can be reached no other way."""

    _name = "recurring.channel.task"
    _inherit = "recurring.channel.phone"
    _description = "Task about a Customer"

    _recurring_code = const.TASK
    _recurring_activity = "mail.mail_activity_data_todo"

    @api.private
    @api.model
    def _address(self, partner):
        return partner.display_name, ""

    def _title(self, message):
        return message.step_id.name or self.env._("To do")
