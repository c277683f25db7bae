from odoo import api, fields, models

from ..const import dunning as const


class RecurringDunningMessage(models.Model):
    """A message by WhatsApp: what is sent, and the chat a person opens where no account sends it."""

    _inherit = "recurring.dunning.message"

    whatsapp_content = fields.Json(readonly=True, copy=False, help="As WhatsApp gets it; empty where a person sends it.")
    whatsapp_user_id = fields.Many2one("res.users", "Being Sent By", readonly=True, copy=False)
    whatsapp_until = fields.Datetime(readonly=True, copy=False)
    whatsapp_opened_at = fields.Datetime("Chat Opened", readonly=True, copy=False)
    whatsapp_text_id = fields.Many2one("recurring.whatsapp.template", readonly=True, copy=False, ondelete="set null")

    @api.private
    def _whatsapp_name(self):
        """Our name of the message, which comes back with every notification about it."""
        self.ensure_one()
        return f"{self.id}.{int(self.create_date.timestamp())}"

    @api.private
    @api.model
    def _by_whatsapp(self, company, told):
        """The message of a company a delivery is about, by WhatsApp's name of it or by ours."""
        ours = [("company_id", "=", company.id), ("channel", "=", const.WHATSAPP), ("direction", "=", const.OUT)]
        found = self.search([*ours, ("provider_ref", "=", told["id"])], limit=1)
        name = str(told.get("biz_opaque_callback_data") or "")
        if not found and name.split(".")[0].isdecimal():
            found = self.search([*ours, ("id", "=", min(int(name.split(".")[0]), 2**31 - 1))])
            found = found.filtered(lambda message: message._whatsapp_name() == name and not message.provider_ref)
        return found
