from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..const import dunning as const
from ..rules import dunning


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
        by_hand = message.user_id and not actions and message.direction == const.OUT
        why = (message.reason if not actions else "") or (by_hand and self.env._("%(user)s did this by hand.", user=message.user_id.name))
        if why:
            reasons.append(Reason(self.env._("Why"), [why]))
        if message.approved_by_id:
            words = self.env._("%(user)s approved it.", user=message.approved_by_id.name)
            reasons.append(Reason(self.env._("Who let it leave"), [words]))
        if actions:
            reasons.append(Reason(self.env._("Why this customer"), [self._debt(action) for action in actions]))
            reasons.append(Reason(self.env._("Why not the day before"), [self._timing(actions)]))
        skipped = self._skipped(message, actions)
        if skipped:
            reasons.append(Reason(self.env._("What was left out"), [self._left_out(action) for action in skipped]))
        if message.waits_for and message.state in const.MESSAGES_WAITING:
            reasons.append(Reason(self.env._("What it waits for"), [message.waits_for]))
        if message.error:
            title = self.env._("Why it did not leave") if message.state == const.CANCELLED else self.env._("What went wrong")
            reasons.append(Reason(title, [message.error]))
        return reasons

    def _skipped(self, message, actions):
        """The steps that were left out because a later one was due on the same day."""
        skipped = message.case_id.action_ids.filtered(lambda action: action.state == const.SKIPPED and action.line_id in actions.line_id)
        days = set(actions.mapped("day"))
        return skipped.filtered(lambda action: action.day in days).sorted(lambda action: (action.step_id.offset_days, action.id))

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
        }
        told = self.env._("%(debt)s, due on %(due)s: %(amount)s was open.", **words)
        told = f"{told} {self._offset(step)}"
        return f"{told} {action.reason}" if action.reason and action.reason != action.message_id.reason else told

    def _offset(self, step):
        """When a step comes."""
        words = {"step": step.name, "days": abs(step.offset_days)}
        if not step.offset_days:
            return self.env._("The step “%(step)s” comes on the due date.", **words)
        if step.offset_days < 0:
            if step.offset_days == -1:
                return self.env._("The step “%(step)s” comes the day before the due date.", **words)
            return self.env._("The step “%(step)s” comes %(days)s days before the due date.", **words)
        if step.offset_days == 1:
            return self.env._("The step “%(step)s” comes the day after the due date.", **words)
        return self.env._("The step “%(step)s” comes %(days)s days after the due date.", **words)

    def _left_out(self, action):
        return f"{action.line_id.move_id.display_name}, {action.step_id.name}: {action.reason or ''}"

    def _timing(self, actions):
        """Why the day before was no day for it, as it was found when it was decided."""
        leading = max(actions, key=lambda action: (action.step_id.offset_days, action.id))
        kept, step = leading.why or {}, leading.step_id
        code, until = kept.get("before"), fields.Date.to_date(kept.get("before_until"))
        before = leading.day - timedelta(days=1)
        if kept.get("cycle") and code in (None, dunning.NOTHING_REACHED):
            return self.env._("What the customer had promised was not kept: it went on the day after that was known.")
        if code == dunning.NOTHING_REACHED:
            return self.env._("On %(before)s it was too early for the step “%(step)s”.", before=self._day(before), step=step.name)
        if code:
            words = self.env["recurring.dunning.silence"].silence(code, until, step.name)
            return self.env._("On %(before)s it had to wait. %(words)s", before=self._day(before), words=words)
        return self.env._(
            "On %(before)s a message could have gone out already, but collections did not run then, or its hours had passed.",
            before=self._day(before),
        )

    def _day(self, day):
        return format_date(self.env, day) if day else ""
