from odoo import fields, models

from .. import const


class RecurringFiscalDocument(models.TransientModel):
    """Number, status and files of a fiscal document, entered by hand."""

    _name = "recurring.fiscal.document"
    _description = "Fiscal Document"

    move_id = fields.Many2one("account.move", "Invoice", required=True, readonly=True, ondelete="cascade")
    number = fields.Char("Fiscal Number")
    status = fields.Selection(const.FISCAL_STATUSES, required=True, default=const.FISCAL_AUTHORIZED)
    pdf = fields.Binary("PDF", attachment=False)
    pdf_name = fields.Char()
    xml = fields.Binary("XML", attachment=False)
    xml_name = fields.Char()
    message = fields.Char(help="What the fiscal authority said, such as the reason of a rejection.")

    def action_attach(self):
        """Attach it to the invoice."""
        self.ensure_one()
        self.move_id.attach_fiscal_document(self.number, self.status, pdf=self.pdf, xml=self.xml, message=self.message)
        return {"type": "ir.actions.act_window_close"}
