from odoo import api, fields, models

from .. import const

WHAT_RANKS = {"state", "start_date", "end_date", "plan_id", "partner_id", "partner_invoice_id", "line_ids"}


class RecurringSubscription(models.Model):
    """Family discount: ranks follow whoever joins, leaves or pays."""

    _inherit = "recurring.subscription"

    family_label = fields.Char("Family Discount", compute="_compute_family_label")

    def _compute_family_label(self):
        for subscription in self:
            subscription.family_label = self.env["recurring.family.ranking"].in_words(subscription)

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions.filtered(lambda each: each.state in const.BILLED_STATES)._refresh_family_discounts()
        return subscriptions

    def write(self, vals):
        if not vals.keys() & WHAT_RANKS:
            return super().write(vals)
        before = {subscription: subscription.partner_invoice_id for subscription in self if subscription.plan_id.family_discount_id}
        schemes = self.plan_id.family_discount_id
        res = super().write(vals)
        self._refresh_family_discounts(schemes)
        for subscription, payer in before.items():
            if subscription.partner_invoice_id != payer:
                # Those who stay with the payer of before move up.
                left = self.search([("partner_invoice_id.commercial_partner_id", "=", payer.commercial_partner_id.id)])
                left._refresh_family_discounts()
        return res

    def _refresh_family_discounts(self, schemes=None):
        ranked = self.filtered(lambda each: each.state in const.BILLED_STATES and (each.plan_id.family_discount_id or schemes))
        if ranked:
            self.env["recurring.family.ranking"].refresh(ranked, schemes)


class RecurringSubscriptionLine(models.Model):
    _inherit = "recurring.subscription.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        running = lines.subscription_id.filtered(lambda each: each.state in (const.ACTIVE, const.PAUSED))
        running._refresh_family_discounts()
        return lines

    @api.model
    def _refresh_current(self):
        self.env["recurring.family.ranking"].refresh_all()
        return super()._refresh_current()
