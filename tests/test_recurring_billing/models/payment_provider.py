from odoo import api, fields, models


class PaymentProvider(models.Model):
    """A provider whose transactions a test brings to the state it wants."""

    _inherit = "payment.provider"

    code = fields.Selection(selection_add=[("recurring_test", "Recurring Test")], ondelete={"recurring_test": "set default"})


class AccountPaymentMethod(models.Model):
    _inherit = "account.payment.method"

    @api.model
    def _get_payment_method_information(self):
        return {**super()._get_payment_method_information(), "recurring_test": {"mode": "electronic", "type": ("bank",)}}
