from odoo import fields, models


class RecurringServiceTrust(models.Model):
    """A customer's service ran for some days although the debt stood. It counts: so many times a year. Written by services only."""

    _name = "recurring.service.trust"
    _inherit = ["recurring.service.written"]
    _description = "Service on Trust"
    _order = "day desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade")
    day = fields.Date("Given On", required=True, readonly=True)
    until = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    note = fields.Char(readonly=True)
    block_ids = fields.Many2many("recurring.service.block", string="Withheld Services", readonly=True)
