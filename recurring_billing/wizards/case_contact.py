from odoo import api, fields, models

from . import case_dialog  # noqa: F401  what is inherited here is loaded first


class RecurringCaseContact(models.AbstractModel):
    """What dialogs that speak to the customer of a case have in common: which of the customer's people is meant."""

    _name = "recurring.case.contact"
    _inherit = ["recurring.case.dialog"]
    _description = "Contact"

    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True, readonly=False, domain="[('id', 'in', contact_ids)]"
    )
    contact_ids = fields.Many2many("res.partner", compute="_compute_contact_ids")

    @api.depends("case_id")
    def _compute_partner_id(self):
        for wizard in self:
            wizard._require_case()
            wizard.partner_id = wizard.case_id._contact() if wizard.case_id else False

    @api.depends("case_id")
    def _compute_contact_ids(self):
        for wizard in self:
            customer = wizard.case_id.partner_id
            wizard.contact_ids = customer | customer.child_ids if customer else False
