from odoo import api, fields, models

from ..const import dunning as const
from .res_partner_dunning import GROUPS


class ResPartner(models.Model):
    """The collection case on the customer's form."""

    _inherit = "res.partner"

    recurring_case_id = fields.Many2one("recurring.dunning.case", "Collection Case", compute="_compute_recurring_case", groups=GROUPS)
    recurring_case_due = fields.Monetary(
        "Overdue", compute="_compute_recurring_case", currency_field="recurring_currency_id", groups=GROUPS
    )

    @api.depends_context("allowed_company_ids", "uid")
    @api.depends("commercial_partner_id")
    def _compute_recurring_case(self):
        domain = [
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "=", self.env.company.id),
            ("state", "=", const.CASE_OPEN),
        ]
        found = {case.partner_id: case for case in self.env["recurring.dunning.case"].search(domain)}
        for partner in self:
            case = found.get(partner.commercial_partner_id, self.env["recurring.dunning.case"])
            partner.recurring_case_id = case
            partner.recurring_case_due = case.amount_due

    def action_open_recurring_case(self):
        """The open case of the customer."""
        self.ensure_one()
        return self.recurring_case_id.action_open_case()
