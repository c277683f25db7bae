from odoo import api, fields, models


class RecurringDunningCase(models.Model):
    """The risk of the customer on the case, with its reasons."""

    _inherit = "recurring.dunning.case"

    risk_id = fields.Many2one("recurring.customer.risk", "Known Risk", compute="_compute_risk_id")
    risk_words = fields.Char("Why This Risk", compute="_compute_risk_id")

    @api.depends("partner_id", "company_id", "risk")
    @api.depends_context("lang")
    def _compute_risk_id(self):
        # sudo: who may read a case may read how risky it is, and why
        risks = self.env["recurring.customer.risk"].sudo()
        found = {
            (each.partner_id, each.company_id): each
            for each in risks.search([("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)])
        }
        for case in self:
            risk = found.get((case.partner_id, case.company_id), risks)
            case.risk_id = risk.id
            case.risk_words = risk.words

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        # sudo: what is known of a customer is copied to the new case
        domain = [("partner_id", "in", cases.partner_id.ids), ("company_id", "in", cases.company_id.ids)]
        self.env["recurring.risk.assessment"].sudo().tell_cases(self.env["recurring.customer.risk"].sudo().search(domain))
        return cases

    def action_risk_decide(self):
        """Decide the risk of this customer."""
        return self.partner_id.with_company(self.company_id).action_risk_decide()
