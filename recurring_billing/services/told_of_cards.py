from odoo import models
from odoo.fields import Domain

from ..const import dunning as const
from .message_check import WAIT, Verdict
from .statement_check import WRITTEN

# Notices about cards tell what is open and how to pay it. To the customer that and a reminder are one matter: they come on two days.


class RecurringDunningFacts(models.AbstractModel):
    """Whoever was told of a card was spoken to on that day."""

    _inherit = "recurring.dunning.facts"

    def _about(self, company, day, partner_ids):
        found, told = super()._about(company, day, partner_ids), {}
        mine = Domain("company_id", "=", company.id) & Domain("date", "<=", day)
        mine &= Domain("partner_id.commercial_partner_id", "in", partner_ids)
        # sudo: as the facts it adds to
        for partner, last in self.env["recurring.card.notice"].sudo()._read_group(mine, ["partner_id"], ["date:max"]):
            customer = partner.commercial_partner_id.id
            told[customer] = max(last, told.get(customer) or last)
        for partner_id, last in told.items():
            found[partner_id]["last_contact"] = max(last, found[partner_id]["last_contact"] or last)
        return found


class RecurringMessageCheck(models.AbstractModel):
    """What was to leave today waits a day where the customer was told of a card."""

    _inherit = "recurring.message.check"

    def _alone_today(self, message):
        by_itself = message.kind in (const.KIND_DUNNING, const.KIND_STATEMENT) and message.channel not in (const.TASK, const.PHONE)
        if by_itself and self._is_told_of_a_card(message.company_id, message.case_id.partner_id):
            return Verdict(WAIT, self.env._("The customer was written to today."), self._tomorrow(message))
        return super()._alone_today(message)

    def _is_told_of_a_card(self, company, customer):
        mine = Domain("company_id", "=", company.id) & Domain("date", "=", company._recurring_today())
        # sudo: whether somebody was written to counts, whoever asks
        notices = self.env["recurring.card.notice"].sudo()
        return bool(customer and notices.search_count(mine & Domain("partner_id.commercial_partner_id", "=", customer.id), limit=1))


class RecurringCardWatch(models.AbstractModel):
    """Who is reminded today is told of their card tomorrow."""

    _inherit = "recurring.card.watch"

    def _prepare_notices(self, company):
        found = super()._prepare_notices(company)
        payers = self.env["res.partner"].browse(values["partner_id"] for values in found)
        customers = payers.commercial_partner_id
        mine = (
            Domain("company_id", "=", company.id) & Domain("case_id.partner_id", "in", customers.ids) & Domain("direction", "=", const.OUT)
        )
        mine &= Domain("kind", "in", WRITTEN) & Domain("channel", "not in", (const.TASK, const.PHONE))
        mine &= Domain("day", "=", company._recurring_today()) & Domain("state", "not in", (const.CANCELLED, const.FAILED))
        busy = self.env["recurring.dunning.message"].search(mine).case_id.partner_id
        busy |= self.env["recurring.message.check"].written_today(company, customers)
        return [values for values in found if payers.browse(values["partner_id"]).commercial_partner_id not in busy]
