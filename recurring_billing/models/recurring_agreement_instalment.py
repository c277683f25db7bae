from odoo import fields, models


class RecurringAgreementInstalment(models.Model):
    """One part of a renegotiated debt."""

    _name = "recurring.agreement.instalment"
    _description = "Instalment of an Agreement"
    _order = "agreement_id, date, id"
    _rec_name = "date"

    agreement_id = fields.Many2one("recurring.agreement", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    date = fields.Date("Due", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
