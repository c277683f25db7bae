from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import const
from ..const.pix import RECEIVED, TOLD
from ..services.payment_code import Wanted

UNSETTLED = ("pending", "authorized")


class RecurringCounter(models.TransientModel):
    """The counter: who pays, what is to be paid today, how; one native payment, and its receipt."""

    _name = "recurring.counter"
    _description = "Counter"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    date = fields.Date(required=True, readonly=True, default=lambda self: self.env.company._recurring_today())
    partner_id = fields.Many2one("res.partner", "Who pays?", check_company=True)
    line_ids = fields.One2many(
        "recurring.counter.line", "counter_id", "To Pay", compute="_compute_line_ids", store=True, readonly=False, precompute=False
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    due_total = fields.Monetary("Total", compute="_compute_due_total")
    amount = fields.Monetary(
        "Receive",
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="Less than the total is a part payment, the oldest debt first.",
    )
    way = fields.Selection(const.COUNTER_WAYS, "Paid By", required=True, default=const.COUNTER_CASH)
    journal_id = fields.Many2one(
        "account.journal",
        "Goes To",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('type', 'in', ('cash',) if way == 'cash' else ('bank', 'credit'))]",
    )
    cash_given = fields.Monetary("Customer Gives", help="What the customer hands over: the change is worked out.")
    change = fields.Monetary(compute="_compute_change")
    warning = fields.Char(compute="_compute_warning")
    code_image = fields.Binary("Payment Code", compute="_compute_code")
    code_text = fields.Char("Copy and Paste", compute="_compute_code")
    code_confirms = fields.Boolean(compute="_compute_code", help="The code is booked by itself as soon as the bank says that it was paid.")
    payment_id = fields.Many2one("account.payment", readonly=True)
    payment_amount = fields.Monetary(related="payment_id.amount", related_sudo=False, string="Received")
    is_done = fields.Boolean(compute="_compute_is_done")

    @api.depends("partner_id", "company_id")
    def _compute_line_ids(self):
        """What the customer owes; what is due is chosen, or the next invoice where nothing is due yet."""
        for counter in self:
            moves = counter._open_invoices()
            due = moves.filtered(lambda move, counter=counter: (move.invoice_date_due or counter.date) <= counter.date) or moves[:1]
            due = due.filtered(lambda move, due=due: move.currency_id == due[:1].currency_id)
            counter.line_ids = [Command.clear()] + [
                Command.create({"move_id": move.id, "is_chosen": move in due, "shown_total": move.recurring_amount_today}) for move in moves
            ]

    def _open_invoices(self):
        # sudo(False): stored fields are computed with all rights, and a request may name any company
        self.company_id._origin.sudo(False)._recurring_check_works_here()
        moves = self.env["account.move"]
        if not self.partner_id or not moves.has_access("read"):
            return moves
        payer = self.partner_id.commercial_partner_id._origin or self.partner_id.commercial_partner_id
        domain = [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "in", ("not_paid", "partial")),
            ("company_id", "=", self.company_id.id),
            ("commercial_partner_id", "=", payer.id),
        ]
        return moves.search(domain, order="invoice_date_due, id").filtered(lambda move: move.recurring_amount_today > 0)

    @api.depends("line_ids.is_chosen", "company_id")
    def _compute_currency_id(self):
        for counter in self:
            counter.currency_id = counter._chosen().move_id.currency_id[:1] or counter.company_id.currency_id

    @api.depends("line_ids.is_chosen")
    def _compute_due_total(self):
        for counter in self:
            counter.due_total = sum(counter._chosen().mapped("total"))

    @api.depends("line_ids.is_chosen")
    def _compute_amount(self):
        for counter in self:
            counter.amount = sum(counter._chosen().mapped("to_pay_now"))

    @api.depends("way", "company_id")
    def _compute_journal_id(self):
        for counter in self:
            counter.journal_id = counter.company_id._recurring_counter_journal(counter.way or const.COUNTER_CASH)

    @api.depends("cash_given", "amount", "way")
    def _compute_change(self):
        for counter in self:
            given = counter.cash_given if counter.way == const.COUNTER_CASH else 0.0
            counter.change = max(given - counter.amount, 0.0)

    @api.depends("partner_id", "line_ids.is_chosen")
    def _compute_warning(self):
        for counter in self:
            counter.warning = counter._underway()

    def _underway(self):
        """Money that is on its way for the chosen invoices: taking it again would be paying twice."""
        # sudo: only whether something is under way, for who takes money
        moves = self._chosen().move_id._origin.sudo()
        charges = self.env["recurring.charge.attempt"]._under_way_domain()
        waiting = moves.filtered(
            lambda move: (
                any(
                    not attempt.outcome or attempt.transaction_id.state in ("draft", *UNSETTLED)
                    for attempt in move.recurring_attempt_ids.filtered_domain(charges)
                )
                or any(
                    transaction.state in UNSETTLED or (transaction.state == "done" and not transaction.is_post_processed)
                    for transaction in move.transaction_ids
                )
                or move.recurring_pix_payment_ids.filtered(lambda received: received.state in (TOLD, RECEIVED))
            )
        )
        if not waiting:
            return False
        return self.env._(
            "An online payment, a Pix or a charge of the card is under way for %s, or nobody knows yet how it ended. "
            "Wait for it or clarify it first: the customer would pay twice.",
            ", ".join(waiting.mapped("name")),
        )

    @api.depends("way", "amount", "line_ids.is_chosen", "payment_id")
    def _compute_code(self):
        for counter in self:
            code = counter._payment_code() if counter.way == const.COUNTER_PIX and not counter.payment_id else {}
            counter.code_image = code["image"].partition("base64,")[2].encode() if code.get("image") else False
            counter.code_text = code.get("text") or False
            counter.code_confirms = bool(code) and not code["confirmed_by_hand"]

    def _payment_code(self):
        """The code on the screen: the invoice's own where the customer pays one wholly, else one of the account with this amount."""
        moves = self._chosen().move_id._origin
        if not moves or self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            return {}
        # sudo: what payers are shown anyway
        moves = moves.sudo()
        if len(moves) == 1:
            code = moves._recurring_payment_code()
            if code and self.currency_id.compare_amounts(code["amount"], self.amount) == 0:
                return code
        wanted = Wanted(
            amount=self.amount,
            currency=self.currency_id,
            payer=self.partner_id.sudo(),
            txid=moves[0]._recurring_ensure_txid(),
            communication=moves[0].payment_reference or "",
            method=moves[0].qr_code_method or "",
        )
        return self.env["recurring.payment.code"].build(moves[0]._recurring_bank_account(), wanted)

    @api.depends("payment_id")
    def _compute_is_done(self):
        for counter in self:
            counter.is_done = bool(counter.payment_id)

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for counter in self:
            counter.display_name = self.env._("Counter")

    def _chosen(self):
        chosen = self.line_ids.filtered("is_chosen")
        # sudo(False): stored fields are computed with all rights, and a request may name any invoice
        chosen.move_id._origin.sudo(False).check_access("read")
        return chosen

    # Buttons

    def action_receive(self):
        """Take the money, and give the receipt."""
        self.ensure_one()
        self.lock_for_update()
        if self.payment_id:
            raise UserError(self.env._("This was received already. Choose the next customer."))
        moves = self._chosen().move_id.sorted(lambda move: (move.invoice_date_due, move.id))
        self._check(moves)
        payment = self.env["recurring.receipt"].receive(
            moves,
            self.amount,
            self.journal_id,
            self.date,
            payment_method_line=self._method_line(),
            unique_ref=f"counter:{self.id}",
            partner=self.partner_id.commercial_partner_id,
        )
        # sudo: what was handed over is kept with the payment by the counter only
        payment.sudo().write(
            {
                "recurring_way": self.way,
                "recurring_cash_given": self.cash_given if self.way == const.COUNTER_CASH else 0.0,
                "recurring_change": self.change,
            }
        )
        # sudo: who takes the money may keep which payment it became
        self.sudo().payment_id = payment
        return payment.action_recurring_receipt()

    def _check(self, moves):
        if not self.partner_id:
            raise UserError(self.env._("Say who pays: look for the name, the CPF or the phone."))
        if not self.journal_id:
            raise UserError(
                self.env._("There is no journal for this kind of money. Choose one, or ask an administrator to set one in the settings.")
            )
        if self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            raise UserError(self.env._("Enter the amount received: it is more than 0."))
        if len(moves.currency_id) > 1:
            raise UserError(self.env._("These invoices are in several currencies. Take the money of one currency at a time."))
        if moves.commercial_partner_id - self.partner_id.commercial_partner_id:
            raise UserError(self.env._("An invoice of another customer is among them. Choose the customer again."))
        moves.lock_for_update()
        if any(line.currency_id.compare_amounts(line.total, line.shown_total) for line in self._chosen()):
            raise UserError(
                self.env._("What is to be paid changed meanwhile: somebody paid or changed an invoice. Choose the customer again.")
            )
        if moves and self.currency_id.compare_amounts(self.amount, self.due_total) > 0:
            raise UserError(
                self.env._(
                    "That is more than the invoices cost today. Choose more invoices, or enter under Customer Gives what is handed over."
                )
            )
        given = self.cash_given if self.way == const.COUNTER_CASH else 0.0
        if given and self.currency_id.compare_amounts(given, self.amount) < 0:
            raise UserError(self.env._("The customer gives less than what is received. Lower the amount, then it is a part payment."))
        if self._underway():
            raise UserError(self._underway())
        if self.way == const.COUNTER_PIX and self.code_confirms:
            raise UserError(
                self.env._("This Pix is booked by itself as soon as the bank confirms it. There is nothing to receive by hand.")
            )

    def _method_line(self):
        lines = self.journal_id.inbound_payment_method_line_ids
        return lines.filtered(lambda line: line.code == "manual")[:1] or lines[:1]

    def action_receipt(self):
        """The receipt once more."""
        self.ensure_one()
        return self.payment_id.action_recurring_receipt()

    def action_next(self):
        """The next customer."""
        return dict(self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_counter"), context={})

    def action_taken_today(self):
        """What was taken at the counter today, to count the till."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_counter_payments")
        return dict(action, domain=[("recurring_way", "!=", False), ("date", "=", self.date), ("company_id", "=", self.company_id.id)])
