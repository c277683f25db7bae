import hashlib
import hmac
import json

from odoo import SUPERUSER_ID, http
from odoo.http import request

LARGEST = 3_000_000
"""Bytes of the longest notification: WhatsApp sends up to 3 MB."""


class RecurringWhatsappController(http.Controller):
    """Where WhatsApp tells of deliveries and replies. What is not signed by it is refused; the rest is kept, and read later."""

    @http.route(
        "/recurring_billing/whatsapp/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
    )
    def told(self, token, **query):
        account = self._account(token)
        if not account:
            return request.make_response("", status=404)
        return self._verify(account, query) if request.httprequest.method == "GET" else self._hear(account)

    def _verify(self, account, query):
        """WhatsApp asks whether the address is ours, when it is registered."""
        given = str(query.get("hub.verify_token") or "")
        if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(given.encode(), account.verify_token.encode()):
            return request.make_response("", status=403)
        return request.make_response(str(query.get("hub.challenge") or "")[:200], headers=[("Content-Type", "text/plain")])

    def _hear(self, account):
        length = request.httprequest.content_length
        if not length or length > LARGEST:
            return request.make_response("", status=413 if length else 400)
        content = request.httprequest.get_data(cache=False)
        if not self._is_signed(account, content):
            return request.make_response("", status=403)
        if not account.env["recurring.identity"].is_confirmed():
            return request.make_response("", status=503)
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):
            return request.make_response("", status=400)
        account.env["recurring.whatsapp.hearing"].keep(account, told)
        return request.make_response("", status=200)

    def _is_signed(self, account, content):
        given = request.httprequest.headers.get("X-Hub-Signature-256") or ""
        wanted = hmac.new((account.app_secret or "").encode(), content, hashlib.sha256).hexdigest()
        return bool(account.app_secret) and hmac.compare_digest(given.encode(), f"sha256={wanted}".encode())

    def _account(self, token):
        # sudo: the secret in the address is what WhatsApp shows; accounts are read by administrators only
        accounts = request.env(user=SUPERUSER_ID)["recurring.whatsapp.account"].with_context(active_test=False)
        accounts = accounts.search([("webhook_token", "!=", False)])
        return accounts.filtered(lambda account: hmac.compare_digest(account.webhook_token.encode(), token.encode()))[:1]
