from odoo import fields, models


class RecurringCloseReason(models.Model):
    """Why a customer leaves."""

    _name = "recurring.close.reason"
    _description = "Close Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
