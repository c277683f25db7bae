from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..const import dunning as const
from ..rules import promises
from ..rules.money import round_money, to_decimal


class RecurringPromiseKeeping(models.AbstractModel):
    """Promises of payment: they are noted, and judged when money comes and when their day is over."""

    _name = "recurring.promise.keeping"
    _description = "Keeping Promises"

    @api.private
    @api.model
    def make(self, case, day, amount, lines, note=""):
        """Note a promise; it takes the place of those that are open for the same debts.

        :param day: when the money is to come.
        :param amount: in the company's currency, late fees included.
        :param lines: the open receivable items it is for.
        :raises UserError: for what cannot be promised.
        """
        case._check_may_collect()
        # sudo: promises are written by services; who may work on the case was checked
        promise = self.env["recurring.promise"].sudo()
        lines.sudo()._recurring_meet_payments()
        self._check(case, day, amount, lines)
        lines = lines.sudo()
        replaced = promise.search([("state", "=", const.OPEN), ("line_ids", "in", lines.ids)])
        replaced.state = const.CANCELLED
        promise = promise.create(
            {
                "case_id": case.id,
                "day": case.company_id._recurring_today(),
                "date": day,
                "until": promises.last_day(day, case.company_id.recurring_promise_grace_days, self._holidays(case.company_id)),
                "amount": amount,
                "debt_amount": float(self._debt_of(to_decimal(amount), lines)),
                "paid_before": float(self._money_for(lines)),
                "line_ids": lines.ids,
                "note": note,
                "user_id": self.env.uid,
            }
        )
        case._arrangement_made(self.env._("The customer promised %(promise)s. %(note)s", promise=promise.display_name, note=note or ""))
        return promise.with_env(self.env)

    def _debt_of(self, amount, lines):
        """What of a promised amount is the debts themselves, as they are in the books: in another currency at the rate of their day."""
        company = lines.company_id
        currency, today = company.currency_id, company._recurring_today()
        booked = sum((to_decimal(line.amount_residual) for line in lines), to_decimal(0))
        worth = sum(
            (to_decimal(line.currency_id._convert(line.amount_residual_currency, currency, company, today)) for line in lines),
            to_decimal(0),
        )
        if worth in (0, booked) or amount >= worth:
            return min(amount, booked)
        rounding = to_decimal(currency.rounding)
        # A cent less: what is paid of a debt is rounded by itself.
        return max(min(round_money(amount * booked / worth, rounding), booked) - rounding, rounding)

    def _check(self, case, day, amount, lines):
        company = case.company_id
        today = company._recurring_today()
        latest = today + timedelta(days=company.recurring_promise_max_days)
        if not lines:
            raise UserError(self.env._("Say what the promise is for: choose at least one debt."))
        if day < today:
            raise UserError(self.env._("A promise is for today or a later day. Choose another date."))
        if day > latest:
            raise UserError(
                self.env._(
                    "Promises wait until %(day)s at most, as the settings say. Choose an earlier date, or make an agreement.",
                    day=format_date(self.env, latest),
                )
            )
        if lines - case._open_items():
            raise UserError(self.env._("Some of these debts are paid, or are not this customer's. Open the promise again."))
        owed = case._owed(lines, day)
        if amount <= 0 or company.currency_id.compare_amounts(amount, owed) > 0:
            raise UserError(
                self.env._(
                    "Enter what was promised: more than 0, and no more than the %(owed)s that these debts will be on that day.",
                    owed=format_amount(self.env, owed, company.currency_id),
                )
            )

    @api.private
    @api.model
    def cancel(self, promise_records):
        """Forget promises that were noted by mistake."""
        for promise in promise_records:
            promise.case_id._check_may_collect()
            if promise.state != const.OPEN:
                raise UserError(self.env._("This promise was judged already and stays as it is."))
            # sudo: see ``make``
            promise.sudo().state = const.CANCELLED
            promise.case_id._arrangement_made(self.env._("The promise of %s was noted by mistake.", promise.display_name))

    @api.private
    @api.model
    def judge(self, promise_records, is_daily=True):
        """Say of open promises what became of them by now.

        :param is_daily: the day's own look: only then a promise can be broken, when all money of the day is in.
        """
        holding = promise_records.filtered(lambda promise: promise.state == const.OPEN)
        changed = {}
        for promise in holding:
            today = promise.company_id._recurring_today()
            paid = self._came(promise)
            left = sum((to_decimal(line.amount_residual) for line in promise.line_ids), to_decimal(0))
            until = promise.until or promise.date
            state = promises.judge(to_decimal(promise.debt_amount), paid, left, today, until)
            if is_daily and state in (const.PARTLY, const.BROKEN):
                # Money that came and that nobody allocated yet keeps it too.
                paid += self._on_account(promise)
                state = promises.judge(to_decimal(promise.debt_amount), paid, left, today, until)
            missed = state in (const.PARTLY, const.BROKEN)
            if state == const.OPEN or (missed and not is_daily):
                continue
            promise.write(
                {
                    "state": state,
                    "paid": float(paid),
                    "kept_on": today if state == const.KEPT else False,
                    "broken_on": today if missed else False,
                }
            )
            changed.setdefault(promise.case_id, []).append(self._tell(promise, missed))
        for case, words in changed.items():
            case._arrangement_made(" ".join(words))

    def _tell(self, promise, missed):
        words = {
            const.KEPT: self.env._("The promise of %s was kept."),
            const.PARTLY: self.env._("The promise of %s was kept in part only."),
            const.BROKEN: self.env._("The promise of %s was not kept."),
            const.CANCELLED: self.env._("Nothing is left to pay of the promise of %s."),
        }[promise.state] % promise.display_name
        if missed:
            promise.case_id._ask_owner(words, promise.company_id._recurring_today())
        return words

    def _money_for(self, lines, after=None):
        """The money that came for debts, in the company's currency: payments and bank entries, not credit notes and write-offs.

        :param after: only what is dated later.
        """
        money = lines.matched_credit_ids.filtered(
            lambda partial: partial.credit_move_id._recurring_is_money() and not (after and partial.credit_move_id.date <= after)
        )
        return sum((self._settled(partial) for partial in money), to_decimal(0))

    def _settled(self, partial):
        """What of a debt some money settled, as the debt is in the books: of debts in another currency at the rate of their day."""
        debt, company = partial.debit_move_id, partial.company_id
        if debt.currency_id == company.currency_id or not debt.amount_currency:
            return to_decimal(partial.amount)
        share = to_decimal(partial.debit_amount_currency) / to_decimal(debt.amount_currency)
        return round_money(to_decimal(debt.balance) * share, to_decimal(company.currency_id.rounding))

    def _came(self, promise):
        """The money that came for the debts of a promise since it was made; earlier money that is taken back since is no part of it."""
        since = self._money_for(promise.line_ids, promise.day)
        return max(since, self._money_for(promise.line_ids) - to_decimal(promise.paid_before))

    def _on_account(self, promise):
        return self.env["recurring.money.on.account"].counted(promise.case_id).get(promise, to_decimal(0))

    def _holidays(self, company):
        return self.env["recurring.invoice.preparation"]._holidays(company, {})
