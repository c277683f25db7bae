from odoo import api, fields, models

from ..const.pix import CHARGE_KINDS, CHARGE_STATES, TO_SEND


class RecurringPixCharge(models.Model):
    """A code at the bank for one invoice at one amount. At most one of an invoice can be paid at a time."""

    _name = "recurring.pix.charge"
    _inherit = ["recurring.service.written"]
    _description = "Pix Charge"
    _order = "id desc"
    _rec_names_search = ["txid", "move_id.name"]
    _check_company_auto = True

    move_id = fields.Many2one("account.move", "Invoice", required=True, readonly=True, index=True, ondelete="cascade", check_company=True)
    partner_id = fields.Many2one(related="move_id.partner_id", string="Customer")
    account_id = fields.Many2one(
        "recurring.pix.account", "Pix Account", required=True, readonly=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    txid = fields.Char("Transaction ID", required=True, readonly=True)
    kind = fields.Selection(CHARGE_KINDS, required=True, readonly=True)
    state = fields.Selection(CHARGE_STATES, "Status", required=True, readonly=True, default=TO_SEND, index=True)
    amount = fields.Monetary("Asked For", readonly=True, help="Without fine, interest and discounts, where it has a due date.")
    residual = fields.Monetary(readonly=True, help="What was open of the invoice when the code was last compared with it.")
    invoice_due = fields.Date(readonly=True, help="When the invoice was due when the code was last compared with it.")
    due_date = fields.Date(readonly=True)
    last_day = fields.Date("Payable Until", readonly=True)
    fine = fields.Monetary(readonly=True)
    interest = fields.Float("Interest (% a Month)", digits=(16, 2), readonly=True)
    discount_words = fields.Char("Discounts", readonly=True)
    terms = fields.Char(readonly=True, help="All that was asked of the bank, to notice when it changes.")
    body = fields.Json(readonly=True, copy=False)
    revision = fields.Integer(readonly=True)
    code = fields.Char("Copy and Paste", readonly=True)
    tried_at = fields.Datetime("Last Tried", readonly=True)
    checked_on = fields.Date(readonly=True)
    problem = fields.Char(readonly=True)
    payment_ids = fields.One2many("recurring.pix.payment", "charge_id", "Received", readonly=True)

    _txid_unique = models.Constraint("UNIQUE (txid)", "This transaction id names another charge.")
    _one_open = models.UniqueIndex(
        "(move_id) WHERE state NOT IN ('paid', 'removed', 'refused')",
        "This invoice has a Pix code already.",
    )

    @api.depends("move_id.name")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = self.env._("Pix code of %s", charge.move_id.name)

    def action_again(self):
        """After what the bank refused was mended: ask again, with a new charge."""
        self.env["recurring.pix.registration"].ask_again(self)

    def action_open_invoice(self):
        self.ensure_one()
        return self.move_id.get_formview_action()
