from odoo import api, fields, models
from odoo.exceptions import UserError


class RecurringChargeCard(models.TransientModel):
    """Another card for a subscription, and a charge at once if wished."""

    _name = "recurring.charge.card"
    _description = "Use Another Card"

    subscription_id = fields.Many2one("recurring.subscription", required=True)
    move_id = fields.Many2one("account.move", "Invoice")
    token_id = fields.Many2one("payment.token", "Card", domain="[('id', 'in', card_ids)]")
    card_ids = fields.Many2many("payment.token", string="Usable Cards", compute="_compute_card_ids")
    charge_now = fields.Boolean("Charge it now", default=True)
    link = fields.Char("Page for the Customer", compute="_compute_card_ids")

    @api.depends("subscription_id")
    def _compute_card_ids(self):
        for wizard in self:
            subscription = wizard.subscription_id
            subscription._origin.check_access("read")  # a request may name any, and the link lets its holder change the card
            # sudo: which saved cards of the customer can be charged; only their names are shown
            cards = self.env["payment.token"].sudo().search([("partner_id", "in", subscription.card_owner_ids.ids)])
            wizard.card_ids = cards.filtered(
                lambda card, company=subscription.company_id: (
                    card.provider_id.company_id == company and not card._recurring_unusable(company)
                )
            )
            wizard.link = subscription._card_page_link() if subscription else False

    def action_use(self):
        """The card pays the subscription from now on; the open invoice is charged now, or with the next run."""
        self.ensure_one()
        if not self.token_id:
            raise UserError(self.env._("Choose a card. Where there is none, send the customer the page on which to save one."))
        self.env["recurring.payment.collection"].check_may_charge()
        if self.token_id not in self.card_ids:
            raise UserError(self.env._("This card cannot be charged for this subscription. Choose one of the list."))
        self.subscription_id.check_access("read")
        # sudo: who may charge may choose among the cards of the customer, though collections may not edit subscriptions
        self.subscription_id.sudo()._choose_card(self.token_id)
        if self.charge_now and self.move_id:
            return self.move_id.action_recurring_charge_now()
        return {"type": "ir.actions.act_window_close"}

    def action_open_page(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.link, "target": "new"}
