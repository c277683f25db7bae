from odoo import models
from odoo.exceptions import ValidationError


class PaymentTransaction(models.Model):
    """Payments at the simulated gateway, as the addons of real providers make them."""

    _inherit = "payment.transaction"

    def _recurring_test_amount(self):
        return f"{abs(self.amount):.{self.currency_id.decimal_places}f}"

    def _send_payment_request(self):
        if self.provider_code != "recurring_test" or not self._recurring_test_has_gateway():
            return super()._send_payment_request()
        answer = self._send_api_request(
            "POST",
            "/v1/charges",
            json={
                "reference": self.reference,
                "card": self.token_id.provider_ref,
                "amount": self._recurring_test_amount(),
                "currency": self.currency_id.name,
                "capture": not self.provider_id.capture_manually,
            },
            idempotency_key=self.reference,
        )
        return self._process("recurring_test", answer)

    def _send_capture_request(self):
        if self.provider_code != "recurring_test":
            return super()._send_capture_request()
        source = self.source_transaction_id
        answer = self._send_api_request(
            "POST", f"/v1/charges/{source.provider_reference}/capture", json={"amount": self._recurring_test_amount()}
        )
        return self._process("recurring_test", {**answer, "reference": self.reference})

    def _send_void_request(self):
        if self.provider_code != "recurring_test":
            return super()._send_void_request()
        answer = self._send_api_request("POST", f"/v1/charges/{self.source_transaction_id.provider_reference}/void", json={})
        return self._process("recurring_test", {**answer, "reference": self.reference})

    def _send_refund_request(self):
        if self.provider_code != "recurring_test":
            return super()._send_refund_request()
        answer = self._send_api_request(
            "POST",
            "/v1/refunds",
            json={
                "reference": self.reference,
                "charge": self.source_transaction_id.provider_reference,
                "amount": self._recurring_test_amount(),
            },
        )
        return self._process("recurring_test", answer)

    def _extract_amount_data(self, payment_data):
        if self.provider_code != "recurring_test":
            return super()._extract_amount_data(payment_data)
        if payment_data["status"] not in ("succeeded", "authorized"):
            return None
        return {"amount": float(payment_data["amount"]), "currency_code": payment_data["currency"]}

    def _apply_updates(self, payment_data):
        if self.provider_code != "recurring_test":
            return super()._apply_updates(payment_data)
        self.provider_reference = payment_data["id"]
        words = payment_data.get("error", {}).get("message", "")
        match payment_data["status"]:
            case "succeeded":
                self._set_done()
            case "pending" | "processing":
                self._set_pending()
            case "authorized":
                self._set_authorized()
            case "cancelled":
                self._set_canceled(state_message=words)
            case "declined":
                self._set_error(words)
        return None

    def _recurring_test_has_gateway(self):
        # sudo: the address is for administrators; whoever charges needs to know whether there is one
        return bool(self.provider_id.sudo().recurring_test_url)

    def _recurring_can_query(self):
        return self._recurring_test_has_gateway() if self.provider_code == "recurring_test" else super()._recurring_can_query()

    def _recurring_can_repeat(self):
        return self._recurring_test_has_gateway() if self.provider_code == "recurring_test" else super()._recurring_can_repeat()

    def _recurring_query_status(self):
        if self.provider_code != "recurring_test":
            return super()._recurring_query_status()
        try:
            said = self._send_api_request("GET", "/v1/charges", params={"reference": self.reference})
        except ValidationError as error:
            if "There is no payment with this reference" in str(error):
                return False
            raise
        self._process("recurring_test", said)
        return True
