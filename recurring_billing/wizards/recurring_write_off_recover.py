from odoo import api, fields, models


class RecurringWriteOffRecover(models.TransientModel):
    """Money came for debts that were written off."""

    _name = "recurring.write.off.recover"
    _description = "Recovered Debt"
    _check_company_auto = True

    write_off_id = fields.Many2one("recurring.write.off", required=True, readonly=True)
    company_id = fields.Many2one(related="write_off_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="write_off_id.currency_id", related_sudo=False)
    partner_id = fields.Many2one(related="write_off_id.partner_id", related_sudo=False, string="Customer")
    left = fields.Monetary(related="write_off_id.left", related_sudo=False, string="Written Off")
    amount = fields.Monetary("Received", compute="_compute_amount", store=True, readonly=False)
    journal_id = fields.Many2one(
        "account.journal", "Into", required=True, check_company=True, domain="[('type', 'in', ('bank', 'cash', 'credit'))]"
    )
    date = fields.Date("On", required=True, default=lambda self: self.env.company._recurring_today())

    @api.depends("write_off_id")
    def _compute_amount(self):
        for wizard in self:
            # Stored fields are computed in sudo: whose dialog it is counts.
            wizard.write_off_id.sudo(False).check_access("read")
            wizard.amount = wizard.write_off_id.left

    def action_save(self):
        self.ensure_one()
        self.env["recurring.write.off.booking"].recover(self.write_off_id, self.amount, self.journal_id, self.date)
        return {"type": "ir.actions.act_window_close"}
