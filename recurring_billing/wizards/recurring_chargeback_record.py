from odoo import api, fields, models


class RecurringChargebackRecord(models.TransientModel):
    """The bank says that a customer took a payment back."""

    _name = "recurring.chargeback.record"
    _description = "Record a Chargeback"

    transaction_id = fields.Many2one("payment.transaction", "Payment", required=True, readonly=True)
    currency_id = fields.Many2one(related="transaction_id.currency_id", related_sudo=False)
    partner_id = fields.Many2one(related="transaction_id.partner_id", related_sudo=False, string="Customer")
    amount = fields.Monetary("Taken Back", compute="_compute_amount", store=True, readonly=False)
    date = fields.Date("On", required=True, default=lambda self: self.env.company._recurring_today())
    reason = fields.Char(help="The bank's words.")
    case = fields.Char("Provider's Case", help="The number the provider gave the dispute, if any.")

    @api.depends("transaction_id")
    def _compute_amount(self):
        for wizard in self:
            # sudo(False): a stored field is computed with all rights, and a request may name any payment
            wizard.transaction_id._origin.sudo(False).check_access("read")
            # sudo: what was refunded or taken back of a payment, whoever records this one
            wizard.amount = wizard.transaction_id.sudo()._recurring_left_to_return() if wizard.transaction_id else 0

    def action_record(self):
        """Open the invoices again, and show the case."""
        self.ensure_one()
        chargeback = self.env["recurring.charging.back"].take_back(
            self.transaction_id, amount=self.amount, day=self.date, reason=self.reason or "", case=self.case or ""
        )
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_chargeback")
        return dict(action, views=[(False, "form")], res_id=chargeback.id, context={})
