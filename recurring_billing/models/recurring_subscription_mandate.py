from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecurringSubscription(models.Model):
    """A subscription can be paid by debit from a bank account, which its payer agreed to once."""

    _inherit = "recurring.subscription"

    mandate_id = fields.Many2one(
        "recurring.mandate",
        copy=False,
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('state', 'not in', ('cancelled', 'expired'))]",
        tracking=True,
        help="Its invoices are debited from the payer's bank account. Empty: by card, or the customer pays.",
    )

    has_mandates = fields.Boolean(compute="_compute_has_mandates")

    @api.depends("company_id", "mandate_id")
    def _compute_has_mandates(self):
        for company, mine in self.grouped("company_id").items():
            used = bool(self.env["recurring.mandate"].search_count([("company_id", "=", company.id)], limit=1))
            for subscription in mine:
                subscription.has_mandates = used or subscription.mandate_id

    @api.constrains("mandate_id", "partner_id", "partner_invoice_id")
    def _check_mandate(self):
        for subscription in self.filtered("mandate_id"):
            mandate = subscription.mandate_id
            payer = subscription.partner_invoice_id or subscription.partner_id
            if mandate.partner_id.commercial_partner_id != payer.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(mandate)s was given by %(giver)s, and the invoices are for %(payer)s. Choose a mandate of the payer.",
                        mandate=mandate.name,
                        giver=mandate.partner_id.display_name,
                        payer=payer.display_name,
                    )
                )
