from odoo import api, fields, models
from odoo.fields import Domain

from ..const import READERS
from ..const import dunning as const


class ResPartner(models.Model):
    """How likely the customer pays late, in the company one works in."""

    _inherit = "res.partner"

    recurring_risk = fields.Selection(
        const.RISKS, "Risk of Late Payment", compute="_compute_recurring_risk", search="_search_recurring_risk", groups=READERS
    )
    recurring_risk_words = fields.Char("Why This Risk", compute="_compute_recurring_risk", groups=READERS)

    @api.depends_context("company", "lang")
    def _compute_recurring_risk(self):
        # sudo: who may see the field may see the risk, without a right of their own on its record
        risks = self.env["recurring.customer.risk"].sudo()
        mine = risks.search([("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)])
        found = {each.partner_id.id: each for each in mine}
        for partner in self:
            risk = found.get(partner.commercial_partner_id.id, risks)
            partner.recurring_risk = risk.segment
            partner.recurring_risk_words = risk.words

    def _search_recurring_risk(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        # sudo: see ``_compute_recurring_risk``
        risks = self.env["recurring.customer.risk"].sudo()
        wanted = set(value) - {False}
        known = risks.search([("company_id", "=", self.env.company.id), ("segment", "in", list(wanted))]).partner_id.ids
        domain = Domain("commercial_partner_id", "in", known)
        if False in set(value):
            every = risks.search([("company_id", "=", self.env.company.id), ("segment", "!=", False)]).partner_id.ids
            domain |= Domain("commercial_partner_id", "not in", every)
        return domain if operator == "in" else ~domain

    def action_risk_decide(self):
        """Decide the risk of this customer, or give it back to the rule."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_risk_decide")
        return dict(action, context={"default_partner_id": self.commercial_partner_id.id, "default_company_id": self.env.company.id})
