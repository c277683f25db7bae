from odoo import fields, models

GROUPS = "recurring_billing.group_user,recurring_billing.group_collections,account.group_account_invoice,recurring_billing.group_auditor"


class ResPartner(models.Model):
    """How a customer who owes is spoken to."""

    _inherit = "res.partner"

    recurring_dunning_policy_id = fields.Many2one(
        "recurring.dunning.policy", "Collection Policy", company_dependent=True, copy=False, groups=GROUPS
    )
    recurring_dunning_contact_id = fields.Many2one(
        "res.partner", "Reminders Go To", copy=False, groups=GROUPS, help="Empty: the invoice address, else the customer."
    )
