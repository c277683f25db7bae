from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.payment.controllers.portal import PaymentPortal

from .customer_link import gone, no_traces, speak_to, told_to_browser


class RecurringAgreementPage(PortalAccount):
    """The customer sees an agreement, and pays the next instalment: logged in, or by the link that was sent."""

    def _agreement_of(self, agreement_id, access_token):
        """The agreement in ``sudo()``.

        :raises Forbidden: for who is not its customer and has not its link.
        """
        # sudo: customers have no access to agreements; whose it is, or its link, is checked right here
        agreement = request.env["recurring.agreement"].sudo().browse(agreement_id).exists()
        if not agreement:
            raise Forbidden
        user = request.env.user
        if not user._is_public() and user.partner_id.commercial_partner_id == agreement.partner_id:
            return agreement
        if access_token and agreement.access_token and consteq(agreement.access_token, access_token):
            return agreement
        raise Forbidden

    @http.route("/my/agreements/<int:agreement_id>", type="http", auth="public", website=True, sitemap=False)
    def recurring_agreement_page(self, agreement_id, access_token=None, report_type=None, download=False, **_kwargs):
        try:
            agreement = self._agreement_of(agreement_id, access_token)
        except Forbidden:
            if access_token:
                raise gone() from None
            return request.redirect("/my" if not request.env.user._is_public() else f"/web/login?redirect={request.httprequest.path}")
        if report_type == "pdf":
            report = "recurring_billing.action_report_recurring_agreement"
            return self._show_report(model=agreement, report_type="pdf", report_ref=report, download=download)
        if request.env.user._is_public():
            agreement = agreement.with_env(speak_to(agreement.partner_id).env)
        return no_traces(request.render("recurring_billing.portal_agreement_page", self._agreement_page_values(agreement, access_token)))

    def _agreement_page_values(self, agreement, access_token):
        due = agreement._due_instalments()
        amount = agreement._amount_due_now()
        under_way = agreement._recurring_under_way()
        values = {
            "page_name": "recurring_agreement",
            "agreement": agreement,
            "words": agreement._words(),
            "res_company": agreement.company_id,
            "due": due,
            "amount": amount,
            "under_way": under_way,
            "code": {} if under_way else agreement._payment_code(),
            "access_token": access_token,
            "landing": agreement.get_portal_url(),
            **told_to_browser(request.env.lang),
        }
        if amount and not under_way and agreement.state == "running":
            values |= self._get_common_page_view_values(
                {
                    "partner": agreement.partner_id,
                    "company": agreement.company_id,
                    "total_amount": amount,
                    "currency": agreement.currency_id,
                    "landing_route": agreement.get_portal_url(),
                    "transaction_route": f"/my/agreements/{agreement.id}/transaction",
                    "payment_reference": agreement.name,
                },
                access_token=agreement._portal_ensure_token(),
            )
        return values

    @http.route("/my/agreements/<int:agreement_id>/transaction", type="jsonrpc", auth="public")
    def recurring_agreement_transaction(self, agreement_id, access_token=None, **kwargs):
        """Begin the payment of what is due now: the amount is ours, not the browser's."""
        try:
            agreement = self._agreement_of(agreement_id, access_token)
        except Forbidden as error:
            raise ValidationError(request.env._("The link of the agreement is not valid any more. Ask for a new one.")) from error
        amount = agreement._amount_due_now()
        if agreement.state != "running" or not amount:
            raise ValidationError(request.env._("Nothing is due of this agreement. Load the page again."))
        if agreement._recurring_under_way():
            raise ValidationError(
                request.env._("A payment of this agreement is under way already. Wait a moment, then load the page again.")
            )
        if agreement.currency_id.compare_amounts(float(kwargs.get("amount") or 0.0), amount):
            raise ValidationError(request.env._("The amount has changed meanwhile. Load the page again."))
        PaymentPortal._validate_transaction_kwargs(kwargs, additional_allowed_keys=("payment_reference",))
        logged_in = not request.env.user._is_public()
        partner = request.env.user.partner_id if logged_in else agreement.partner_id
        kwargs.update(
            amount=amount,
            currency_id=agreement.currency_id.id,
            partner_id=partner.id,
            reference_prefix=kwargs.pop("payment_reference", None),
        )
        transaction = self._create_transaction(
            custom_create_values={
                "recurring_agreement_id": agreement.id,
                "invoice_ids": [Command.set(agreement._invoices_to_pay().ids)],
            },
            **kwargs,
        )
        return transaction._get_processing_values()
