import secrets

from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from ..rules import creditor_reference
from ..services.payment_code import Wanted
from .service_owned import refuse_service_owned


class AccountMove(models.Model):
    """How an invoice is paid from outside: a transaction id that leads every payment back to it, a payment code, a link."""

    _inherit = "account.move"

    recurring_txid = fields.Char(
        "Transaction ID",
        compute="_compute_recurring_txid",
        store=True,
        copy=False,
        help="What a payment by the code of this invoice carries, so that it is known again.",
    )

    _recurring_txid_unique = models.UniqueIndex(
        "(company_id, recurring_txid) WHERE recurring_txid IS NOT NULL", "Another invoice has this transaction ID."
    )

    def _auto_init(self):
        """Invoices that are there when the addon comes get their id when it is first asked for, not all at once."""
        if not column_exists(self.env.cr, "account_move", "recurring_txid"):
            create_column(self.env.cr, "account_move", "recurring_txid", "varchar")
        return super()._auto_init()

    @api.depends("state")
    def _compute_recurring_txid(self):
        """Drawn by chance when an invoice is posted, and kept: a database restored from a backup never gives an id away twice."""
        for move in self:
            is_new = not move.recurring_txid and move.state == "posted" and move.move_type == "out_invoice"
            move.recurring_txid = self._recurring_draw_txid() if is_new else move.recurring_txid

    @api.model
    def _recurring_draw_txid(self):
        drawn = "".join(secrets.choice(creditor_reference.ALPHABET) for _n in range(creditor_reference.DRAWN))
        return creditor_reference.drawn_reference(drawn)

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_txid"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_txid"}, [vals])
        return super().write(vals)

    def _recurring_ensure_txid(self):
        """The transaction id, made now for an invoice that was posted before the addon came."""
        self.ensure_one()
        if not self.recurring_txid:
            # sudo: kept by billing itself, whoever looks at the invoice first
            self.sudo()._compute_recurring_txid()
        return self.recurring_txid

    def _recurring_is_payable(self):
        """Whether there is something left to pay of it, from outside."""
        self.ensure_one()
        return (
            self.state == "posted"
            and self.move_type == "out_invoice"
            and self.payment_state in ("not_paid", "partial")
            and self.currency_id.compare_amounts(self.amount_residual, 0.0) > 0
        )

    def _recurring_amount_to_pay(self):
        """What is to be paid today, in the invoice's currency: all of it, or of one in instalments those that are due, else the next."""
        self.ensure_one()
        items = self.env["recurring.amount.due"].items(self)[self]
        today = self.company_id._recurring_today()
        due = [item for item in items if item.line.date_maturity <= today] or items[:1]
        return self.currency_id.round(float(sum(item.to_pay for item in due)))

    def _recurring_payment_code(self):
        """The payment code of the invoice, with the amount of the day.

        :return: {image: data address, text: what can be copied and pasted or False, amount, txid: what the payment will carry,
            confirmed_by_hand: whether a person has to tell that it was paid}, or {} where nothing is to be paid or the bank account has
            no payment codes.
        """
        self.ensure_one()
        if not self._recurring_is_payable():
            return {}
        wanted = Wanted(
            amount=self._recurring_amount_to_pay(),
            currency=self.currency_id,
            payer=self.partner_id,
            txid=self._recurring_ensure_txid(),
            communication=self.payment_reference or "",
            method=self.qr_code_method or "",
        )
        return self.env["recurring.payment.code"].build(self._recurring_bank_account(), wanted)

    def _recurring_bank_account(self):
        """The account that payers use: the invoice's own, else as slips of booklets choose it."""
        return self.partner_bank_id or self.env["recurring.booklet"].default_bank_account(self.company_id, self.currency_id)

    def _recurring_shown_code(self):
        """The payment code for people to see: on what subscriptions bill, and on everything else where Odoo's own setting says so; never
        where a card is charged, for both would pay.
        """
        self.ensure_one()
        # sudo: whether it bills a subscription and what the company prints on invoices, whoever looks at it
        move = self.sudo()
        is_wanted = move.company_id.qr_code or move.line_ids.recurring_subscription_id
        return self._recurring_payment_code() if is_wanted and not move._recurring_is_charged_by_itself() else {}

    def _recurring_pay_link(self):
        """The absolute address where the invoice is paid, without a login; it shows what is to be paid on the day it is opened."""
        self.ensure_one()
        online = (
            {"query_string": "&payment=True", "anchor": "portal_pay"} if self._recurring_is_paid_online() else {"anchor": "payment_code"}
        )
        return f"{self.get_base_url()}{self.get_portal_url(**online)}"

    def _recurring_is_paid_online(self):
        """Whether the company has a payment provider that may take the money."""
        self.ensure_one()
        # sudo: customers may know how they can pay
        providers = self.env["payment.provider"].sudo()
        return bool(
            providers.search_count(
                [("company_id", "parent_of", self.company_id.id), ("state", "!=", "disabled"), ("is_published", "=", True)], limit=1
            )
        )
