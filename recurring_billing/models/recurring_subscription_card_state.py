from odoo import api, fields, models
from odoo.fields import Domain

from .. import const


class RecurringSubscription(models.Model):
    """Whether the card of a subscription will do for what is charged next: filters and checks ask for it."""

    _inherit = "recurring.subscription"

    card_state = fields.Selection(const.CARD_STATES, "Card", compute="_compute_card_state", search="_search_card_state")

    @api.depends(
        "payment_token_id.active",
        "payment_token_id.recurring_expiry",
        "payment_token_id.recurring_refused",
        "partner_invoice_id.recurring_token_id.active",
        "partner_invoice_id.recurring_token_id.recurring_expiry",
        "partner_invoice_id.commercial_partner_id.recurring_token_id.active",
        "partner_invoice_id.commercial_partner_id.recurring_token_id.recurring_expiry",
        "invoice_mode",
        "plan_id.invoice_mode",
        "mandate_id.state",
        "company_id",
    )
    @api.depends_context("recurring_today")
    def _compute_card_state(self):
        for subscription in self:
            subscription.card_state = self.env["recurring.card.watch"].state_of(subscription)

    @api.model
    def _search_card_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        watch = self.env["recurring.card.watch"]
        known = [state for state, _words in const.CARD_STATES]
        wanted = [state for state in known if state in value]
        found = Domain.OR(watch.subscriptions_domain(company, state) for company in self.env.companies for state in wanted)
        return found | ~watch.charged_domain() if False in value else found
