import re

from odoo import models
from odoo.tools import html2plaintext

PREHEADER = re.compile(r"<div[^>]*\bo_recurring_preheader\b[^>]*>.*?</div>", re.DOTALL)
"""What stands before a message so that lists of e-mails show nothing of it."""


class MailMail(models.Model):
    """E-mails about debts for readers of plain text: what the message says, without what only keeps it from being shown in lists."""

    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, *args, **kwargs):
        found = super()._prepare_outgoing_list(*args, **kwargs)
        for email in found:
            body, count = PREHEADER.subn("", str(email["body"] or ""))
            if count:
                email["body_alternative"] = html2plaintext(body)
        return found
