from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from .. import const


class RecurringChargeback(models.Model):
    """A cardholder took a payment back through the bank: the debt is open again, and the card is not charged by itself any more.

    Only ``services/charging_back.py`` writes it, with the entries that go with it.
    """

    _name = "recurring.chargeback"
    _description = "Chargeback"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    transaction_id = fields.Many2one("payment.transaction", "Payment", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary("Taken Back", required=True, readonly=True)
    date = fields.Date("On", required=True, readonly=True)
    reason = fields.Char(readonly=True, tracking=True, help="The bank's or the provider's words.")
    case = fields.Char("Provider's Case", readonly=True, help="The number the provider gave the dispute.")
    state = fields.Selection(const.CHARGEBACK_STATES, required=True, readonly=True, default=const.CHARGEBACK_OPEN, tracking=True)
    move_ids = fields.Many2many(
        "account.move", "recurring_chargeback_move_rel", "chargeback_id", "move_id", "Invoices Open Again", readonly=True
    )
    payment_id = fields.Many2one("account.payment", "Money that Left", required=True, readonly=True, ondelete="restrict")
    return_payment_id = fields.Many2one("account.payment", "Money that Came Back", readonly=True, ondelete="restrict")
    token_id = fields.Many2one("payment.token", "Card", readonly=True)
    decided_on = fields.Date(readonly=True)

    _case_once = models.UniqueIndex("(transaction_id, COALESCE(\"case\", ''))", "This chargeback was recorded already; it counts once.")
    _amount_positive = models.Constraint("CHECK(amount > 0)", "What is taken back is more than 0.")

    @api.depends("transaction_id", "date", "amount")
    def _compute_display_name(self):
        for chargeback in self:
            chargeback.display_name = self.env._(
                "%(amount)s of %(customer)s, %(day)s",
                amount=format_amount(self.env, chargeback.amount, chargeback.currency_id),
                customer=chargeback.partner_id.display_name,
                day=format_date(self.env, chargeback.date),
            )

    def write(self, vals):
        self._check_service()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_service()
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A chargeback stays as it was recorded. Say how it was decided instead."))

    def _check_service(self):
        if not self.env.su:
            raise AccessError(self.env._("Chargebacks are recorded with the button on the payment."))

    def action_won(self):
        """The bank decided for us: the money came back."""
        self.ensure_one()
        self.env["recurring.charging.back"].won(self)
        return True

    def action_lost(self):
        """The bank decided for the customer: the debt stays open, and is collected in another way."""
        for chargeback in self:
            self.env["recurring.charging.back"].lost(chargeback)
        return True

    def action_open_invoices(self):
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_invoice")
        return dict(action, domain=[("id", "in", self.move_ids.ids)], context={})
