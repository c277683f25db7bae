from odoo import http
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.http import request

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.payment.controllers.portal import PaymentPortal

from .customer_link import no_traces, speak_to, told_to_browser, who
from .debts_page import ROUTE


class RecurringDebtsPay(PortalAccount):
    """All late invoices of a customer paid at once, by the signed link of the page of debts."""

    @http.route(f"{ROUTE}/pay", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def recurring_debts_pay(self, token, **_kwargs):
        partner, company = who(token)
        path = partner._recurring_debts_path(company)
        customer = speak_to(partner)
        moves, currency, amount = customer.env["recurring.debts.page"].at_once(customer, company)
        if not moves:
            return request.redirect(path)
        values = {
            "page_name": "recurring_debts_pay",
            "company": company,
            "res_company": company,
            "moves": moves,
            "currency": currency,
            "amount": amount,
            "path": path,
            "no_breadcrumbs": True,
            **told_to_browser(customer.env.lang),
            **self._get_common_page_view_values(
                {
                    "partner": partner,
                    "company": company,
                    "total_amount": amount,
                    "currency": currency,
                    "landing_route": path,
                    "transaction_route": f"{path}/transaction",
                }
            ),
        }
        return no_traces(request.render("recurring_billing.portal_debts_pay", values))

    @http.route(f"{ROUTE}/transaction", type="jsonrpc", auth="public")
    def recurring_debts_transaction(self, token, **kwargs):
        """Begin the payment of all that is late: the amount is ours, not the browser's."""
        partner, company = who(token)
        moves, currency, amount = request.env["recurring.debts.page"].at_once(partner, company)
        if not moves or currency.compare_amounts(float(kwargs.get("amount") or 0.0), amount):
            raise ValidationError(request.env._("The amount has changed meanwhile. Load the page again."))
        kwargs.pop("access_token", None)
        PaymentPortal._validate_transaction_kwargs(kwargs, additional_allowed_keys=("payment_reference",))
        user = request.env.user
        kwargs.pop("payment_reference", None)
        kwargs.update(
            amount=amount,
            currency_id=currency.id,
            partner_id=(partner if user._is_public() else user.partner_id).id,
            reference_prefix=None,
        )
        transaction = self._create_transaction(custom_create_values={"invoice_ids": [Command.set(moves.ids)]}, **kwargs)
        return transaction._get_processing_values()
