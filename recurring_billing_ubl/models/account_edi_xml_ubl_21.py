from odoo import models

DOCUMENTS = ("invoice", "credit_note")


class AccountEdiXmlUbl21(models.AbstractModel):
    """The formats that descend from UBL 2.1 (Peppol BIS Billing 3, XRechnung, NLCIUS…) know a period per line and per invoice."""

    _inherit = "account.edi.xml.ubl_21"

    def _add_invoice_header_nodes(self, document_node, vals):
        res = super()._add_invoice_header_nodes(document_node, vals)
        period = vals["document_type"] in DOCUMENTS and vals["invoice"]._recurring_service_period()
        if period and not document_node.get("cac:InvoicePeriod"):
            document_node["cac:InvoicePeriod"] = self._recurring_period_node(*period)
        return res

    def _add_invoice_line_period_nodes(self, line_node, vals):
        res = super()._add_invoice_line_period_nodes(line_node, vals)
        line = vals["base_line"].get("record")
        told = vals["document_type"] not in DOCUMENTS or line_node.get("cac:InvoicePeriod")
        if not told and line and line._name == "account.move.line" and line.recurring_start:
            line_node["cac:InvoicePeriod"] = self._recurring_period_node(line.recurring_start, line.recurring_last_day)
        return res

    def _recurring_period_node(self, first, last):
        return {"cbc:StartDate": {"_text": first}, "cbc:EndDate": {"_text": last}}
