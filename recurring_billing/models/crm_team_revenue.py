from odoo import api, fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    recurring_currency_id = fields.Many2one("res.currency", compute="_compute_recurring_mrr")
    recurring_mrr = fields.Monetary(
        "MRR",
        compute="_compute_recurring_mrr",
        currency_field="recurring_currency_id",
        groups="recurring_billing.group_user,recurring_billing.group_collections,account.group_account_invoice,recurring_billing.group_auditor",
        help="Monthly recurring revenue of the team's subscriptions today.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_recurring_mrr(self):
        """Of the team's company; of a team of all companies, what there is in the user's current one."""
        totals = {
            (team, company): mrr
            for team, company, mrr in self.env["recurring.subscription"]._read_group(
                [("team_id", "in", self.ids), ("company_id", "in", self.env.companies.ids)], ["team_id", "company_id"], ["mrr:sum"]
            )
        }
        for team in self:
            company = team.company_id or self.env.company
            team.recurring_currency_id = company.currency_id
            team.recurring_mrr = totals.get((team, company), 0.0)

    def action_open_recurring_subscriptions(self):
        """The subscriptions behind the team's MRR."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_subscription")
        company = self.company_id or self.env.company
        domain = [("team_id", "=", self.id), ("company_id", "=", company.id), ("mrr", "!=", 0)]
        return dict(action, domain=domain, context={"default_team_id": self.id})
