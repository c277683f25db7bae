from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    recurring_subscription_ids = fields.One2many("recurring.subscription", "partner_id", "Subscriptions")
    recurring_subscription_count = fields.Integer(
        "Number of Subscriptions",
        compute="_compute_recurring_figures",
        groups="recurring_billing.group_user,recurring_billing.group_collections,account.group_account_invoice,recurring_billing.group_auditor",
    )
    recurring_currency_id = fields.Many2one("res.currency", compute="_compute_recurring_currency_id")
    recurring_mrr = fields.Monetary(
        "MRR",
        compute="_compute_recurring_figures",
        currency_field="recurring_currency_id",
        groups="recurring_billing.group_user,recurring_billing.group_collections,account.group_account_invoice,recurring_billing.group_auditor",
    )

    @api.depends_context("company")
    def _compute_recurring_currency_id(self):
        self.recurring_currency_id = self.env.company.currency_id

    @api.depends("recurring_subscription_ids.state", "recurring_subscription_ids.mrr")
    @api.depends_context("allowed_company_ids")
    def _compute_recurring_figures(self):
        """Subscriptions and MRR of the partner, its contacts and its companies, as the smart button opens them."""
        company = self.env.company
        today = company._recurring_today()
        for partner in self:
            groups = self.env["recurring.subscription"]._read_group(
                partner._recurring_subscription_domain(), ["company_id", "state"], ["__count", "mrr:sum"]
            )
            partner.recurring_subscription_count = sum(count for _company, _state, count, _mrr in groups)
            partner.recurring_mrr = sum(
                other.currency_id._convert(mrr, company.currency_id, company, today) for other, _state, _count, mrr in groups
            )

    def _recurring_subscription_domain(self):
        self.ensure_one()
        return [
            "|",
            ("partner_id", "child_of", self.id),
            ("beneficiary_id", "child_of", self.id),
            ("company_id", "in", self.env.companies.ids),
        ]

    def action_open_recurring_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_subscription")
        return dict(action, domain=self._recurring_subscription_domain(), context={"default_partner_id": self.id})
