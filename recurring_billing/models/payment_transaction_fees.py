import logging
from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.money import to_decimal
from ..rules.receipts import split

_logger = logging.getLogger(__name__)


class PaymentTransaction(models.Model):
    """Online payments pay the amount of the day they were begun: what is in them of fees goes to the accounts of fees."""

    _inherit = "payment.transaction"

    recurring_day = fields.Date("Amount of the Day", readonly=True, help="The day whose fees and discounts the payment is for.")

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        for transaction in transactions:
            transaction.recurring_day = transaction._recurring_day_asked()
        return transactions

    def _recurring_day_asked(self):
        """The day whose amount the customer saw: of a page that was opened before midnight and paid in the hour after it, yesterday."""
        company = self.company_id
        today, now = company._recurring_today(), company._recurring_local(datetime.now(timezone.utc))
        moves = self.invoice_ids.filtered(lambda move: move.state == "posted" and move.currency_id == self.currency_id)
        if now.date() != today or now.hour or not moves:
            return today
        service, yesterday = self.env["recurring.amount.due"], today - timedelta(days=1)
        asked = [sum(to_decimal(due.total) for due in service.of(moves, day).values()) for day in (yesterday, today)]
        return yesterday if asked[0] == to_decimal(self.amount) != asked[1] else today

    def _create_payment(self, **extra_create_values):
        shares, by_line = self._recurring_shares()
        day = self.recurring_day or self.company_id._recurring_today()
        receipt = self.env["recurring.receipt"]
        if shares:
            try:
                write_offs = receipt.write_offs(shares, by_line, day)
            except UserError as error:
                # The money is here: without accounts for its fees they stay open on the payment, and are listed.
                _logger.warning("Transaction %s: %s", self.reference, error)
                shares, write_offs = [], []
            given = extra_create_values.get("write_off_line_vals") or []
            extra_create_values["write_off_line_vals"] = [*given, *write_offs]
        extra_create_values.setdefault("date", self.company_id._recurring_today())
        payment = super()._create_payment(**extra_create_values)
        receipt.keep_fees(shares, by_line, payment, day)
        return payment

    def _recurring_shares(self):
        """What of the money is for which item, where fees or discounts of ours are part of it."""
        self.ensure_one()
        moves = (self.invoice_ids or self.source_transaction_id.invoice_ids).filtered(lambda move: move.state == "posted")
        if self.amount <= 0 or not moves or moves.currency_id != self.currency_id:
            return [], {}
        day = self.recurring_day or self.company_id._recurring_today()
        items = [item for mine in self.env["recurring.amount.due"].items(moves, day).values() for item in mine]
        items.sort(key=lambda item: (item.line.date_maturity or item.line.date, item.line.id))
        by_line = {item.line: item for item in items}
        shares, _over = split(to_decimal(self.amount), [item.owed for item in items])
        # Odoo itself books the discount of its payment terms.
        shares = [share._replace(discount=0) if by_line[share.key].is_native_discount else share for share in shares]
        mine = any(share.fine or share.interest or share.discount or share.waived_fine or share.waived_interest for share in shares)
        return (shares, by_line) if mine else ([], {})
