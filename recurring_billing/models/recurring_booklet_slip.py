from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from ..rules import creditor_reference
from ..services.payment_code import Wanted


class RecurringBookletSlip(models.Model):
    """One slip of a booklet: a period of a subscription that can be paid before its invoice exists.

    Its reference leads every payment back to it, and from it to the invoice of its period.
    """

    _name = "recurring.booklet.slip"
    _inherit = ["recurring.service.written"]
    _description = "Booklet Slip"
    _rec_name = "reference"
    _order = "subscription_id, full_start, id"

    reference = fields.Char(required=True, readonly=True, copy=False, help="What the payer writes on the payment.")
    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, ondelete="restrict", index=True)
    partner_id = fields.Many2one(related="subscription_id.partner_invoice_id", string="Payer", store=True, precompute=True, index=True)
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True, precompute=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_bank_id = fields.Many2one("res.partner.bank", "Bank Account", readonly=True, help="Where the payer pays to.")

    full_start = fields.Date("Full Period From", required=True, readonly=True)
    full_end = fields.Date("Full Period To (excluded)", required=True, readonly=True)
    start = fields.Date("From", required=True, readonly=True)
    end = fields.Date("To (excluded)", required=True, readonly=True)
    last_day = fields.Date("To", compute="_compute_last_day")
    due_date = fields.Date(required=True, readonly=True, index=True)
    amount = fields.Monetary(required=True, readonly=True, help="Taxes included, as the invoice of the period will compute them.")
    residual = fields.Monetary("To Pay", compute="_compute_residual")

    voided = fields.Boolean(
        required=True, readonly=True, default=False, help="Replaced or withdrawn. Who pays it all the same is still known."
    )
    payment_ids = fields.One2many("account.payment", "recurring_slip_id", "Payments", readonly=True)
    move_ids = fields.Many2many("account.move", string="Invoices", readonly=True, copy=False, help="The invoices that bill its period.")
    state = fields.Selection(const.SLIP_STATES, compute="_compute_state", store=True, index=True)
    paid_on = fields.Date(compute="_compute_paid_on")

    _reference_unique = models.Constraint("UNIQUE(reference)", "Another slip has this reference.")
    _one_in_force = models.UniqueIndex(
        "(subscription_id, full_start, full_end) WHERE voided IS NOT TRUE", "This period has a slip already. Print the booklet again."
    )

    @api.depends("end")
    def _compute_last_day(self):
        for slip in self:
            slip.last_day = slip.end and fields.Date.subtract(slip.end, days=1)

    @api.depends("amount", "payment_ids.state", "payment_ids.amount", "move_ids.state", "move_ids.amount_residual", "state")
    def _compute_residual(self):
        for slip in self:
            # sudo: who may see a slip may see what is left of it, without seeing payments and invoices
            mine = slip.sudo()
            invoices = mine._invoices()
            left = sum(invoices.mapped("amount_residual")) if len(invoices) == 1 else mine.amount - mine._paid()
            slip.residual = 0.0 if slip.state in (const.SLIP_SETTLED, const.SLIP_VOID) else max(left, 0.0)

    @api.depends(
        "voided",
        "amount",
        "payment_ids.state",
        "payment_ids.amount",
        "payment_ids.is_reconciled",
        "move_ids.state",
        "move_ids.payment_state",
    )
    def _compute_state(self):
        for slip in self:
            slip.state = slip._present_state()

    def _present_state(self):
        invoices, payments = self._invoices(), self._payments_in_force()
        is_paid = bool(payments) and self.currency_id.compare_amounts(self._paid(), self.amount) >= 0
        if invoices and all(invoice.payment_state in ("paid", "in_payment", "reversed") for invoice in invoices):
            return const.SLIP_SETTLED
        if invoices and is_paid and all(payments.mapped("is_reconciled")):
            return const.SLIP_SETTLED
        if is_paid:
            return const.SLIP_PAID
        return const.SLIP_VOID if self.voided and not payments else const.SLIP_OPEN

    @api.depends("payment_ids.state", "payment_ids.date")
    def _compute_paid_on(self):
        for slip in self:
            # sudo: who may see a slip sees when it was paid, without reading payments
            slip.paid_on = max(slip.sudo()._payments_in_force().mapped("date"), default=False)

    @api.depends("reference")
    def _compute_display_name(self):
        for slip in self:
            slip.display_name = creditor_reference.spaced(slip.reference or "")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A slip is in the payer's hands and stays known. Void it instead."))

    def action_register_payment(self):
        """Open the wizard that receives the money of these slips."""
        payable = self.filtered(lambda slip: slip.state == const.SLIP_OPEN)
        if not payable:
            raise UserError(self.env._("These slips are paid or void. Choose slips that are to be paid."))
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_slip_payment")
        return dict(action, context={"default_slip_ids": [fields.Command.set(payable.ids)]})

    def action_void(self):
        """Withdraw slips that nobody paid: they are not printed again. A payment that names one is still led to its period."""
        self.env["recurring.booklet"].void(self)
        return True

    def action_print(self):
        """The slips as PDF, as they were printed before."""
        return self.env.ref("recurring_billing.action_report_booklet").report_action(self, config=False)

    def action_open_payments(self):
        """The payments of these slips."""
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_account_payments")
        return dict(action, domain=[("recurring_slip_id", "in", self.ids)], context={"create": False})

    def action_open_invoices(self):
        """The invoices that bill the periods of these slips."""
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_move_out_invoice_type")
        return dict(action, domain=[("id", "in", self.move_ids.ids)], context={"default_move_type": "out_invoice", "create": False})

    def _invoices(self):
        """The posted invoices of its period."""
        return self.move_ids.filtered(lambda move: move.state == "posted" and move.move_type == "out_invoice")

    def _payments_in_force(self):
        return self.payment_ids.filtered(lambda payment: payment.state in ("in_process", "paid"))

    def _paid(self):
        """What was paid of it, in its currency."""
        return sum(
            payment.currency_id._convert(payment.amount, self.currency_id, self.company_id, payment.date)
            for payment in self._payments_in_force()
        )

    # The printed page

    def _booklets(self):
        """The slips by subscription, in the order of their periods: each subscription is a booklet of its own."""
        return [slips.sorted("full_start") for slips in self.grouped("subscription_id").values()]

    def _payment_code(self):
        """The payment code of the slip's bank account: see ``recurring.payment.code``."""
        self.ensure_one()
        wanted = Wanted(self.residual, self.currency_id, self.partner_id, self.reference)
        return self.env["recurring.payment.code"].build(self.partner_bank_id, wanted)

    def _what_for(self):
        """The products of its period, and for whom where that is somebody else."""
        self.ensure_one()
        # sudo: what a subscription sells is printed for its payer, whoever prints
        subscription = self.subscription_id.sudo()
        lines = subscription.line_ids.filtered(
            lambda line: line.date_start < self.end and (not line.date_end or line.date_end >= self.start)
        )
        words = ", ".join(dict.fromkeys(lines.product_id.mapped("name")))
        beneficiary = subscription.beneficiary_id
        if beneficiary and beneficiary != self.partner_id:
            return self.env._("%(products)s (%(beneficiary)s)", products=words, beneficiary=beneficiary.name)
        return words

    def _issuer_in_words(self):
        """Tax number and address of the company on one line."""
        partner = self.company_id.partner_id
        vat = partner.vat and " ".join(part for part in (self.company_id.country_id.vat_label, partner.vat) if part)
        address = ", ".join(line.strip() for line in partner._display_address(without_company=True).splitlines() if line.strip())
        return " · ".join(part for part in (vat, address, partner.phone) if part)

    def _account_in_words(self):
        """The bank account as people write it."""
        # sudo: the company's own bank account is printed for every payer, whoever prints
        bank = self.partner_bank_id.sudo()
        return " · ".join(part for part in (bank.acc_holder_name or bank.partner_id.name, bank.bank_id.name, bank.acc_number) if part)

    def _period_in_words(self):
        self.ensure_one()
        return self.env._("%(first)s to %(last)s", first=format_date(self.env, self.start), last=format_date(self.env, self.last_day))
