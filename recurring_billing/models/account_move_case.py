from odoo import api, fields, models

from ..const import dunning as const
from .res_partner_dunning import GROUPS


class AccountMove(models.Model):
    """The collection case on the invoice, while the invoice is open and its customer has one."""

    _inherit = "account.move"

    recurring_case_id = fields.Many2one("recurring.dunning.case", "Collection Case", compute="_compute_recurring_case_id", groups=GROUPS)

    @api.depends_context("uid")
    @api.depends("commercial_partner_id", "company_id", "payment_state", "state", "move_type")
    def _compute_recurring_case_id(self):
        owed = self.filtered(lambda move: move.state == "posted" and move.move_type == "out_invoice" and move.amount_residual > 0)
        domain = [
            ("partner_id", "in", owed.commercial_partner_id.ids),
            ("company_id", "in", owed.company_id.ids),
            ("state", "=", const.CASE_OPEN),
        ]
        cases = self.env["recurring.dunning.case"].search(domain) if owed else self.env["recurring.dunning.case"]
        found = {(case.company_id, case.partner_id): case for case in cases}
        for move in self:
            key = (move.company_id, move.commercial_partner_id)
            move.recurring_case_id = found.get(key, False) if move in owed else False

    def action_open_recurring_case(self):
        """The case of the invoice's customer."""
        self.ensure_one()
        return self.recurring_case_id.action_open_case()
