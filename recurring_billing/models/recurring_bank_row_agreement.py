from odoo import api, fields, models


class RecurringBankRow(models.Model):
    """A bank movement that pays instalments of an agreement costs what they do."""

    _inherit = "recurring.bank.row"

    agreement_id = fields.Many2one("recurring.agreement", readonly=True, index="btree_not_null", ondelete="set null")

    @api.depends("agreement_id")
    def _compute_to_pay(self):
        res = super()._compute_to_pay()
        # sudo: who works on bank files may read what a movement is for
        for row in self.filtered(lambda row: row.agreement_id and not row.move_ids - row.agreement_id.sudo().part_ids.line_id.move_id):
            agreement = row.agreement_id.sudo()
            lines, _agrees = self.env["recurring.bank.matching"].sudo().instalments_for(agreement, row.amount, row.date)
            row.to_pay = sum(float(item.to_pay) for item in self.env["recurring.amount.due"].of_lines(lines, row.date).values())
            row.difference = row.currency_id.round(row.amount - row.to_pay)
        return res
