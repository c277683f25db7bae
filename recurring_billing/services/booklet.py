from datetime import date
from typing import Any, NamedTuple

from odoo import api, models
from odoo.exceptions import UserError

from .. import const
from ..rules import periods
from ..rules.charges import Charge
from ..rules.creditor_reference import creditor_reference
from ..rules.periods import Period
from .billing_plan import INVOICE

MOST_PERIODS = 12


class PlannedSlip(NamedTuple):
    """A slip to be printed: the one that is there, or the values of a new one.

    :param covered: the days its invoice will bill, which may be a part of the full period.
    """

    subscription: Any
    full: Period
    covered: Period
    due_date: date
    amount: float
    slip: Any = None

    @property
    def is_new(self) -> bool:
        return not self.slip


class RecurringBooklet(models.AbstractModel):
    """Booklets ("carnês"): slips for the next periods of a subscription that are not billed yet."""

    _name = "recurring.booklet"
    _description = "Booklets"

    @api.private
    @api.model
    def plan(self, subscriptions, count):
        """The slips of the next periods that are not billed yet, without writing.

        :param count: how many periods, 1 to 12.
        :return: list of PlannedSlip, by subscription and period
        """
        planned = []
        for mine in subscriptions.grouped("plan_id").values():
            expected, _problems = self.env["recurring.billing.outlook"].expected(mine, self._horizon(mine, count))
            by_subscription = {}
            for invoice in expected:
                by_subscription.setdefault(invoice.subscription.id, []).append(invoice)
            known = self._slips_in_force(mine)
            for subscription in mine:
                invoices = by_subscription.get(subscription.id, [])
                planned += self._plan_of_subscription(subscription, invoices, known.get(subscription, []), count)
        return planned

    def _horizon(self, subscriptions, count):
        """A day by which the next periods of all of them are due, in arrears too."""
        plan = subscriptions.plan_id
        first = max((day for day in subscriptions.mapped("next_invoice_date") if day), default=None)
        if not first:
            return date.min
        # One interval for the lead days' sake, one for a leading stub, one for arrears.
        return periods.boundary(first, plan._interval(), count + 3)

    def _plan_of_subscription(self, subscription, expected, known, count):
        by_full = {}
        for invoice in expected:
            charges = self._charges_of(invoice)
            if charges:
                by_full.setdefault(self._period_of([row.full for row in charges]), []).append(invoice)
        planned = []
        for full, invoices in sorted(by_full.items()):
            amount = subscription.currency_id.round(sum(invoice.total for invoice in invoices))
            if amount > 0 and len(planned) < count:
                covered = self._period_of([row.covered for invoice in invoices for row in self._charges_of(invoice)])
                due_date = min(invoice.due_date for invoice in invoices)
                planned.append(self._with_known(PlannedSlip(subscription, full, covered, due_date, amount), known))
        return planned

    def _charges_of(self, invoice):
        """The charges of an expected invoice that say which period it is for; usage on it is of the period before."""
        return [row for row in invoice.planned.rows if isinstance(row, Charge)] if invoice.planned.move_type == INVOICE else []

    def _period_of(self, parts):
        return Period(min(part.start for part in parts), max(part.end for part in parts))

    def _with_known(self, planned, known):
        """The planned slip with the one that is there already: the same, or one that somebody paid."""
        for slip in known:
            same_period = (slip.full_start, slip.full_end) == (planned.full.start, planned.full.end)
            if same_period and (slip.payment_ids or self._is_as_planned(slip, planned)):
                return planned._replace(slip=slip, amount=slip.amount, due_date=slip.due_date)
        return planned

    def _is_as_planned(self, slip, planned):
        return not slip.currency_id.compare_amounts(slip.amount, planned.amount) and (slip.due_date, slip.start, slip.end) == (
            planned.due_date,
            planned.covered.start,
            planned.covered.end,
        )

    def _slips_in_force(self, subscriptions):
        # sudo: whether a slip was paid counts, whoever may see payments; the subscriptions are the user's own to read
        slips = self.env["recurring.booklet.slip"].sudo()
        found = slips.search([("subscription_id", "in", subscriptions.ids), ("state", "!=", const.SLIP_VOID)])
        return {subscription.with_env(self.env): mine for subscription, mine in found.grouped("subscription_id").items()}

    @api.private
    @api.model
    def issue(self, subscriptions, count, bank_accounts):
        """Make the slips of the next periods: unchanged ones that are there are kept, others that nobody paid are voided and made anew.

        :param bank_accounts: dict company → bank account to pay to (may be empty).
        :return: the slips, by subscription and period
        :raises UserError: when there is nothing to print.
        """
        subscriptions.check_access("read")
        if any(subscription.state != const.ACTIVE for subscription in subscriptions):
            raise UserError(self.env._("A booklet is for active subscriptions. Activate them first, or leave the others out."))
        subscriptions._hold_against_runs()
        planned = self.plan(subscriptions, count)
        if not planned:
            raise UserError(self.env._("There is no further period to bill, so there is no slip to print."))
        # sudo: slips are written by the service alone; the subscriptions are the user's own to read
        slips = self.env["recurring.booklet.slip"].sudo()
        self._outdated(subscriptions, planned, count).write({"voided": True})
        self.env.flush_all()
        new = slips.create([self._prepare_slip(each, bank_accounts.get(each.subscription.company_id)) for each in planned if each.is_new])
        made = iter(new)
        found = slips.concat(*(next(made) if each.is_new else each.slip for each in planned))
        for slip in found.filtered(lambda slip: slip.state == const.SLIP_OPEN):
            bank = bank_accounts.get(slip.company_id)
            if slip.partner_bank_id != bank:
                slip.partner_bank_id = bank
        return found.with_env(self.env)

    def _outdated(self, subscriptions, planned, count):
        """Slips nobody paid that are not as the next invoices will be. Those of periods after the ones to be printed stay."""
        kept = {each.slip for each in planned if each.slip}
        # sudo: slips are written by the service alone
        outdated = self.env["recurring.booklet.slip"].sudo()
        for subscription, slips in self._slips_in_force(subscriptions).items():
            mine = [each.full.end for each in planned if each.subscription == subscription]
            reach = mine[-1] if len(mine) == count else date.max
            outdated |= slips.filtered(
                lambda slip, reach=reach: slip not in kept and not slip.payment_ids and not slip.move_ids and slip.full_start < reach
            )
        return outdated

    def _prepare_slip(self, planned, bank):
        subscription = planned.subscription
        # sudo: the number comes from a sequence of our own
        number = self.env["ir.sequence"].sudo().next_by_code("recurring.booklet.slip")
        return {
            "reference": creditor_reference(int(number)),
            "subscription_id": subscription.id,
            "company_id": subscription.company_id.id,
            "currency_id": subscription.currency_id.id,
            "partner_bank_id": bank and bank.id,
            "full_start": planned.full.start,
            "full_end": planned.full.end,
            "start": planned.covered.start,
            "end": planned.covered.end,
            "due_date": planned.due_date,
            "amount": planned.amount,
        }

    @api.private
    @api.model
    def void(self, slips):
        """Withdraw slips nobody paid.

        :raises UserError: for a slip that is paid or settled.
        """
        self.env["recurring.invoice.generation"].check_may_bill()
        slips.check_access("read")
        for slip in slips:
            # sudo: a slip that was paid stays, whoever may read the payment
            if slip.sudo().payment_ids or slip.state != const.SLIP_OPEN:
                raise UserError(self.env._("%s is paid or void already, so it cannot be voided.", slip.display_name))
        # sudo: slips are written by the service alone; the right to bill is checked above
        slips.sudo().voided = True

    @api.private
    @api.model
    def default_bank_account(self, company, currency):
        """The company's bank account that payers use: one with a payment code for the currency first, then as Odoo chooses for invoices."""
        # sudo: the company's own bank accounts are printed on every invoice
        banks = company.sudo().partner_id.bank_ids.filtered(lambda bank: bank.company_id in (company, bank.company_id.browse()))
        ranked = banks.sorted(
            key=lambda bank: (
                not bank._build_qr_code_vals(1.0, "", "", currency, company.partner_id),
                bool(bank.currency_id) and bank.currency_id != currency,
                not bank.allow_out_payment,
                bank.sequence,
                bank.id,
            )
        )
        return ranked[:1].sudo(False)
