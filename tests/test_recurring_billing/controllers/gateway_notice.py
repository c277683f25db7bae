import hashlib
import hmac

from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.http import request


class GatewayNotice(http.Controller):
    """Where the simulated gateway tells what became of a payment."""

    @http.route("/payment/recurring_test/webhook", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def notice(self, **_values):
        body, said = request.httprequest.get_data(), request.get_json_data()
        # sudo: the gateway is nobody's user; its signature says who it is
        transaction = request.env["payment.transaction"].sudo()._search_by_reference("recurring_test", said)
        if transaction:
            secret = transaction.provider_id.recurring_test_secret or ""
            signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            if not secret or not hmac.compare_digest(signed, request.httprequest.headers.get("X-Signature", "")):
                raise Forbidden()
            transaction._process("recurring_test", said)
        return ""
