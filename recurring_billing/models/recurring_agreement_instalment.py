from odoo import api, fields, models

from ..const import dunning as const


class RecurringAgreementInstalment(models.Model):
    """One part of a renegotiated debt. It is paid when its receivable items are."""

    _name = "recurring.agreement.instalment"
    _description = "Instalment of an Agreement"
    _inherit = ["recurring.service.written"]
    _order = "agreement_id, date, id"
    _rec_name = "date"

    agreement_id = fields.Many2one("recurring.agreement", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    number = fields.Integer("No.", readonly=True)
    date = fields.Date("Due Date", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    part_ids = fields.One2many("recurring.agreement.part", "instalment_id", "Parts", readonly=True)
    is_paid = fields.Boolean("Paid", compute="_compute_left", compute_sudo=True)
    left = fields.Monetary("Still to Pay", compute="_compute_left", compute_sudo=True)
    standing = fields.Selection(const.INSTALMENT_STANDINGS, "Status", compute="_compute_left", compute_sudo=True)

    @api.depends("part_ids.line_id.amount_residual_currency", "part_ids.line_id.reconciled", "date", "agreement_id.state")
    @api.depends_context("recurring_today")
    def _compute_left(self):
        dues = self.env["recurring.amount.due"].of_lines(self.part_ids.line_id)
        for instalment in self:
            lines = instalment.part_ids.line_id
            items = [dues[line] for line in lines if line in dues]
            today = (instalment.company_id or self.env.company)._recurring_today()
            instalment.is_paid = bool(lines) and all(lines.mapped("reconciled"))
            instalment.left = float(sum(item.to_pay for item in items))
            if instalment.is_paid:
                instalment.standing = const.INSTALMENT_PAID
            elif instalment.agreement_id.state != const.RUNNING:
                instalment.standing = False
            else:
                instalment.standing = const.INSTALMENT_LATE if instalment.date < today else const.INSTALMENT_COMING
