from typing import Any, NamedTuple

from odoo import api, fields, models

from .. import const
from ..rules.tax_number import is_cpf, readable
from .service_owned import refuse_service_owned

COUNTER_FIELDS = {"recurring_way", "recurring_cash_given", "recurring_change"}


class ReceiptLine(NamedTuple):
    """What a payment paid of one invoice."""

    move: Any
    principal: float
    fine: float
    interest: float

    @property
    def total(self):
        return self.principal + self.fine + self.interest


class AccountPayment(models.Model):
    """Money taken at the counter, and its receipt."""

    _inherit = "account.payment"

    recurring_way = fields.Selection(const.COUNTER_WAYS, "Taken At the Counter", readonly=True, copy=False, index="btree_not_null")
    recurring_cash_given = fields.Monetary("Cash Given", readonly=True, copy=False)
    recurring_change = fields.Monetary("Change", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, COUNTER_FIELDS, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, COUNTER_FIELDS, [vals])
        return super().write(vals)

    def action_recurring_receipt(self):
        """The receipt as PDF."""
        return self.env.ref("recurring_billing.action_report_recurring_receipt").report_action(self, config=False)

    def _recurring_receipt_lines(self):
        """What the payment paid, invoice by invoice, the oldest due first."""
        self.ensure_one()
        # sudo: who may print a receipt may say what it is for
        payment = self.sudo()
        principal = {}
        for line in payment.move_id.line_ids.filtered(lambda line: line.account_id == payment.destination_account_id):
            for partial in line.matched_debit_ids:
                move = partial.debit_move_id.move_id
                principal[move] = principal.get(move, 0.0) + partial.debit_amount_currency
        fees = payment.recurring_late_fee_ids.filtered(lambda fee: fee.way == const.FEE_PAID_WAY).grouped("move_id")
        moves = payment.env["account.move"].union(*principal, *fees).sorted(lambda move: (move.invoice_date_due or move.date, move.id))
        return [
            ReceiptLine(
                move,
                principal.get(move, 0.0),
                sum(fees[move].mapped("fine")) if move in fees else 0.0,
                sum(fees[move].mapped("interest")) if move in fees else 0.0,
            )
            for move in moves
        ]

    def _recurring_receipt_rest(self, lines):
        """What the lines of the receipt do not explain: less than 0 a discount, more a credit of the customer."""
        self.ensure_one()
        return self.currency_id.round(self.amount - sum(line.total for line in lines))

    def _recurring_receipt_issuer(self):
        """Tax number, address and phone of the company on one line."""
        partner = self.company_id.partner_id
        label = self.company_id.country_id.vat_label
        vat = partner.vat and " ".join(part for part in (label, readable(partner.vat)) if part)
        address = ", ".join(line.strip() for line in partner._display_address(without_company=True).splitlines() if line.strip())
        return " · ".join(part for part in (vat, address, partner.phone) if part)

    def _recurring_receipt_payer(self):
        """The payer with the tax number."""
        partner = self.partner_id
        vat = readable(partner.vat)
        label = "CPF" if is_cpf(vat) else partner.country_id.vat_label or self.company_id.country_id.vat_label
        number = vat and " ".join(part for part in (label, vat) if part)
        return ", ".join(part for part in (partner.name, number) if part)
