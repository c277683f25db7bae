from odoo import models


class ResPartner(models.Model):
    """Who comes to belong to a company, or leaves one, takes the collection case along."""

    _inherit = "res.partner"

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & {"parent_id", "is_company"}:
            self.env["recurring.case.joining"].follow(self)
        return res
