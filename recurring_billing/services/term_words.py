from fractions import Fraction

from odoo import api, models
from odoo.tools import format_date

from .. import const
from ..rules import terms
from ..rules.money import round_money, to_decimal
from ..rules.periods import Period, boundary, iter_periods


class RecurringTermWords(models.AbstractModel):
    """What a contract says of staying and leaving, in sentences for people. Writes nothing."""

    _name = "recurring.term.words"
    _description = "Contract Terms in Words"

    @api.private
    @api.model
    def plan(self, plan, amount, start, currency, company):
        """What a plan says; see ``recurring.plan._terms_in_words()``.

        :return: list of sentences
        """
        found = [self._term(plan, start), self._end(plan), self._fee(plan, amount, start, currency, company)]
        found += [self._unused(plan), self._withdrawal(plan)]
        return [sentence for sentence in found if sentence]

    def _term(self, plan, start):
        term = plan._term()
        if not term:
            return None
        length = plan._count_in_words(plan.term_count, plan.term_unit)
        last_day = format_date(self.env, Period(start, boundary(start, term, 1)).last_day)
        if plan.renewal == const.END:
            return self.env._("It runs for %(length)s, until %(day)s, and then ends.", length=length, day=last_day)
        if plan._renews_by_terms():
            return self.env._(
                "Minimum term: %(length)s, until %(day)s. Then it is renewed for %(length)s at a time.", length=length, day=last_day
            )
        return self.env._("Minimum term: %(length)s, until %(day)s. Then it goes on until cancelled.", length=length, day=last_day)

    def _end(self, plan):
        ends = {
            terms.PERIOD_END: self.env._("Service ends with a billed period."),
            terms.TERM_END: self.env._("Service ends with a term."),
        }
        if not plan.notice_days:
            return ends.get(plan.end_on)
        notice = self.env._("Cancellation is announced %s ahead.", plan._count_in_words(plan.notice_days, "day"))
        return " ".join(part for part in (notice, ends.get(plan.end_on)) if part)

    def _fee(self, plan, amount, start, currency, company):
        if plan.exit_fee_kind == terms.NO_FEE or not plan.term_count:
            return None
        formula = {
            terms.PERCENT: self.env._(
                "Leaving within the minimum term costs %s %% of what would still be billed until its end",
                f"{plan.exit_fee_percent:g}",
            ),
            terms.FIXED: self.env._("Leaving within the minimum term costs %s", currency.format(self._agreed(plan, currency, company))),
            terms.FALLING: self.env._(
                "Leaving within the minimum term costs %s, less for every day served",
                currency.format(self._agreed(plan, currency, company)),
            ),
        }[plan.exit_fee_kind]
        example = self._example(plan, amount, start, currency, company) if plan.exit_fee_kind != terms.FIXED else None
        return f"{formula}: {example}." if example else f"{formula}."

    def _agreed(self, plan, currency, company):
        return float(plan._exit_fee(currency, company).value)

    def _example(self, plan, amount, start, currency, company):
        """The fee of leaving when half the minimum term is over; None where nothing is known to take a percentage of."""
        if plan.exit_fee_kind == terms.PERCENT and not amount:
            return None
        term = Period(start, boundary(start, plan._term(), 1))
        half = plan._term()._replace(count=plan.term_count // 2)
        day = boundary(start, half, 1) if half.count else start + (term.end - start) // 2
        shares = Fraction(0)
        for full in iter_periods(start, plan._interval(), day):
            if full.start >= term.end:
                break
            piece = full.intersection(Period(day, term.end)) if day < term.end else None
            shares += Fraction(piece.days, full.days) if piece else 0
        rounding = to_decimal(currency.rounding)
        fee = terms.exit_fee(plan._exit_fee(currency, company), term, day, Fraction(to_decimal(amount)) * shares, rounding)
        return self.env._(
            "for example %(amount)s on %(day)s", amount=currency.format(float(round_money(fee, rounding))), day=format_date(self.env, day)
        )

    def _unused(self, plan):
        if plan.timing != "advance":
            return None
        if plan.early_end == const.AT_BOUNDARY:
            return self.env._("What is paid is not given back: service goes on to the end of the billed period.")
        return self.env._("Time that is paid and not used is given back by the day.")

    def _withdrawal(self, plan):
        if not plan.withdrawal_days:
            return None
        return self.env._(
            "The customer may withdraw within %s of the signature, or of the first day where that is later, and gets everything back.",
            plan._count_in_words(plan.withdrawal_days, "day"),
        )
