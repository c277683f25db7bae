from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import dunning as const
from ..const.whatsapp import NEW

BATCH = 500


class RecurringMessageKeeping(models.AbstractModel):
    """Erases what messages said once it need not be kept. That something was sent, when, why and how it ended stays."""

    _name = "recurring.message.keeping"
    _description = "Keeping of Messages"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action, company by company."""
        # sudo: the scheduled action works for every company
        for (company,) in self.sudo().env["recurring.dunning.message"]._read_group([("is_body_erased", "=", False)], ["company_id"]):
            self.sudo()._erase_old(company)
        for (company,) in self.sudo().env["recurring.whatsapp.notice"]._read_group([("sender", "!=", False)], ["company_id"]):
            self.sudo()._erase_strangers(company)

    def _erase_old(self, company):
        messages = self.env["recurring.dunning.message"]
        old = Domain.OR(self._older(company, is_notice, months) for is_notice, months in self._terms(company) if months)
        domain = old & Domain("company_id", "=", company.id) & Domain("is_body_erased", "=", False)
        domain &= Domain("state", "not in", (*const.MESSAGES_WAITING, const.SENDING, const.UNKNOWN))
        while batch := messages.search(domain, limit=BATCH, order="id"):
            self._erase(batch)
            if not self.env["recurring.message.dispatch"]._checkpoint(messages.search_count(domain)):
                return

    def _erase_strangers(self, company):
        """What came from numbers of nobody, or could not be read, is kept as long as messages are."""
        months = company.recurring_message_keep_months
        if months:
            before = fields.Datetime.to_datetime(company._recurring_today() - relativedelta(months=months))
            domain = [("company_id", "=", company.id), ("sender", "!=", False), ("state", "!=", NEW), ("create_date", "<", before)]
            self.env["recurring.whatsapp.notice"].search(domain).write({"sender": False, "words": False, "content": False})

    def _terms(self, company):
        return ((False, company.recurring_message_keep_months), (True, company.recurring_notice_keep_months))

    def _older(self, company, is_notice, months):
        first = company._recurring_today() - relativedelta(months=months)
        return Domain("is_notice", "=", is_notice) & Domain("day", "<", first)

    def _erase(self, messages):
        # sudo: as ``run_scheduled``; the e-mail holds its message, which holds the words too
        mails = messages.mail_id
        mails.mail_message_id.unlink()
        mails.exists().unlink()
        messages.sms_id.unlink()
        answers = messages.filtered(lambda each: each.direction == const.IN)
        answers.attachment_ids.unlink()
        # An answer by e-mail is in the discussion of its case, too.
        kept = [int(ref.removeprefix("mail:")) for ref in answers.mapped("unique_ref") if ref and ref.startswith("mail:")]
        self.env["mail.message"].browse(kept).exists().unlink()
        files = self.env["ir.attachment"].search([("res_model", "=", messages._name), ("res_id", "in", messages.ids)])
        files.unlink()
        messages.write(
            {
                "body": False,
                "address": False,
                "own_text": False,
                "own_subject": False,
                "told": None,
                "subject": False,
                "whatsapp_content": False,
                "is_body_erased": True,
            }
        )
