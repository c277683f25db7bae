from urllib.parse import urljoin

from odoo import api, fields, models


class PaymentProvider(models.Model):
    """A provider for tests, at the simulated gateway of ``tests/faults``; without an address, a test brings transactions to their state."""

    _inherit = "payment.provider"

    code = fields.Selection(selection_add=[("recurring_test", "Recurring Test")], ondelete={"recurring_test": "set default"})
    recurring_test_url = fields.Char("Gateway's Address", groups="base.group_system")
    recurring_test_key = fields.Char("Gateway's Key", groups="base.group_system")
    recurring_test_secret = fields.Char("Secret of the Gateway's Notices", groups="base.group_system")

    def _compute_feature_support_fields(self):
        res = super()._compute_feature_support_fields()
        self.filtered(lambda provider: provider.code == "recurring_test").update(
            {"support_tokenization": True, "support_manual_capture": "full_only", "support_refund": "partial"}
        )
        return res

    def _build_request_url(self, endpoint, **kwargs):
        if self.code != "recurring_test":
            return super()._build_request_url(endpoint, **kwargs)
        return urljoin(self.recurring_test_url, endpoint)

    def _build_request_headers(self, method, endpoint, payload, *, idempotency_key=None, **kwargs):
        if self.code != "recurring_test":
            return super()._build_request_headers(method, endpoint, payload, idempotency_key=idempotency_key, **kwargs)
        headers = {"Authorization": f"Bearer {self.recurring_test_key}"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        return headers

    def _parse_response_error(self, response):
        if self.code != "recurring_test":
            return super()._parse_response_error(response)
        return response.json()["error"]["message"]


class AccountPaymentMethod(models.Model):
    _inherit = "account.payment.method"

    @api.model
    def _get_payment_method_information(self):
        return {**super()._get_payment_method_information(), "recurring_test": {"mode": "electronic", "type": ("bank",)}}
