from odoo import api, fields, models

from ..const import dunning as const


class RecurringDunningCase(models.Model):
    """Payments the customer says were made."""

    _inherit = "recurring.dunning.case"

    claim_ids = fields.One2many("recurring.payment.claim", "case_id", "Said to Be Paid", readonly=True)
    open_claim_count = fields.Integer(compute="_compute_open_claim_count")

    @api.depends("claim_ids.state")
    def _compute_open_claim_count(self):
        for case in self:
            case.open_claim_count = len(case.claim_ids.filtered(lambda claim: claim.state == const.OPEN))

    def action_open_claims(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_payment_claim")
        claims = self.claim_ids.filtered(lambda claim: claim.state == const.OPEN) or self.claim_ids
        if len(claims) == 1:
            return claims._get_records_action()
        return dict(action, domain=[("case_id", "=", self.id)], context={})

    def action_debts_page(self):
        """The page as the customer sees it."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id).action_recurring_debts_page()
