from odoo import api, fields, models

from ..const import dunning as const


class RecurringRiskDecide(models.TransientModel):
    """A person knows better than the rule, and says why."""

    _name = "recurring.risk.decide"
    _description = "Decide the Risk of a Customer"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    risk_id = fields.Many2one("recurring.customer.risk", compute="_compute_risk_id")
    found = fields.Selection(related="risk_id.found", related_sudo=False, string="By the Rule")
    words = fields.Char("Why", compute="_compute_risk_id")
    is_decided = fields.Boolean(compute="_compute_risk_id")
    segment = fields.Selection(const.RISKS, "I Decide", required=True, default=const.WATCH)
    reason = fields.Char()

    @api.depends("partner_id", "company_id")
    def _compute_risk_id(self):
        for wizard in self:
            wizard.risk_id = wizard._known()
            wizard.is_decided = bool(wizard.risk_id.override)
            wizard.words = wizard.risk_id.words

    def _known(self):
        self.company_id._recurring_check_works_here()
        # sudo: who may open this may read the risk; deciding is checked where it is done
        risks = self.env["recurring.customer.risk"].sudo()
        domain = [("partner_id", "=", self.partner_id.commercial_partner_id.id), ("company_id", "=", self.company_id.id)]
        return risks.search(domain)

    def action_decide(self):
        self._risk()._decide(self.segment, self.reason)
        return True

    def action_give_back(self):
        """As the rule says again."""
        self._risk()._decide(False, False)
        return True

    def _risk(self):
        self.env["recurring.customer.risk"]._check_may_decide()
        known = self._known()
        if not known:
            # sudo: kept by services; who may decide was checked
            known = self.env["recurring.risk.assessment"].sudo().assess(self.partner_id, self.company_id)
        return known.with_env(self.env)
