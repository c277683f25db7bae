import hmac
import json

from odoo import SUPERUSER_ID, http
from odoo.http import request

LARGEST = 200_000
"""Bytes of the longest notification that is read."""
MOST = 500
"""Payments of one notification; the others are read from the bank's list."""


class RecurringPixController(http.Controller):
    """Where banks tell of payments. Nothing told is believed: the bank is asked about each Pix, in the background."""

    # Banks add /pix to the address they were given; some do not.
    @http.route(
        ["/recurring_billing/pix/<string:token>", "/recurring_billing/pix/<string:token>/pix"],
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def told(self, token, **_ignored):
        account = self._account(token)
        if not account:
            return request.make_response("", status=404)
        if not account.env["recurring.identity"].is_confirmed():
            return request.make_response("", status=503)
        content = request.httprequest.get_data(cache=False) if (request.httprequest.content_length or 0) <= LARGEST else b""
        if account.env["recurring.pix.reading"].tell(account, self._names(content)):
            account._trigger()
        return request.make_response("", status=200)

    def _account(self, token):
        # sudo: the secret in the address is what a bank shows; accounts are read by administrators only
        accounts = request.env(user=SUPERUSER_ID)["recurring.pix.account"].with_context(active_test=False)
        accounts = accounts.search([("webhook_token", "!=", False)])
        return accounts.filtered(lambda account: hmac.compare_digest(account.webhook_token.encode(), token.encode()))[:1]

    def _names(self, content):
        """(end-to-end id, txid) of each Pix that is told of, as far as it can be read."""
        try:
            told = json.loads(content or b"{}")
        except (ValueError, RecursionError):
            return []
        pix = told.get("pix") if isinstance(told, dict) else None
        found = [each for each in pix[:MOST] if isinstance(each, dict)] if isinstance(pix, list) else []
        return [(str(each.get("endToEndId") or ""), str(each.get("txid") or "")) for each in found]
