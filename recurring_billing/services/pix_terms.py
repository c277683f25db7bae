from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from odoo import api, models

from .. import const
from ..rules import early_payment, pix
from ..rules.billing_dates import next_business_day
from ..rules.money import CENT, HUNDRED, round_money, to_decimal

PAYABLE = ("not_paid", "partial")
CHARGED = (const.CHARGE_PLANNED, const.CHARGE_RUNNING, const.CHARGE_CLARIFY)
DAYS_LOOKED_AT = (0, 1, 2, 15, 30)
"""Days after the due date on which the bank's arithmetic is compared with ours."""
UNCHANGED = 30
"""Days for which a code holds whose amount nothing changes."""


class RecurringPixTerms(models.AbstractModel):
    """What the Pix code of an invoice shall ask for: with a due date where the bank can do the arithmetic, else the amount of the day."""

    _name = "recurring.pix.terms"
    _description = "Terms of Pix Charges"

    @api.private
    @api.model
    def wanted(self, moves, account):
        """What each invoice shall have: dict move → ``rules.pix.Wanted``, without those that shall have no code."""
        today = account.company_id._recurring_today()
        payable = moves.filtered(lambda move: self.wants(move, account))
        dues = self.env["recurring.amount.due"].of(payable, today)
        found = {}
        for move in payable:
            total = to_decimal(dues[move].total)
            if not 0 < total <= pix.LARGEST:
                continue
            wanted = self._with_due_date(move, account, today)
            found[move] = wanted or self._of_the_day(move, total, today)
        return found

    @api.private
    @api.model
    def debtor(self, move):
        """Who owes an invoice, as the bank is told; nothing where no CPF or CNPJ is known."""
        payer = move.commercial_partner_id
        return pix.debtor(payer.name or "", payer.vat or "")

    @api.private
    @api.model
    def wants(self, move, account):
        """Whether an invoice shall have a code: it is open, in reais, and nothing else collects it right now."""
        if move.state != "posted" or move.move_type != "out_invoice" or move.payment_state not in PAYABLE:
            return False
        if move.company_id != account.company_id or move.currency_id.name != "BRL":
            return False
        if account.applies_to == "subscriptions" and not move.line_ids.recurring_subscription_id:
            return False
        return not self._is_collected(move)

    def _is_collected(self, move):
        """Whether a card is about to be charged for it, or was and nobody knows how that ended: two ways to pay would both be paid."""
        if move.transaction_ids.filtered(lambda transaction: transaction.state in ("pending", "authorized")):
            return True
        if move.recurring_attempt_ids.filtered_domain(move.recurring_attempt_ids._under_way_domain()):
            return True
        if move.recurring_charge_state in CHARGED:
            return True
        if move.recurring_invoice_mode not in const.CHARGING_MODES or not move.company_id.recurring_charge:
            return False
        if move.recurring_charge_stop:
            return False
        token = move._recurring_payment_token()
        return bool(token) and not token._recurring_unusable(move.company_id)

    def _with_due_date(self, move, account, today):
        """A charge that says on each day what we say, or nothing where there is none."""
        service = self.env["recurring.amount.due"]
        items = service.items(move, today)[move]
        due = items[0].line.date_maturity if len(items) == 1 else None
        if not due or due < today or not self.debtor(move):
            return None
        amount, offer = items[0].residual, service.offer(move)
        fine = round_money(Fraction(amount) * Fraction(offer.fine) / HUNDRED)
        discounts = [
            (each.until, round_money(Fraction(amount) * Fraction(each.percent) / HUNDRED + Fraction(each.amount)))
            for each in offer.discounts
        ]
        discounts = tuple((until, off) for until, off in discounts if until >= today and 0 < off < amount)
        wanted = pix.Wanted(pix.COBV, amount, due, account.days_after, fine, offer.interest, discounts)
        bank_due = next_business_day(due, service._holidays(move.company_id))
        days = [bank_due + timedelta(days=late) for late in (*DAYS_LOOKED_AT, account.days_after) if late <= account.days_after]
        if self._agrees(move, wanted, bank_due, days):
            return wanted
        # Late fees that the bank cannot compute as we do: the code ends on the due date, then each day has its own.
        in_time = replace(wanted, days_after=0, fine=Decimal(0), interest=Decimal(0))
        return in_time if self._agrees(move, in_time, bank_due, [bank_due]) else None

    def _agrees(self, move, wanted, bank_due, late_days):
        """Whether bank and we ask for the same on the days that matter. Banks move a due date on a weekend or holiday, and all with it."""
        if wanted.interest != wanted.interest.quantize(CENT):
            return False
        today = move.company_id._recurring_today()
        days = {
            today,
            *late_days,
            *(until for until, _off in wanted.discounts),
            *(until + timedelta(days=1) for until, _off in wanted.discounts),
        }
        moved = replace(wanted, due=bank_due)
        service = self.env["recurring.amount.due"]
        return all(pix.charged_on(moved, day) == to_decimal(service.of(move, day)[move].total) for day in days)

    def _of_the_day(self, move, total, today):
        """A charge of today's amount, until the amount may change."""
        service = self.env["recurring.amount.due"]
        items, policy = service.items(move, today)[move], service.policy(move)
        ends = [item.line.date_maturity or today for item in items]
        if policy and policy.booking == const.FEES_WITH_PAYMENT and min(ends, default=today) < today:
            return pix.Wanted(pix.COB, total, holds_until=today)
        ends += [item.line.discount_date for item in items if item.line.discount_date]
        ends += [each.until for item in items for each in self._discounts(item, policy)]
        changes = [day for day in ends if day >= today]
        return pix.Wanted(pix.COB, total, holds_until=min(changes, default=today + timedelta(days=UNCHANGED)))

    def _discounts(self, item, policy):
        """The dated discounts of one receivable item."""
        due = item.line.date_maturity
        return early_payment.dated(policy._tiers(), due) if policy and due else []
