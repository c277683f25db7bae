from werkzeug.exceptions import BadRequest, Forbidden

from odoo import http
from odoo.http import request

from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment.controllers.portal import PaymentPortal

from .customer_link import gone, no_traces, speak_to, told_to_browser


class RecurringCardPage(PaymentPortal):
    """The customer saves a card, or chooses one, for a subscription: logged in, or by a signed link."""

    def _subscription_of(self, subscription_id, signature):
        """The subscription in ``sudo()`` and who the card belongs to; nothing for those it does not concern.

        :raises Forbidden: for them.
        """
        # sudo: customers have no access to subscriptions; whose it is, or the signature, is checked right here
        subscription = request.env["recurring.subscription"].sudo().browse(subscription_id).exists()
        if not subscription:
            raise Forbidden
        user = request.env.user
        if not user._is_public() and user.partner_id.commercial_partner_id in subscription._card_families():
            return subscription, user.partner_id
        if subscription._is_card_page_signature(signature):
            return subscription, subscription.partner_invoice_id
        raise Forbidden

    def _page_path(self, subscription, signature=None):
        path = f"/my/subscriptions/{subscription.id}/payment_method"
        return f"{path}?signature={signature}" if signature else path

    @http.route("/my/subscriptions", type="http", auth="user", website=True, sitemap=False)
    def recurring_subscriptions(self, **_kwargs):
        subscriptions = self._subscriptions_of_user()
        values = {"page_name": "recurring_cards", "subscriptions": subscriptions, **told_to_browser(request.env.lang)}
        return request.render("recurring_billing.portal_subscription_cards", values)

    def _subscriptions_of_user(self):
        family = request.env.user.partner_id.commercial_partner_id
        # sudo: customers have no access to subscriptions; these are their own
        subscriptions = request.env["recurring.subscription"].sudo()
        return subscriptions.search(
            [
                ("state", "in", ("waiting", "active", "paused")),
                "|",
                ("partner_id.commercial_partner_id", "=", family.id),
                ("partner_invoice_id.commercial_partner_id", "=", family.id),
            ],
            order="id",
        )

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "recurring_card_count" in counters:
            values["recurring_card_count"] = len(self._subscriptions_of_user())
        return values

    @http.route("/my/subscriptions/<int:subscription_id>", type="http", auth="public", website=True, sitemap=False)
    def recurring_subscription_page(self, subscription_id, **kwargs):
        return self.recurring_card_page(subscription_id, **kwargs)

    @http.route("/my/subscriptions/<int:subscription_id>/payment_method", type="http", auth="public", website=True, sitemap=False)
    def recurring_card_page(self, subscription_id, signature=None, **_kwargs):
        try:
            subscription, partner = self._subscription_of(subscription_id, signature)
        except Forbidden:
            if signature:
                raise gone() from None
            return request.redirect("/my" if not request.env.user._is_public() else f"/web/login?redirect={request.httprequest.path}")
        if request.env.user._is_public():
            env = speak_to(partner).env
            subscription, partner = subscription.with_env(env), partner.with_env(env)
        return no_traces(request.render("recurring_billing.portal_card_page", self._card_page_values(subscription, partner, signature)))

    def _card_page_values(self, subscription, partner, signature):
        company, offered = subscription.company_id, self._offered(subscription, partner)
        usable = offered["tokens_sudo"]
        # sudo: customers may not read saved cards; the page shows the name of the one that pays
        current, refusal = subscription._recurring_payment_token().sudo(), subscription._card_refusal()
        # Whose subscription somebody else pays sees nothing of that card and of the payer's invoices.
        is_anothers = not subscription._is_card_known_to(partner)
        if is_anothers:
            current, refusal = current.browse(), refusal.browse()
        preselected = (usable - current)[:1] if refusal else usable & current
        path = self._page_path(subscription)
        return {
            "page_name": "recurring_card",
            "subscription": subscription,
            "res_company": company,
            "is_charged": subscription._is_charged() and not is_anothers,
            "current": current,
            "problem": current and current._recurring_unusable_for_customer(company),
            "refusal": refusal,
            "open_invoices": self._open_invoices(subscription) if subscription._is_paid_by(partner) else (),
            "mode": "validation",
            "allow_token_selection": True,
            "default_token_id": preselected.id,
            "reference_prefix": payment_utils.singularize_reference_prefix(prefix="V"),
            "partner_id": partner.id,
            **offered,
            "transaction_route": f"{path}/transaction",
            "assign_token_route": f"{path}/choose",
            "landing_route": self._page_path(subscription, signature),
            "access_token": signature or "",
            **told_to_browser(request.env.lang),
        }

    def _offered(self, subscription, partner):
        """The providers, methods and saved cards with which the subscription can be paid by itself."""
        company, currency, report = subscription.company_id, subscription.currency_id, {}
        # sudo: as Odoo's own page of payment methods, for customers who have no access to providers and cards
        env = request.env(su=True)
        providers = env["payment.provider"]._get_compatible_providers(
            company.id, partner.id, 0.0, currency_id=currency.id, force_tokenization=True, is_validation=True, report=report
        )
        methods = env["payment.method"]._get_compatible_payment_methods(
            providers.ids, partner.id, currency_id=currency.id, force_tokenization=True, report=report
        )
        tokens = env["payment.token"]._get_available_tokens(None, partner.id, is_validation=True)
        return {
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": tokens.filtered(lambda token: token.provider_id in providers and not token._recurring_unusable(company)),
            "availability_report": report,
        }

    def _open_invoices(self, subscription):
        # sudo: the invoices of the customer's own subscription
        moves = request.env["account.move"].sudo()
        lines = [("line_ids.recurring_subscription_id", "=", subscription.id), ("partner_id", "=", subscription.partner_invoice_id.id)]
        return moves.search(
            [*lines, ("state", "=", "posted"), ("payment_state", "in", ("not_paid", "partial"))], order="invoice_date_due"
        ).filtered(lambda move: move._recurring_is_payable())

    @http.route("/my/subscriptions/<int:subscription_id>/payment_method/transaction", type="jsonrpc", auth="public")
    def recurring_card_transaction(self, subscription_id, access_token=None, **kwargs):
        """Begin to save a card for the subscription."""
        subscription, partner = self._subscription_of(subscription_id, access_token)
        self._validate_transaction_kwargs(kwargs)
        if kwargs.get("flow") not in ("redirect", "direct"):
            raise BadRequest  # a saved card is chosen, not charged
        kwargs.update(
            amount=None,
            currency_id=None,
            partner_id=partner.id,
            tokenization_requested=True,
            is_validation=True,
            landing_route=self._page_path(subscription, access_token),
            reference_prefix=payment_utils.singularize_reference_prefix(prefix="V"),
        )
        transaction = self._create_transaction(custom_create_values={"recurring_card_subscription_id": subscription.id}, **kwargs)
        return transaction._get_processing_values()

    @http.route("/my/subscriptions/<int:subscription_id>/payment_method/choose", type="jsonrpc", auth="public")
    def recurring_card_choose(self, subscription_id, token_id, access_token=None):
        """A saved card pays the subscription from now on."""
        subscription, partner = self._subscription_of(subscription_id, access_token)
        # sudo: a customer's own cards
        tokens = request.env["payment.token"].sudo()._get_available_tokens(None, partner.id, is_validation=True)
        token = tokens.filtered(lambda token: token.id == int(token_id))
        if not token:
            raise Forbidden
        subscription._choose_card(token)
