from odoo import api, models
from odoo.fields import Domain

from ..const import dunning as const
from .message_check import CANCEL, WAIT, Verdict

WRITTEN = (const.KIND_DUNNING, const.KIND_MANUAL, const.KIND_STATEMENT, const.KIND_THANKS)


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

    def _alone_today(self, message):
        """A statement is a message too: whoever was written to today gets it tomorrow, with what is so then. A call is none: on the
        telephone
        customers ask for their statement.
        """
        if message.kind == const.KIND_STATEMENT and self.written_today(message.company_id, message.case_id.partner_id, besides=message):
            return Verdict(WAIT, self.env._("The customer was written to today."), self._tomorrow(message))
        return super()._alone_today(message)

    @api.private
    @api.model
    def written_today(self, company, customers, besides=None):
        """Those of some customers who were written to today."""
        start = self._utc(company, company._recurring_today(), 0.0)
        mine = (
            Domain("company_id", "=", company.id) & Domain("case_id.partner_id", "in", customers.ids) & Domain("direction", "=", const.OUT)
        )
        mine &= Domain("kind", "in", WRITTEN) & Domain("channel", "not in", (const.TASK, const.PHONE)) & Domain("sent_at", ">=", start)
        mine &= Domain("state", "in", (*const.MESSAGES_LEFT, const.UNKNOWN)) & Domain("id", "not in", besides.ids if besides else [])
        # sudo: whether somebody was written to counts, whoever asks
        groups = self.env["recurring.dunning.message"].sudo()._read_group(mine, ["case_id"])
        return customers & customers.browse(case.partner_id.id for (case,) in groups)
