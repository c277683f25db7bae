from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    """The saved card that pays whatever a customer subscribes to, unless a subscription has one of its own."""

    _inherit = "res.partner"

    recurring_token_id = fields.Many2one(
        "payment.token",
        "Saved Card",
        company_dependent=True,
        copy=False,
        domain="[('partner_id', 'child_of', commercial_partner_id)]",
        groups="recurring_billing.group_user,recurring_billing.group_collections,account.group_account_invoice,recurring_billing.group_auditor",
        help="Pays the customer's subscriptions that are charged by themselves, unless a subscription has a card of its own.",
    )

    @api.constrains("recurring_token_id")
    def _check_recurring_token(self):
        for partner in self.sudo():  # sudo: whose card it is counts, whoever may read cards
            owner = partner.recurring_token_id.partner_id
            if owner and owner.commercial_partner_id != partner.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "This card belongs to %(owner)s. Choose a card of %(partner)s.",
                        owner=owner.display_name,
                        partner=partner.display_name,
                    )
                )

    def _recurring_default_token(self):
        """The card of the partner, else of the company or family it belongs to, in the environment's company."""
        self.ensure_one()
        return self.recurring_token_id or self.commercial_partner_id.recurring_token_id
