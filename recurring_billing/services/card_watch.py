from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from .. import const

FIRST_NOTICE_DAYS, LAST_NOTICE_DAYS = 30, 7
BATCH = 100


class RecurringCardWatch(models.AbstractModel):
    """Which saved cards will do, and telling customers in time when theirs will not."""

    _name = "recurring.card.watch"
    _description = "Watch over Saved Cards"

    # What a card is like

    @api.private
    @api.model
    def charged_domain(self):
        """Subscriptions whose invoices are charged by themselves, by card."""
        modes = list(const.CHARGING_MODES)
        charged = Domain("invoice_mode", "in", modes) | Domain("invoice_mode", "=", False) & Domain("plan_id.invoice_mode", "in", modes)
        return charged & ~Domain("mandate_id.state", "in", const.MANDATES_IN_FORCE)

    @api.private
    @api.model
    def subscriptions_domain(self, company, state):
        """The subscriptions of a company whose card is in a state of ``const.CARD_STATES``.

        :return: Domain on subscriptions
        """
        mine = Domain("company_id", "=", company.id) & self.charged_domain()
        if state == const.CARD_MISSING:
            return mine & Domain("payment_token_id", "=", False) & ~self._pays_by_default(company, None)
        tokens = self._tokens(company, self._token_domain(company, state))
        own = Domain("payment_token_id", "in", tokens.ids)
        return mine & (own | Domain("payment_token_id", "=", False) & self._pays_by_default(company, tokens))

    def _tokens(self, company, domain):
        # sudo: which cards will do follows from the subscriptions, whoever may read cards
        tokens = self.env["payment.token"].sudo().with_context(active_test=False)
        return tokens.search(domain & Domain("company_id", "parent_of", company.id))

    def _pays_by_default(self, company, tokens):
        """Subscriptions whose payer, or the payer's company, has one of these cards by default; of all cards without them."""
        # sudo: as ``_tokens``
        partners = self.env["res.partner"].sudo().with_company(company).with_context(active_test=False)
        wanted = Domain("recurring_token_id", "!=", False) if tokens is None else Domain("recurring_token_id", "in", tokens.ids)
        having = partners.search(wanted)
        others = (
            Domain("partner_invoice_id", "not in", partners.search([("recurring_token_id", "!=", False)]).ids) if tokens else Domain.TRUE
        )
        through_company = Domain("partner_invoice_id.commercial_partner_id", "in", having.ids) & others
        return Domain("partner_invoice_id", "in", having.ids) | through_company

    def _token_domain(self, company, state):
        today = company._recurring_today()
        unusable = Domain.OR(
            [
                Domain("active", "=", False),
                Domain("recurring_expiry", "<", today),
                Domain("recurring_refused", "!=", False),
                Domain("provider_id.state", "=", "disabled"),
                Domain("payment_method_id.active", "=", False),
            ]
        )
        soon = Domain("recurring_expiry", "<=", today + timedelta(days=FIRST_NOTICE_DAYS))
        return {
            const.CARD_UNUSABLE: unusable,
            const.CARD_EXPIRING: ~unusable & soon,
            const.CARD_UNDATED: ~unusable & Domain("recurring_expiry", "=", False),
            const.CARD_FINE: ~unusable & Domain("recurring_expiry", "!=", False) & ~soon,
        }[state]

    @api.private
    @api.model
    def state_of(self, subscription):
        """The state of the card of one subscription; False where it is not charged by itself."""
        if not subscription._is_charged() or subscription.mandate_id.state in const.MANDATES_IN_FORCE:
            return False
        # sudo: as ``_tokens``
        token, company = subscription._recurring_payment_token().sudo(), subscription.company_id
        if not token:
            return const.CARD_MISSING
        if token._recurring_unusable(company):
            return const.CARD_UNUSABLE
        if not token.recurring_expiry:
            return const.CARD_UNDATED
        soon = company._recurring_today() + timedelta(days=FIRST_NOTICE_DAYS)
        return const.CARD_EXPIRING if token.recurring_expiry <= soon else const.CARD_FINE

    # Telling customers

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: ask providers for what is not known, then tell customers, company by company."""
        # sudo: the scheduled action works for every company
        for company in self.sudo().env["res.company"].search([("recurring_card_notices", "=", True)]):
            service = self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
            if not service.env["recurring.identity"].is_confirmed():
                return
            service._read_expiries(company)
            service.tell(company)

    def _read_expiries(self, company):
        """Where a provider tells the expiry of a card when it is asked."""
        subscriptions = self.env["recurring.subscription"].search(
            self._served_domain() & self.subscriptions_domain(company, const.CARD_UNDATED)
        )
        for tokens in self._batches({each._recurring_payment_token() for each in subscriptions}):
            for token in tokens:
                token.recurring_expiry = token._recurring_read_expiry() or token.recurring_expiry
            self._commit(len(tokens))

    @api.private
    @api.model
    def tell(self, company):
        """Tell customers whose card will not do, or soon not, once each.

        :return: the notices
        """
        notices = self.env["recurring.card.notice"]
        told = notices
        for values in self._batches(self._prepare_notices(company)):
            new = notices.create(values)
            new._send()
            told |= new
            self._commit(len(new))
        return told

    def _served_domain(self):
        return Domain("state", "in", (const.WAITING, const.ACTIVE, const.PAUSED))

    def _prepare_notices(self, company):
        """The values of the notices that are due and were not sent: one per payer and card, for all its subscriptions."""
        wanted = Domain.OR(self.subscriptions_domain(company, state) for state in (const.CARD_UNUSABLE, const.CARD_EXPIRING))
        subscriptions = self.env["recurring.subscription"].search(self._served_domain() & wanted, order="id")
        groups = {}
        for subscription in subscriptions:
            # sudo: which card pays counts, whoever may read saved cards
            payer, token = subscription.partner_invoice_id, subscription._recurring_payment_token().sudo()
            kind = self._kind(token, company)
            if kind and payer.email:
                groups.setdefault((payer, token, kind), []).append(subscription.id)
        known = self.env["recurring.card.notice"].search([("company_id", "=", company.id)])._keys()
        return [
            {
                "company_id": company.id,
                "partner_id": payer.id,
                "token_id": token.id,
                "kind": kind,
                "expiry": token.recurring_expiry,
                "subscription_ids": [(6, 0, ids)],
                "date": company._recurring_today(),
            }
            for (payer, token, kind), ids in groups.items()
            if (payer.id, token.id, kind, token.recurring_expiry) not in known
        ]

    def _kind(self, token, company):
        """What there is to tell of a card; nothing where the company itself switched its provider."""
        if token.provider_id.state == "disabled" or token.recurring_switched_off or not token.payment_method_id.active:
            return False
        if token._recurring_unusable(company):
            return const.NOTICE_CARD_UNUSABLE
        left = (token.recurring_expiry - company._recurring_today()).days
        return const.NOTICE_CARD_LAST if left <= LAST_NOTICE_DAYS else const.NOTICE_CARD_FIRST

    def _batches(self, items):
        items = list(items)
        return [items[n : n + BATCH] for n in range(0, len(items), BATCH)]

    def _commit(self, processed):
        """What was told stays told, whatever happens to the rest; nothing is committed outside the scheduled action."""
        if self.env.context.get("cron_id"):
            self.env["ir.cron"]._commit_progress(processed)
