from odoo import models

from odoo.addons.recurring_billing.rules import creditor_reference

REFERENCE_FIELD = 9  # the place of the additional data in the native list


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    def _get_qr_code_vals_list(self, *args, **kwargs):
        """A Pix code of ours always carries its transaction id, so that the payment is known again; natively that is a choice of the
        account ("Include Reference"), which leaves ``***`` otherwise.
        """
        values = super()._get_qr_code_vals_list(*args, **kwargs)
        reference = self.env.context.get("recurring_payment_reference")
        if reference and self.country_code == "BR":
            values[REFERENCE_FIELD] = (values[REFERENCE_FIELD][0], self._get_additional_data_field(reference[: creditor_reference.LONGEST]))
        return values
