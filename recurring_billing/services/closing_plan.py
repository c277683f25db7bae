from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from odoo import api, models
from odoo.tools import SQL, format_date

from .. import const
from ..rules import charges, terms
from ..rules.periods import period_at

DAY = timedelta(days=1)


class Choice(NamedTuple):
    """What a person chose when closing subscriptions.

    :param day: the last day of service, where ``when`` is a date.
    :param withdrawal: the customer withdraws: nothing was ever wanted, everything is given back.
    :param override: close although the contract does not allow it yet.
    """

    when: str = const.CLOSE_AT_BILLED
    day: date | None = None
    refund: str = const.REFUND_PLAN
    withdrawal: bool = False
    waive_fee: bool = False
    override: bool = False


class PlannedEnd(NamedTuple):
    """How one subscription will end.

    :param days: by lineage, the first day without service; without those that are over already.
    :param last_day: the last day of service; None where it never ran, or everything is given back.
    :param fee: the exit fee, untaxed, in the currency of the subscription; also where it will be waived.
    :param refusal: why it cannot be closed so, for a person; else None.
    :param exception: what the contract says against it, which a manager may overrule; else None.
    """

    subscription: Any
    days: dict
    last_day: date | None = None
    fee: Decimal = Decimal(0)
    refusal: str | None = None
    exception: str | None = None

    @property
    def first_day_off(self) -> date:
        return self.last_day + DAY if self.last_day else self.subscription.start_date


class RecurringClosingPlan(models.AbstractModel):
    """Decides how subscriptions end: the last day of each line, the exit fee, and what stands against it. Writes nothing."""

    _name = "recurring.closing.plan"
    _description = "Plan of Closing Subscriptions"

    @api.private
    @api.model
    def plan(self, subscriptions, choice):
        """How these subscriptions will end, each by its own contract.

        :param choice: Choice
        :return: list of PlannedEnd, in the order of the subscriptions
        """
        billed = self._billed_until(subscriptions)
        return [self._plan_of(subscription, choice, billed) for subscription in subscriptions]

    def _plan_of(self, subscription, choice, billed):
        today = subscription.company_id._recurring_today()
        refusal = self._refusal(subscription, choice, today)
        if refusal or subscription.state not in const.BILLED_STATES:
            return PlannedEnd(subscription, {}, refusal=refusal)
        if choice.withdrawal:
            ever = subscription.line_ids.lineage_id.filtered(self._was_wanted)
            return PlannedEnd(subscription, dict.fromkeys(ever, subscription.start_date))
        asked = self._asked(subscription, choice, today, billed)
        days = {
            lineage: self._day_of(lineage, choice, asked, billed)
            for lineage in subscription.line_ids.lineage_id
            if self._goes_on(lineage, asked)
        }
        first_day_off = max(days.values(), default=asked)
        last_day = max(first_day_off - DAY, subscription.start_date - DAY)
        if subscription.end_date and subscription.end_date <= last_day and subscription.close_reason_id:
            refusal = self.env._(
                "%(subscription)s ends on %(day)s already. Keep it first, to close it on another day.",
                subscription=subscription.display_name,
                day=format_date(self.env, subscription.end_date),
            )
            return PlannedEnd(subscription, days, last_day, refusal=refusal)
        exception = self._exception(subscription, last_day, today)
        return PlannedEnd(subscription, days, last_day, subscription._exit_fee(first_day_off), None, exception)

    # Days

    def _asked(self, subscription, choice, today, billed):
        """The first day without service that the person asked for."""
        if choice.when == const.CLOSE_ON_DATE:
            return choice.day + DAY
        if choice.when == const.CLOSE_ALLOWED:
            return subscription._earliest_last_day(today) + DAY
        if choice.when == const.CLOSE_AT_BILLED:
            return self._paid_until(subscription, today, billed)
        return today

    def _paid_until(self, subscription, today, billed):
        """The first day that is not paid for: in arrears the end of the running period, where nothing was billed today."""
        if subscription.plan_id.timing == charges.ARREARS:
            return period_at(subscription.anchor_date, subscription.plan_id._interval(), today).end
        return max((billed[lineage.id] for lineage in subscription.line_ids.lineage_id if lineage.id in billed), default=today)

    def _day_of(self, lineage, choice, asked, billed):
        """The first day without service of one lineage: the plan, or the person, may keep what is paid."""
        if choice.refund == const.REFUND_PLAN:
            return self.env["recurring.subscription.change"].end_day(lineage, asked)
        if choice.refund == const.REFUND_NONE:
            return max(asked, billed.get(lineage.id, asked))
        return asked

    def _goes_on(self, lineage, asked):
        """Whether there is something to end: it runs on that day, or is only paused."""
        last = self.env["recurring.subscription.change"]._last(lineage)
        return not last.date_end or last.date_end >= asked or last.ended_by in (const.BY_PAUSE, const.BY_REPRICE)

    def _was_wanted(self, lineage):
        """Whether a withdrawal takes anything of it back: it has days, or would have, were it not paused."""
        change = self.env["recurring.subscription.change"]
        return bool(change._running(lineage)) or change._last(lineage).ended_by == const.BY_PAUSE

    def _billed_until(self, subscriptions):
        """By lineage id, the first day after everything that is billed and in force."""
        if not subscriptions:
            return {}
        self.env["recurring.period"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT lineage_id, max(live_end) FROM recurring_period "
                    "WHERE subscription_id IN %s AND voided IS NOT TRUE AND kind != %s AND live_end > start GROUP BY lineage_id",
                    subscriptions._ids,
                    const.CREDIT,
                )
            )
        )

    # What stands against it

    def _refusal(self, subscription, choice, today):
        if subscription.state == const.CLOSED:
            return self.env._("%s is closed already.", subscription.display_name)
        if refusal := self._refusal_of_switched(subscription, choice):
            return refusal
        if choice.when == const.CLOSE_ON_DATE and not choice.day and not choice.withdrawal:
            return self.env._("Choose the last day of service.")
        if not choice.withdrawal:
            return None
        deadline = subscription._withdrawal_deadline()
        if not deadline:
            return self.env._("The contract of %s does not let the customer withdraw.", subscription.display_name)
        if today > deadline:
            return self.env._(
                "The customer could withdraw from %(subscription)s until %(day)s. Close it in the ordinary way instead.",
                subscription=subscription.display_name,
                day=format_date(self.env, deadline),
            )
        return None

    def _refusal_of_switched(self, subscription, choice):
        """Of a subscription and the one that continues it on another plan, the one that is left alone would go on, or keep its money."""
        # sudo: the other one counts, whoever may see it
        successor, predecessor = subscription.sudo().successor_id, subscription.sudo().predecessor_id
        words = {"subscription": subscription.display_name}
        if successor and successor.state != const.CLOSED:
            return self.env._(
                "%(subscription)s goes on as %(successor)s from %(day)s. Close that one; or withdraw the switch of plans first, to end "
                "service earlier.",
                successor=successor.name,
                day=format_date(self.env, successor.start_date),
                **words,
            )
        if choice.withdrawal and predecessor:
            return self.env._(
                "%(subscription)s continues %(predecessor)s on another plan. Withdraw the switch of plans first, then let the customer "
                "withdraw from %(predecessor)s: so everything is given back.",
                predecessor=predecessor.name,
                **words,
            )
        return None

    def _exception(self, subscription, last_day, today):
        """Why the contract does not allow that last day, or None."""
        contract = subscription._contract()
        term = terms.minimum_term(contract)
        is_bound = term and last_day < term.last_day and subscription.plan_id.exit_fee_kind == terms.NO_FEE
        if not is_bound and not contract.notice_days and contract.ends == terms.ANY_DAY:
            # Where nothing is agreed, a leaving may be recorded late.
            return None
        allowed = subscription._earliest_last_day_with_fee(today)
        if last_day >= allowed:
            return None
        words = {"subscription": subscription.display_name, "day": format_date(self.env, allowed)}
        if is_bound:
            return self.env._(
                "The minimum term of %(subscription)s runs until %(end)s: it may end on %(day)s at the earliest.",
                end=format_date(self.env, term.last_day),
                **words,
            )
        if last_day < terms.notice_last_day(contract, today):
            return self.env._(
                "%(subscription)s is cancelled %(notice)s ahead: it may end on %(day)s at the earliest.",
                notice=subscription.plan_id._count_in_words(contract.notice_days, "day"),
                **words,
            )
        return self.env._("%(subscription)s ends with a period or term of its contract: on %(day)s at the earliest.", **words)
