import hmac

from odoo import models, tools

SCOPE = "recurring-statement"


class ResPartner(models.Model):
    """The customer's statement: print it, send it, look at it by a link."""

    _inherit = "res.partner"

    def action_recurring_statement(self):
        """Print what these customers owe."""
        # sudo: printing needs the report's own record; what it shows is checked when it is read
        report = self.env.ref("recurring_billing.action_report_recurring_statement").sudo()
        return report.report_action(self.commercial_partner_id)

    def _recurring_statement_path(self, company):
        """The page of the statement, which needs no login: the signature says whose it is."""
        self.ensure_one()
        payer = self.commercial_partner_id
        return f"/recurring/statement/{payer.id}/{company.id}/{payer._recurring_statement_signature(company)}"

    def _recurring_statement_link(self, company):
        return f"{self.get_base_url()}{self._recurring_statement_path(company)}"

    def _recurring_statement_signature(self, company):
        # sudo: the database's secret signs; it is not shown
        return tools.hmac(self.env(su=True), SCOPE, (self.commercial_partner_id.id, company.id))

    def _is_recurring_statement_signature(self, company, signature):
        return hmac.compare_digest(self._recurring_statement_signature(company), signature or "")
