from odoo import api, models


class RecurringDunningFacts(models.AbstractModel):
    """Reminders ask for the risk that is kept, whether the customer has a case or not."""

    _inherit = "recurring.dunning.facts"

    @api.model
    def _risks(self, company, partners):
        # sudo: how a customer is spoken to follows from the risk, whoever asks
        risks = self.env["recurring.customer.risk"].sudo().search([("company_id", "=", company.id), ("partner_id", "in", partners.ids)])
        return {**super()._risks(company, partners), **{each.partner_id.id: each.segment for each in risks}}
