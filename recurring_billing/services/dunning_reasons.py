from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import format_amount, format_date

from ..const import dunning as const
from ..rules import contact_timing

WEEKEND = (5, 6)
LOOKED_BACK = 31


class Reason(NamedTuple):
    """A paragraph of the explanation.

    :param title: None for the first one.
    :param lines: its sentences.
    """

    title: str | None
    lines: list


class RecurringDunningReasons(models.AbstractModel):
    """Why a message came, why on that day, and why not earlier: told from what was recorded when it was decided."""

    _name = "recurring.dunning.reasons"
    _description = "Reasons of a Message"

    @api.private
    @api.model
    def of(self, message):
        """The explanation of a message.

        :return: list of Reason
        """
        # sudo: who may read the message may know why it was sent; what it says of debts is what the case shows
        message = message.sudo()
        actions = message.action_ids.filtered(lambda action: action.state != const.SKIPPED).sorted(
            lambda action: (action.line_id.date_maturity or action.day, action.id)
        )
        reasons = [Reason(None, self._what(message))]
        if message.reason:
            reasons.append(Reason(self.env._("Why"), [message.reason]))
        if actions:
            reasons.append(Reason(self.env._("Why this customer"), [self._debt(action) for action in actions]))
            reasons.append(Reason(self.env._("Why not the day before"), [self._timing(message, actions)]))
        skipped = message.action_ids.filtered(lambda action: action.state == const.SKIPPED)
        if skipped:
            reasons.append(Reason(self.env._("What was left out"), [self._left_out(action) for action in skipped]))
        if message.error:
            reasons.append(Reason(self.env._("What went wrong"), [message.error]))
        return reasons

    def _what(self, message):
        """What it was, to whom, when."""
        labels = {
            name: dict(message._fields[name]._description_selection(self.env)).get(message[name])
            for name in ("channel", "kind", "state", "direction")
        }
        if message.direction == const.IN:
            return [self.env._("%(customer)s wrote on %(day)s.", customer=message.partner_id.display_name, day=self._day(message.day))]
        return [
            self.env._(
                "%(kind)s for %(customer)s by %(channel)s on %(day)s: %(state)s.",
                kind=message.headline,
                customer=message.partner_id.display_name,
                channel=labels["channel"],
                day=self._day(message.day),
                state=labels["state"],
            )
        ]

    def _debt(self, action):
        """One debt the message is about."""
        line, step = action.line_id, action.step_id
        words = {
            "debt": line.move_id.display_name,
            "amount": format_amount(self.env, action.amount or line.amount_residual, action.currency_id or line.company_currency_id),
            "due": self._day(line.date_maturity or line.date),
            "step": step.name,
            "days": abs(step.offset_days),
        }
        if step.offset_days < 0:
            told = self.env._(
                "%(debt)s, due on %(due)s: %(amount)s was open. The step “%(step)s” comes %(days)s days before the due date.", **words
            )
        elif step.offset_days == 0:
            told = self.env._("%(debt)s, due on %(due)s: %(amount)s was open. The step “%(step)s” comes on the due date.", **words)
        else:
            told = self.env._(
                "%(debt)s, due on %(due)s: %(amount)s was open. The step “%(step)s” comes %(days)s days after the due date.", **words
            )
        return f"{told} {action.reason}" if action.reason and action.reason != action.message_id.reason else told

    def _left_out(self, action):
        return f"{action.line_id.move_id.display_name}, {action.step_id.name}: {action.reason or ''}"

    def _timing(self, message, actions):
        """Why the day before was no day for it."""
        leading = max(actions, key=lambda action: (action.step_id.offset_days, action.id))
        known = self._known(message, leading)
        timing = contact_timing.why_not_earlier(message.day, known)
        before = message.day - timedelta(days=1)
        words = {"before": self._day(before), "day": self._day(timing.day), "days": known.interval, "step": leading.step_id.name}
        told = {
            contact_timing.TOO_EARLY: self.env._("On %(before)s it was too early: the step “%(step)s” was reached on %(day)s.", **words),
            contact_timing.BEFORE_START: self.env._("Messages of this company began on %(day)s.", **words),
            contact_timing.HELD: self.env._("Until %(day)s it waited for what was agreed with the customer.", **words),
            contact_timing.CYCLE: self.env._("What the customer had promised was not kept on %(day)s: it goes on since then.", **words),
            contact_timing.INTERVAL: self.env._(
                "The customer was contacted on %(day)s, and at least %(days)s days lie between two contacts.", **words
            ),
            contact_timing.CLOSED: self.env._("From %(day)s to %(before)s nothing is sent: weekend or holiday.", **words),
            contact_timing.WAITED: self.env._(
                "The step “%(step)s” was reached on %(day)s. It left on the next day on which messages went out: hours, the bank's news and approvals count.",
                **words,
            ),
        }
        if timing.code == contact_timing.CLOSED and timing.day == before:
            return self.env._("On %(before)s nothing is sent: weekend or holiday.", **words)
        return told[timing.code]

    def _known(self, message, action):
        line, step = action.line_id, action.step_id
        company, policy = message.company_id, action.policy_id
        due = line.date_maturity or line.date
        earlier = self._contact_before(message)
        return contact_timing.Known(
            reached=due + timedelta(days=step.offset_days),
            began=company.recurring_dunning_from,
            cycle_from=self._broken_on(action) if action.cycle else None,
            held_until=self._held_until(message, action),
            last_contact=earlier.day if earlier else None,
            interval=policy.min_interval_days,
            closed=self._closed(company, message.day) if policy.business_days_only else frozenset(),
        )

    def _contact_before(self, message):
        """The contact of the customer before this one."""
        domain = [
            ("case_id", "=", message.case_id.id),
            ("id", "!=", message.id),
            ("day", "<", message.day),
            ("direction", "=", const.OUT),
            ("kind", "in", (const.KIND_DUNNING, const.KIND_MANUAL, const.KIND_CALL, const.KIND_STATEMENT)),
            ("state", "not in", (const.CANCELLED, const.FAILED, const.TO_APPROVE)),
        ]
        return message.search(domain, order="day desc, id desc", limit=1) if message.case_id else message.browse()

    def _held_until(self, message, action):
        """The last day on which something agreed covered the debt, before the message."""
        line = action.line_id
        days = []
        for model, field in (("recurring.promise", "date"), ("recurring.payment.claim", "holds_until")):
            mine = self.env[model].sudo().search([("line_ids", "in", line.ids), (field, "<", message.day)])
            days += mine.mapped(field)
        disputes = self.env["recurring.dispute"].sudo().search([("line_ids", "in", line.ids), ("closed_on", "<=", message.day)])
        days += disputes.mapped("closed_on")
        return max(days, default=None)

    def _broken_on(self, action):
        """The day on which the last promise or agreement about the debt was found broken."""
        days = []
        for model in ("recurring.promise", "recurring.agreement"):
            broken = self.env[model].sudo().search([("line_ids", "in", action.line_id.ids), ("broken_on", "<=", action.day)])
            days += broken.mapped("broken_on")
        return max(days, default=None)

    def _closed(self, company, day):
        """The weekends and public holidays of the month before a day."""
        holidays = set(self.env["recurring.invoice.preparation"]._holidays(company, {}))
        days = [day - timedelta(days=n) for n in range(1, LOOKED_BACK)]
        return frozenset(other for other in days if other.weekday() in WEEKEND or other in holidays)

    def _day(self, day):
        return format_date(self.env, day) if day else ""
