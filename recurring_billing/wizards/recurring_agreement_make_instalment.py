from odoo import fields, models


class RecurringAgreementMakeInstalment(models.TransientModel):
    """An instalment that is being agreed."""

    _name = "recurring.agreement.make.instalment"
    _description = "Instalment Being Agreed"
    _order = "number, id"

    wizard_id = fields.Many2one("recurring.agreement.make", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.line_currency_id")
    number = fields.Integer("No.", readonly=True)
    date = fields.Date("Due Date", required=True)
    amount = fields.Monetary(required=True)
