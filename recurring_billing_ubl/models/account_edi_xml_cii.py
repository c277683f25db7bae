from odoo import models


class AccountEdiXmlCii(models.AbstractModel):
    """Factur-X / ZUGFeRD."""

    _inherit = "account.edi.xml.cii"

    def _export_invoice_vals(self, invoice):
        values = super()._export_invoice_vals(invoice)
        for line_vals in values["invoice_line_vals_list"]:
            line = line_vals["line"]
            if line.recurring_start and not line_vals.get("billing_start"):
                line_vals.update(billing_start=line.recurring_start, billing_end=line.recurring_last_day)
        period = invoice._recurring_service_period()
        if period:
            first, last = period
            values["billing_start"] = min(values.get("billing_start") or first, first)
            values["billing_end"] = max(values.get("billing_end") or last, last)
        return values
