from odoo import api, fields, models


class RecurringCaseContact(models.AbstractModel):
    """What dialogs that speak to the customer of a case have in common: the case, and which of the customer's people is meant."""

    _name = "recurring.case.contact"
    _description = "Contact"

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True, readonly=False, domain="[('id', 'in', contact_ids)]"
    )
    contact_ids = fields.Many2many("res.partner", compute="_compute_contact_ids")

    @api.constrains("case_id")
    def _check_case(self):
        for wizard in self:
            wizard._require_case()

    def _require_case(self):
        """Stored fields are computed in ``sudo()``, and whoever calls from outside may name any case: it must be one the user may see."""
        # sudo(False): back to who asks
        self.case_id._origin.sudo(False).check_access("read")

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
