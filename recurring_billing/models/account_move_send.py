from odoo import api, models

from .. import const


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _generate_and_send_invoices(self, moves, **settings):
        """Company by company: Odoo prints all invoices of a batch for the company of its first one."""
        attachments = self.env["ir.attachment"]
        for mine in moves.grouped("company_id").values():
            attachments += super()._generate_and_send_invoices(mine, **settings)
        return attachments

    @api.model
    def _get_invoice_extra_attachments(self, move):
        """The fiscal document leaves with its invoice."""
        return super()._get_invoice_extra_attachments(move) + move.recurring_fiscal_pdf_id + move.recurring_fiscal_xml_id

    @api.model
    def _get_alerts(self, moves, moves_data):
        alerts = super()._get_alerts(moves, moves_data)
        waiting = moves.filtered(lambda move: move.recurring_stage == const.STAGE_FISCAL)
        if waiting:
            alerts["recurring_fiscal"] = {
                "level": "warning",
                "message": self.env._("Without an authorized fiscal document: %s", ", ".join(waiting.mapped("name"))),
            }
        return alerts
