import base64

from odoo import api, models

from ...const import dunning as const


class RecurringChannelLetter(models.AbstractModel):
    """A letter: its PDF is made in the background; a person prints it, posts it and says so."""

    _name = "recurring.channel.letter"
    _inherit = "recurring.channel"
    _description = "Letter to a Customer"

    _recurring_code = const.LETTER

    @api.private
    @api.model
    def _address(self, partner):
        if not partner.street or not partner.city:
            return "", self.env._("%(name)s has no postal address: street and city are needed.", name=partner.display_name)
        return ", ".join(partner._display_address(without_company=True).split("\n")).strip(", "), ""

    @api.private
    @api.model
    def _prepare(self, message):
        told = self.env["recurring.dunning.words"].letter(message)
        return {"subject": told["subject"], "body": told["shown"], "amount": told["amount"]}

    @api.private
    @api.model
    def _send(self, message):
        # sudo: the paper is the company's, whoever starts the printing
        report = self.env["ir.actions.report"].sudo().with_context(lang=message.lang)
        content, kind = report._render_qweb_pdf("recurring_billing.report_dunning_letter", message.ids)
        message.message_file_id.unlink()
        message.message_file_id = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{message._letter_name()}.{kind}",
                    "datas": base64.b64encode(content),
                    "res_model": message._name,
                    "res_id": message.id,
                }
            )
        )
        return const.TO_DO, "", ""
