from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..const import dunning as const
from ..rules.dunning import UNPREPARED, Contact
from .dunning_facts import SPOKEN
from .dunning_words import ABOUT_DEBTS as TEXTS_ABOUT_DEBTS

GO, WAIT, CANCEL = "go", "wait", "cancel"
ABOUT_DEBTS = (const.KIND_DUNNING, const.KIND_STATEMENT)
PASSED = (const.TEXT_COMING, const.TEXT_TODAY)
"""Texts that are wrong on any later day."""
BY_ITSELF = (const.KIND_DUNNING, const.KIND_STATEMENT, const.KIND_THANKS)


class Verdict(NamedTuple):
    """Whether a message may leave now.

    :param words: why not; ``until``: when to look again, a naive datetime in UTC.
    """

    what: str
    words: str = ""
    until: datetime | None = None


class RecurringMessageCheck(models.AbstractModel):
    """Asks, at the last moment, whether a message is still right: somebody may have paid, promised or objected since it was made."""

    _name = "recurring.message.check"
    _description = "Checks Before a Message Leaves"

    @api.private
    @api.model
    def verdict(self, message):
        """Whether a message may leave now, with words where it may not."""
        for check in (
            self._switched_on,
            self._still_owed,
            self._still_paid,
            self._not_stale,
            self._not_overtaken,
            self._alone_today,
            self._at_this_hour,
        ):
            found = check(message)
            if found:
                return found
        return Verdict(GO)

    @api.private
    @api.model
    def no_address(self, message, code=None):
        """Why the person cannot be reached this way, in words; empty where they can."""
        return self.address(message, code)[1]

    @api.private
    @api.model
    def address(self, message, code=None):
        """Where the person is reached this way.

        :return: (address, ""), or ("", why not)
        """
        code = code or message.channel
        channel = self.env["recurring.channel"]._of(code)
        if not channel._is_available(message.company_id):
            label = dict(message._fields["channel"]._description_selection(self.env)).get(code)
            return "", self.env._("%(channel)s is not set up.", channel=label)
        partner = message.partner_id
        refuses = self.env["recurring.optout"]._why_not(partner, code, message.company_id, message.is_notice)
        return ("", refuses) if refuses else channel._address(partner)

    @api.private
    @api.model
    def no_words(self, message):
        """Why a message says nothing, in words; empty where it does."""
        if message.channel in (const.PHONE, const.TASK) or (message.channel == const.WHATSAPP and message.template_id):
            return ""
        message, words = self.env["recurring.dunning.words"].in_language(message)
        if words.text_of(message).strip():
            return ""
        label = dict(message._fields["channel"]._description_selection(self.env))[message.channel]
        text = message.template_id.name or self.env._("the message")
        return self.env._("%(text)s has no words for %(channel)s: write them in Texts.", text=text, channel=label)

    # One check each: a Verdict where the message must not leave now

    def _switched_on(self, message):
        if message.kind == const.KIND_DUNNING and not message.company_id.recurring_dunning:
            return Verdict(WAIT, self.env._("Collections are switched off."), self._tomorrow(message))
        return None

    def _still_owed(self, message):
        by_hand = message.kind == const.KIND_MANUAL and message.template_id.kind in TEXTS_ABOUT_DEBTS
        if message.direction != const.OUT or not (by_hand or message.kind in ABOUT_DEBTS):
            return None
        words = self.env["recurring.dunning.words"]
        if message.kind == const.KIND_DUNNING and message.case_id.hold_until and message.case_id.hold_until >= self._today(message):
            # It waits, for its step is done only once: dropped, a notice would never be given.
            return Verdict(WAIT, self.env._("Messages are paused: %(why)s", why=message.case_id.hold_reason or ""), self._tomorrow(message))
        lines = words.lines(message)
        if message.kind == const.KIND_STATEMENT or lines:
            return self._still_late(message, message.line_ids.browse().union(*lines))
        if message.kind == const.KIND_DUNNING and words.is_waiting(message):
            return Verdict(WAIT, words.why_nothing(message), self._tomorrow(message))
        return Verdict(CANCEL, words.why_nothing(message))

    def _still_late(self, message, lines):
        """What speaks of late debts does not leave where none is late any more: an agreement made meanwhile gave them other due dates."""
        today = self._today(message)
        is_about_late = message.kind == const.KIND_DUNNING and message.step_id.offset_days > 0
        if not is_about_late or any((line.date_maturity or line.date) < today for line in lines):
            return None
        words = self.env._("What it was about is due later now.")
        if self.env["recurring.service.debts"]._running(lines):
            # Its steps begin anew with the dates of the agreement.
            return Verdict(CANCEL, words)
        return Verdict(WAIT, words, self._tomorrow(message))

    def _still_paid(self, message):
        """Nobody is thanked for what was taken back meanwhile, or turned out to be somebody else's."""
        if message.kind != const.KIND_THANKS or not (message.unique_ref or "").startswith("thanks:") or not message.line_ids:
            return None
        if self.env["recurring.payment.thanks"].is_still_paid(message):
            return None
        return Verdict(CANCEL, self.env._("The payment was taken back."))

    def _not_stale(self, message):
        if message.kind != const.KIND_DUNNING or message.day >= self._today(message):
            return None
        if message.template_id.kind in PASSED:
            return Verdict(CANCEL, self.env._("Its day has passed."))
        begun = message.company_id.recurring_dunning_from
        if begun and message.day < begun <= self._today(message):
            # Collections were off meanwhile: nothing leaves but what was looked at when they were switched on.
            return Verdict(CANCEL, self.env._("Collections began anew after it was made."))
        return None

    def _not_overtaken(self, message):
        """What waited for days makes room for a later step that is reached meanwhile: the run makes that one, whichever comes first.

        A formal notice is given before anything later, and what somebody approved leaves.
        """
        if message.kind != const.KIND_DUNNING or message.channel == const.TASK or message.day >= self._today(message):
            return None
        if not message.case_id or not message.step_id or message.is_notice or message.approved_by_id:
            return None
        mine = (message.step_id.offset_days, (message.step_id.sequence, message.step_id.id))
        for plan in self.env["recurring.dunning.run"].plans(message.company_id, self._today(message), message.case_id.partner_id.ids):
            found = plan.decision
            step = found.step if isinstance(found, Contact) else found.postponed if found.why != UNPREPARED else None
            if step and step.channel not in (const.TASK, const.NO_CHANNEL) and step.severity > mine:
                return Verdict(CANCEL, self.env._("A later step says it all."))
        return None

    def _alone_today(self, message):
        """One message a day: what leaves late makes room for what was made later and says it all."""
        if message.kind != const.KIND_DUNNING or not message.case_id or message.channel == const.TASK:
            return None
        if self.is_said_since(message):
            return Verdict(CANCEL, self.env._("A later message says it all."))
        start = self._utc(message.company_id, self._today(message), 0.0)
        today = self._spoken_since(message, start)
        same = Domain("step_id", "=", message.step_id.id) & Domain("day", "=", message.day)
        if message.step_id and message.search_count(today & ~same, limit=1):
            return Verdict(WAIT, self.env._("The customer was written to today."), self._tomorrow(message))
        return None

    @api.private
    @api.model
    def is_said_since(self, message):
        """Whether a reminder made later says what this one was to say: of a formal notice, only another one about the same debts does."""
        later = Domain("case_id", "=", message.case_id.id) & Domain("direction", "=", const.OUT) & Domain("kind", "=", const.KIND_DUNNING)
        later &= Domain("id", "!=", message.id) & Domain("follows_id", "!=", message.id) & Domain("channel", "!=", const.TASK)
        later &= Domain("day", ">", message.day) & Domain("state", "not in", (const.CANCELLED, const.FAILED))
        if not message.is_notice:
            return bool(message.search_count(later, limit=1))
        mine = set(message.line_ids.ids)
        return any(not each.line_ids or mine <= set(each.line_ids.ids) for each in message.search(later & Domain("is_notice", "=", True)))

    def _spoken_since(self, message, start):
        """What was said to the customer since a moment, by whomever: also what somebody wrote or told on the telephone."""
        mine = Domain("case_id", "=", message.case_id.id) & Domain("direction", "=", const.OUT) & Domain("sent_at", ">=", start)
        mine &= Domain("id", "!=", message.id) & Domain("follows_id", "!=", message.id) & Domain("channel", "!=", const.TASK)
        written = Domain("kind", "in", (const.KIND_DUNNING, const.KIND_MANUAL, const.KIND_STATEMENT, const.KIND_THANKS))
        told = Domain("kind", "=", const.KIND_CALL) & Domain("result", "in", SPOKEN)
        return mine & (written | told) & Domain("state", "in", (*const.MESSAGES_LEFT, const.UNKNOWN))

    def _at_this_hour(self, message):
        """Nobody is disturbed at night: what leaves by itself keeps the hours of the policy."""
        if message.kind not in BY_ITSELF or (message.kind == const.KIND_THANKS and message.channel == const.EMAIL):
            return None
        company, policy = message.company_id, message.step_id.policy_id or message.case_id.policy_id
        if not policy or message.channel in (const.TASK, const.PHONE, const.LETTER):
            return None
        local = self.env["recurring.message.dispatch"]._local_now(company)
        hour = local.hour + local.minute / 60
        words = self.env._("Messages leave between %(first)s and %(last)s.", first=_clock(policy.hour_from), last=_clock(policy.hour_to))
        if hour < policy.hour_from:
            return Verdict(WAIT, words, self._utc(company, local.date(), policy.hour_from))
        if hour >= policy.hour_to:
            return Verdict(WAIT, words, self._utc(company, local.date() + timedelta(days=1), policy.hour_from))
        holidays = self.env["recurring.invoice.preparation"]._holidays(company, {})
        if policy.business_days_only and (local.weekday() > 4 or local.date() in holidays):
            return Verdict(
                WAIT, self.env._("Messages leave on business days."), self._utc(company, local.date() + timedelta(days=1), policy.hour_from)
            )
        return None

    # Time

    def _today(self, message):
        return message.company_id._recurring_today()

    def _tomorrow(self, message):
        return self._utc(message.company_id, self._today(message) + timedelta(days=1), 0.0)

    def _utc(self, company, day, hour):
        """A local hour of a day as Odoo keeps moments."""
        zone = self.env["recurring.message.dispatch"]._local_now(company).tzinfo
        moment = datetime.combine(day, time(), tzinfo=zone) + timedelta(hours=hour)
        return moment.astimezone(timezone.utc).replace(tzinfo=None)


def _clock(hour):
    return f"{int(hour):02}:{round(hour % 1 * 60):02}"
