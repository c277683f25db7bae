from odoo import fields, models


class ResCompany(models.Model):
    """A clock for stories told at the screen: the system parameter ``test_recurring_billing.today``, where it is set."""

    _inherit = "res.company"

    def _recurring_today(self):
        # sudo: everybody lives on the same day
        told = self.env["ir.config_parameter"].sudo().get_param("test_recurring_billing.today")
        if told and "recurring_today" not in self.env.context:
            return fields.Date.to_date(told)
        return super()._recurring_today()
