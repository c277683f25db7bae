from odoo import models

from .message_check import CANCEL, Verdict


class RecurringMessageCheck(models.AbstractModel):
    """A statement that waited for its hour is looked at again: who paid gets none, what changed is printed anew."""

    _inherit = "recurring.message.check"

    def _still_owed(self, message):
        found = super()._still_owed(message)
        # sudo: statements are kept by services
        statement = self.env["recurring.statement"].sudo().search([("message_id", "=", message.id)], limit=1)
        if found or not statement:
            return found
        fresh = self.env["recurring.statement.sending"].sudo().freshen(statement)
        return None if fresh else Verdict(CANCEL, self.env._("Nothing is to be paid any more."))
