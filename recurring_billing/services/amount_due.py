from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from odoo import api, models

from .. import const
from ..const import SETTLED
from ..rules import early_payment
from ..rules.late_fees import Fees, late_fees, left
from ..rules.money import round_money, to_decimal
from ..rules.receipts import Owed

NOTHING = Decimal(0)


class Due(NamedTuple):
    """What is to be paid of an invoice on a day, in its currency.

    :param residual: what is open of the invoice itself.
    :param fine: and ``interest``: the fees until that day that were not booked yet.
    :param discount: for who pays all that is open on that day.
    :param total: what to pay on that day. Fees that the policy charges later, once the debt is paid, are not in it.
    """

    residual: float = 0.0
    fine: float = 0.0
    interest: float = 0.0
    discount: float = 0.0
    total: float = 0.0


class ItemDue(NamedTuple):
    """What is to be paid of one receivable item (an invoice has one per instalment) on a day."""

    line: object
    policy: object
    residual: Decimal
    fees: Fees
    discount: Decimal
    is_native_discount: bool = False
    is_agreed: bool = False

    @property
    def owed(self):
        """The same as the rules divide money among it."""
        waive = self.policy._waived_below(self.line.currency_id) if self.policy else NOTHING
        is_later = bool(self.policy) and not self._are_fees_asked_for()
        return Owed(self.line, self.residual, self.fees.fine, self.fees.interest, self.discount, waive, is_later)

    @property
    def to_pay(self):
        """What settles it on that day, as the customer is told."""
        fees = self.fees.total if self._are_fees_asked_for() else NOTHING
        return self.residual + fees - self.discount

    def _are_fees_asked_for(self):
        """Whether its fees are paid with it: as the policy says, and those of an agreement always."""
        return self.is_agreed or self.policy.booking == const.FEES_WITH_PAYMENT


class Known(NamedTuple):
    """What is read once for many items: fees dealt with, by item, and words of invoice preparation (holidays)."""

    booked: dict
    words: dict


class FeeOffer(NamedTuple):
    """What a charge that carries its own fees and discounts (a Pix with a due date) must know of an invoice.

    :param fine: percent, once; ``interest``: percent per month of 30 days.
    :param discounts: list of ``rules.early_payment.Dated``.
    """

    due: object
    fine: Decimal
    interest: Decimal
    discounts: list


class RecurringAmountDue(models.AbstractModel):
    """What is to be paid today, or on any day: what is open, the late fees, the discount for paying early."""

    _name = "recurring.amount.due"
    _description = "Amount of the Day"

    @api.private
    @api.model
    def of(self, moves, day=None):
        """What is to be paid of invoices on a day.

        :param day: by default the company's today.
        :return: dict move → Due, zeros for what is not to be paid
        """
        found = {}
        for move, items in self.items(moves, day).items():
            found[move] = Due(
                residual=float(sum((item.residual for item in items), NOTHING)),
                fine=float(sum((item.fees.fine for item in items), NOTHING)),
                interest=float(sum((item.fees.interest for item in items), NOTHING)),
                discount=float(sum((item.discount for item in items), NOTHING)),
                total=float(sum((item.to_pay for item in items), NOTHING)),
            )
        return found

    @api.private
    @api.model
    def items(self, moves, day=None):
        """The open receivable items of invoices, oldest due first, with what is to be paid of each on a day.

        :return: dict move → list of ItemDue
        """
        found = {}
        self._read_at_once(moves)
        lines = {move: self._open_lines(move) for move in moves}
        # sudo: what was booked of fees counts, whoever asks
        known = self._known(self.env["account.move.line"].sudo().union(*lines.values()))
        for move, mine in lines.items():
            on = day or move.company_id._recurring_today()
            policy = self.policy(move)
            found[move.with_env(self.env)] = [self._item(line, policy, on, known) for line in mine]
        return found

    @api.private
    @api.model
    def of_lines(self, lines, day=None):
        """What is to be paid of receivable items, whatever they are on: invoices, opening balances, agreed instalments.

        :param day: by default today of each company.
        :return: dict line → ItemDue, in the order of the items, without those that ask for nothing: paid, credits, drafts
        """
        # sudo: see ``items``
        owed = lines.sudo().filtered(self._is_owed)
        self._read_at_once(owed.move_id)
        known = self._known(owed)
        found = {}
        for line in owed:
            on = day or line.company_id._recurring_today()
            found[line.with_env(self.env)] = self._item(line, self.policy(line.move_id), on, known)
        return found

    def _is_owed(self, line):
        return (
            line.account_id.account_type == "asset_receivable"
            and line.parent_state == "posted"
            and not line.reconciled
            and line.amount_residual_currency > 0
            and line.move_id.payment_state not in SETTLED
        )

    @api.private
    @api.model
    def fees(self, lines, day):
        """The fees of receivable items as of a day that are not booked, also of items that are settled.

        :return: dict line → Fees
        """
        # sudo: see ``items``
        lines = lines.sudo()
        known = self._known(lines)
        return {line: self._fees_left(line, self.policy(line.move_id), day, known) for line in lines}

    @api.private
    @api.model
    def policy(self, move):
        """The policy of an invoice: its plan's, else the company's; of other debts the company's, where it says that they bear fees."""
        # sudo: the policy counts, whoever asks
        move = move.sudo()
        company = move.company_id
        plans = self._plans(move)
        if plans:
            return plans.fee_policy_id[:1] or company.recurring_fee_policy_id
        if move.move_type in const.FEE_BEARING_TYPES[company.recurring_fee_scope or const.FEES_OF_SUBSCRIPTIONS]:
            return company.recurring_fee_policy_id
        return self.env["recurring.fee.policy"].sudo()

    def _plans(self, move):
        """The plans of a subscription's invoice; none for other debts."""
        if move.move_type != "out_invoice":
            return self.env["recurring.plan"]
        return move.line_ids.recurring_subscription_id.plan_id.with_company(move.company_id)

    @api.private
    @api.model
    def offer(self, move):
        """The fees and discounts of an invoice with one open item, for charges that carry them.

        :return: FeeOffer, without fees where the policy charges them later
        """
        line = self._open_lines(move)[:1]
        policy = self.policy(move)
        due = line.date_maturity or move.invoice_date_due
        bears = policy and policy.booking == const.FEES_WITH_PAYMENT and not self._is_older_debt(move, due)
        terms = policy._late_terms(line.partner_id) if bears else None
        discounts = early_payment.dated(policy._tiers(), due) if policy and due and self._plans(move) else []
        return FeeOffer(due, terms.fine_percent if terms else NOTHING, terms.interest if terms else NOTHING, discounts)

    # Items

    def _read_at_once(self, moves):
        """Read what many invoices need together, so that no invoice asks the database by itself."""
        # sudo: see ``items``
        lines = moves.sudo().line_ids
        for company, mine in moves.sudo().grouped("company_id").items():
            mine.line_ids.recurring_subscription_id.plan_id.with_company(company).mapped("fee_policy_id.name")
        lines.partner_id.commercial_partner_id.mapped("vat")
        credits = lines.matched_credit_ids.credit_move_id
        credits.move_id.origin_payment_id.payment_transaction_id.mapped("recurring_day")

    def _open_lines(self, move):
        # sudo: what is open counts, whoever asks
        move = move.sudo()
        if move.state != "posted" or move.move_type != "out_invoice":
            return move.line_ids.browse()
        lines = move.line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled and line.amount_residual_currency > 0
        )
        return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))

    def _item(self, line, policy, day, known):
        residual = to_decimal(line.amount_residual_currency)
        fees = self._fees_left(line, policy, day, known)
        if line.move_id._is_eligible_for_early_payment_discount(line.currency_id, day):
            return ItemDue(line, policy, residual, fees, residual - to_decimal(line.discount_amount_currency), is_native_discount=True)
        return ItemDue(line, policy, residual, fees, self._discount(line, policy, residual, day))

    def _fees_left(self, line, policy, day, known):
        return left(self._fees_to(line, policy, day, known), known.booked.get(line, ()))

    def _fees_to(self, line, policy, day, known):
        """The fees of an item from its history."""
        move = line.move_id
        due = line.date_maturity or line.date
        if not policy or day <= due or not (policy.fine_percent or policy.interest_percent) or self._is_older_debt(move, due):
            return Fees()
        bearing = self._bearing_part(move)
        credited, payments = Fraction(0), []
        for partial in line.matched_credit_ids:
            other = partial.credit_move_id
            amount = Fraction(to_decimal(partial.debit_amount_currency)) * bearing
            if other.move_id.reversed_entry_id == move:
                # What a credit note took back was never owed.
                credited += amount
            else:
                payments.append((self.paid_on(other), amount))
        owed = Fraction(to_decimal(line.amount_currency)) * bearing - credited
        return late_fees(
            owed,
            due,
            day,
            policy._late_terms(line.partner_id),
            payments,
            holidays=self._holidays(move.company_id, known.words) if policy.business_days else (),
            rounding=to_decimal(line.currency_id.rounding),
        )

    def _is_older_debt(self, move, due):
        """Whether a debt that no subscription billed was due before the company asked fees for such debts."""
        since = move.company_id.recurring_fee_from
        return bool(since and due) and due < since and not self._plans(move)

    @api.private
    @api.model
    def paid_on(self, credit):
        """The day on which money came: of an online payment the day it was begun, whose amount the customer was asked for."""
        begun = credit.move_id.origin_payment_id.payment_transaction_id.recurring_day
        return min(begun, credit.date) if begun else credit.date

    def _bearing_part(self, move):
        """The part of an invoice that bears fees: all but the lines of fees."""
        fees = move.line_ids.filtered(lambda line: line.recurring_late_fee_id or line.recurring_one_off_id.late_fee_id)
        if not fees or not move.amount_total:
            return Fraction(1)
        total = Fraction(to_decimal(move.amount_total))
        return (total - sum(Fraction(to_decimal(line.price_total)) for line in fees)) / total

    def _known(self, lines):
        """What is read once for many items: what was booked, charged or waived of their fees, and the holidays of their companies."""
        found = {}
        domain = [("move_line_id", "in", lines.ids), ("state", "in", const.FEES_IN_FORCE)]
        # sudo: see ``items``
        for fee in self.env["recurring.late.fee"].sudo().search(domain) if lines else ():
            found.setdefault(fee.move_line_id, []).append(Fees(to_decimal(fee.fine), to_decimal(fee.interest)))
        return Known(found, {})

    def _holidays(self, company, words=None):
        return self.env["recurring.invoice.preparation"]._holidays(company, {} if words is None else words)

    def _discount(self, line, policy, residual, day):
        """What the policy takes off for paying all of an item on a day. Only subscriptions offer it: nobody told others."""
        due = line.date_maturity
        if not policy or not policy.tier_ids or not due or day > due or not self._plans(line.move_id):
            return NOTHING
        rounding = to_decimal(line.currency_id.rounding)
        return round_money(early_payment.discount(residual, day, early_payment.dated(policy._tiers(), due), rounding), rounding)
