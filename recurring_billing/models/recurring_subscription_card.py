from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecurringSubscription(models.Model):
    """The card that pays a subscription."""

    _inherit = "recurring.subscription"

    payment_token_id = fields.Many2one(
        "payment.token",
        "Saved Card",
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('partner_id', 'in', card_owner_ids)]",
        help="What pays it when it is charged by itself. Empty: the card of the customer, where there is one.",
    )
    card_owner_ids = fields.Many2many("res.partner", compute="_compute_card_owner_ids")

    @api.depends("partner_id", "partner_invoice_id")
    def _compute_card_owner_ids(self):
        for subscription in self:
            families = subscription._card_families()
            subscription.card_owner_ids = families and self.env["res.partner"].search([("commercial_partner_id", "in", families.ids)])

    def _card_families(self):
        """Whose cards may pay it: its customer's and its payer's."""
        return (self.partner_id | self.partner_invoice_id).commercial_partner_id

    def _owns_card(self, token):
        """Whether a card belongs to the customer or the payer."""
        # sudo: whose card it is counts, whoever may read cards
        return token.sudo().partner_id.commercial_partner_id in self._card_families()

    @api.constrains("payment_token_id")
    def _check_payment_token(self):
        for subscription in self:
            token = subscription.payment_token_id
            if token and not subscription._owns_card(token):
                # sudo: whoever chooses a card may know whose it is
                raise ValidationError(
                    self.env._(
                        "This card belongs to %(owner)s, who neither has %(subscription)s nor pays for it. Choose a card of the customer.",
                        owner=token.sudo().partner_id.display_name,
                        subscription=subscription.display_name,
                    )
                )

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {"partner_id", "partner_invoice_id"} and "payment_token_id" not in vals:
            strangers = self.filtered(lambda each: each.payment_token_id and not each._owns_card(each.payment_token_id))
            strangers.payment_token_id = False
        return res

    def _recurring_payment_token(self):
        """The card that pays the subscription, usable or not: its own, else the payer's."""
        self.ensure_one()
        # sudo: which card pays it follows from the subscription, whoever may read cards
        mine = self.sudo()
        payer = mine.partner_invoice_id.with_company(mine.company_id)
        default = payer._recurring_default_token() if payer else mine.payment_token_id
        return (mine.payment_token_id or default).with_env(self.env)
