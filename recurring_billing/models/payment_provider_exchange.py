from odoo import models

from ..services.provider_exchange import Exchange


class PaymentProvider(models.Model):
    """Requests to a provider are watched: Odoo tells a time-out, a dropped connection and a server's error like a decline."""

    _inherit = "payment.provider"

    def _send_api_request(self, method, endpoint, **kwargs):
        exchange = Exchange.of(self.env)
        if exchange is None:
            return super()._send_api_request(method, endpoint, **kwargs)
        with exchange.request(method):
            return super()._send_api_request(method, endpoint, **kwargs)

    def _log_response(self, response, **kwargs):
        exchange = Exchange.of(self.env)
        if exchange is not None:
            exchange.answered(response)
        return super()._log_response(response, **kwargs)
