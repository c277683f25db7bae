from contextlib import contextmanager

from odoo import Command, api, fields, models
from odoo.tools import format_amount

from .. import const

LINE_FIELDS = ("date_end", "ended_by", "planned_end", "superseded")
SUBSCRIPTION_FIELDS = ("state", "end_date", "closed_on", "close_reason_id")


class Story:
    """A change while it is being made.

    :param lines: the lines it is made of; through them billing dates are computed once, at the end.
    :param day: its first day.
    """

    def __init__(self, kind, lines, day, subscriptions):
        self.kind, self.lines, self.day, self.subscriptions = kind, lines, day, subscriptions
        self.old_lines = lines.lineage_id.line_ids
        self.new_lines, self.successors, self.changes = lines.browse(), {}, None

    @property
    def lineages(self):
        return self.lines.lineage_id


class RecurringChangeRecording(models.AbstractModel):
    """Keeps of every change what it was, what it did to the money, and how the lines were before."""

    _name = "recurring.change.recording"
    _description = "Recording of Changes"

    @api.private
    @api.model
    @contextmanager
    def recording(self, kind, lines, day, about, subscriptions=None):
        """Record what is changed inside, as one change per subscription.

        :param about: values of ``recurring.change`` that only the caller knows, such as its reason or ``kind``; ``change``: the offered
            change that is carried out.
        :return: Story; its ``changes`` are there at the end.
        """
        subscriptions = lines.subscription_id if subscriptions is None else subscriptions
        with self.env["recurring.coverage"].postponed() as coverage:
            story = Story(kind, lines.with_env(coverage.env), day, subscriptions.with_env(coverage.env))
            before = self._state_of(subscriptions, story.lineages, day)
            yield story
            everything = story.lines | story.new_lines
            coverage.env["recurring.subscription.change"]._settle(everything, story.subscriptions)
        after = self._state_of(subscriptions, everything.lineage_id, day, story.successors)
        story.changes = self._write(story, about, before, after)

    # How things stand

    def _state_of(self, subscriptions, lineages, day, successors=None):
        """How lines and subscriptions stand, in words, and what that comes to, at a moment."""
        successors = successors or {}
        everyone = subscriptions.union(*successors.values())
        due = self._due(everyone, day)
        mrr = self._mrr_on(everyone, day)
        family = {each.id: [each.id, *successors.get(each.id, each.browse()).ids] for each in subscriptions}
        return {
            "lines": {lineage: self.lines_of(lineage) for lineage in lineages.with_env(self.env)},
            "words": {lineage: self._in_words(lineage, day) for lineage in lineages.with_env(self.env)},
            "subscription": {each.id: self._values_of(each, self._subscription_fields()) for each in subscriptions},
            "due": {key: sum(due[each] for each in ids) for key, ids in family.items()},
            "mrr": {key: sum(mrr[each] for each in ids) for key, ids in family.items()},
        }

    @api.private
    @api.model
    def lines_of(self, lineage):
        """The fields of its lines that changes write, by line, as JSON has them."""
        return {str(line.id): self._values_of(line, LINE_FIELDS) for line in lineage.line_ids}

    def _values_of(self, record, names):
        found = {}
        for name in names:
            value = record[name]
            if isinstance(value, models.BaseModel):
                value = value.id
            found[name] = fields.Date.to_string(value) if hasattr(value, "isoformat") else value
        return found

    @api.model
    def _subscription_fields(self):
        """The fields of a subscription that a change may write, for taking it back; other features add theirs."""
        return SUBSCRIPTION_FIELDS

    def _mrr_on(self, subscriptions, day):
        """By subscription id, the monthly recurring revenue on a day, as is decided now; within a trial, that of the first paid day."""
        until = {each.id: max(day, each.trial_end_date) if each.start_date <= day else day for each in subscriptions}
        # sudo: what is booked counts, whoever may see it
        levels = self.env["recurring.revenue.levels"].sudo().of_lines(subscriptions.with_env(self.env).sudo(), until)
        return {each.id: float(sum(levels[line.id] for line in each.line_ids)) for each in subscriptions}

    def _due(self, subscriptions, day):
        """By subscription id, what is to be billed up to a day, less what is to be given back; in the tax basis of the prices."""
        found = {}
        for company, mine in subscriptions.with_env(self.env).grouped("company_id").items():
            # sudo: what is billed counts, whoever may see the ledger
            due = self.env["recurring.coverage"].sudo().due_rows(mine.sudo(), max(day, company._recurring_today()))
            for subscription, (rows, _ledger) in due.items():
                found[subscription.id] = sum(row.amount for row in rows if row.amount)
        return found

    def _in_words(self, lineage, day):
        """Product and price on a day: ("Gym", "2 × 50.00 $")."""
        line = self.env["recurring.subscription.change"]._price_line(lineage, day)
        if not line:
            return "", ""
        price = format_amount(self.env, line.price_unit, line.currency_id)
        price = price if line.quantity == 1 else f"{line.quantity:g} × {price}"
        return line.product_id.display_name, f"{price}, −{line.discount:g}%" if line.discount else price

    # What is kept

    def _write(self, story, about, before, after):
        about = dict(about)
        offered = about.pop("change", None)
        mine = (story.lines | story.new_lines).with_env(self.env).lineage_id.grouped("subscription_id")
        new = story.new_lines.with_env(self.env).grouped("subscription_id")
        values = [
            {
                **self._prepare(subscription, story, mine.get(subscription, []), before, after),
                "line_ids": [Command.set(new[subscription].ids if subscription in new else [])],
                **about,
            }
            for subscription in story.subscriptions.with_env(self.env)
        ]
        # sudo: changes are recorded by services alone
        changes = self.env["recurring.change"].sudo()
        if offered:
            offered.sudo().write(values[0])
            return offered
        return changes.create(values).with_env(self.env)

    def _prepare(self, subscription, story, lineages, before, after):
        today = subscription.company_id._recurring_today()
        key = subscription.id
        return {
            "subscription_id": key,
            "kind": self._kind(story.kind, before["mrr"][key], after["mrr"][key]),
            "date": story.day,
            "state": const.CHANGE_PLANNED if story.day > today else const.CHANGE_APPLIED,
            "recorded_on": today,
            "user_id": self.env.uid,
            "description": self._description_of(story, subscription, lineages, before, after),
            "mrr_before": before["mrr"][key],
            "mrr_after": after["mrr"][key],
            "amount_due": float(after["due"][key] - before["due"][key]),
            "lineage_ids": [Command.set([lineage.id for lineage in lineages])],
            "successor_id": story.successors.get(key, subscription.browse()).id,
            "snapshot": {
                "lineages": {str(lineage.id): [before["lines"].get(lineage, {}), after["lines"][lineage]] for lineage in lineages},
                "subscription": [before["subscription"][key], after["subscription"][key]],
            },
        }

    def _kind(self, kind, mrr_before, mrr_after):
        if kind != const.CHANGE_REPLACE or mrr_before == mrr_after:
            return kind
        return const.CHANGE_UPGRADE if mrr_after > mrr_before else const.CHANGE_DOWNGRADE

    def _description_of(self, story, subscription, lineages, before, after):
        """ "Gym: 50.00 → 80.00", or what came in the place of what."""
        if subscription.id in story.successors:
            successor = story.successors[subscription.id]
            return f"{subscription.plan_id.name} → {successor.plan_id.name}"
        old = [before["words"][lineage] for lineage in lineages if lineage in before["words"]]
        new = [after["words"][lineage] for lineage in lineages if lineage not in before["words"]]
        if old and new:
            return " → ".join(", ".join(f"{name} ({price})" for name, price in words) for words in (old, new))
        if new:
            return ", ".join(f"{name} ({price})" for name, price in new)
        parts = []
        for lineage in lineages:
            (name, was), (_name, now) = before["words"][lineage], after["words"][lineage]
            parts.append(name if was == now else f"{name}: {was} → {now}")
        return ", ".join(parts)
