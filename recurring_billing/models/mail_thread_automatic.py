from odoo import api, models

from ..rules.auto_reply import is_automatic


class MailThread(models.AbstractModel):
    """E-mails that machines write are told from those of people, while their headers are at hand."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        automatic = is_automatic({**dict(message.items()), "Subject": message_dict.get("subject") or ""})
        service = self.with_context(recurring_automatic_mail=True) if automatic else self
        return super(MailThread, service)._message_route_process(message, message_dict, routes)
