from odoo import api, models
from odoo.tools import format_date

from ..const import dunning as const
from ..rules import dunning
from . import dunning_waits as waits


class RecurringDunningSilence(models.AbstractModel):
    """Why a customer is not spoken to, and why a debt waits, in words for the people who collect."""

    _name = "recurring.dunning.silence"
    _description = "Why Nobody Is Spoken To"

    @api.private
    @api.model
    def silence(self, code, until=None, step=None):
        """Why a customer is not spoken to, in a sentence.

        :param until: the last day of it; ``step``: the name of the step that waits.
        """
        words = self._silences(step or self.env._("The next step")).get(code) or self.env._("It waits.")
        if until and code not in (dunning.CLOSED_DAY, dunning.CONTACTED):
            words = self.env._("%(words)s Until %(day)s.", words=words, day=self._day(until))
        return words

    def _silences(self, step):
        return {
            dunning.NOTHING_OPEN: self.env._("Nothing is owed."),
            dunning.BALANCED: self.env._("Open credits cover what is owed."),
            dunning.NOTHING_REACHED: self.env._("No step is due on that day."),
            dunning.HOLD: self.env._("The case is on hold."),
            dunning.CONTACTED: self.env._("The customer was contacted on that day already."),
            dunning.INTERVAL: self.env._("The customer was contacted only just before."),
            dunning.CLOSED_DAY: self.env._("It is a weekend or a public holiday."),
            dunning.SMALL: self.env._("The debt is smaller than the policy asks for."),
            dunning.LEFT_TO_PEOPLE: self.env._("The debt is older than the first day of collections: it is left to people."),
            dunning.NOT_YET: self.env._("Collections have not begun."),
            dunning.ITEMS_WAIT: self.env._("All debts wait."),
            dunning.UNPREPARED: self.env._("%s cannot follow: the step it needs before was not done or did not arrive.", step),
            dunning.REPLIED: self.env._("The customer wrote, so messages pause."),
            dunning.UNSENT: self.env._("A message still waits for approval."),
            dunning.HELD_BACK: self.env._("A message that was made has not left yet; what comes after it waits."),
            "no_policy": self.env._("No collection policy is for this customer."),
            "bank": self.env._("The newest bank entry is too old: the customer may have paid."),
        }

    @api.private
    @api.model
    def wait(self, code, until=None):
        """Why a debt is left alone, in a sentence."""
        words = self._waits().get(code) or self.env._("It waits.")
        return self.env._("%(words)s Until %(day)s.", words=words, day=self._day(until)) if until else words

    def _waits(self):
        return {
            waits.PAYING: self.env._("A payment is on its way."),
            waits.EXCLUDED: self.env._("It is excluded from follow-up."),
            waits.DISPUTED: self.env._("It is disputed."),
            waits.PROMISED: self.env._("The customer promised to pay."),
            waits.CLAIMED: self.env._("The customer says that it was paid; somebody has to look."),
            waits.CHARGE: self.env._("A card will be charged for it."),
            waits.CLARIFY: self.env._("Nobody knows whether the last charge took the money; somebody has to clarify it."),
            waits.TAKEN_BACK: self.env._("Its payment was taken back; reminders go on the next day."),
            waits.DEBIT: self.env._("The bank was told to debit it."),
            waits.BANK_ROW: self.env._("A bank movement that was not booked yet may pay it."),
        }

    @api.private
    @api.model
    def decision(self, decision):
        """Why nothing is done about a customer, in words."""
        if decision.why != dunning.ITEMS_WAIT:
            return self.silence(decision.why, decision.until, decision.postponed and decision.postponed.name)
        found = {self.wait(item.waits, item.waits_until) for item in decision.items if item.waits}
        return " ".join(sorted(found))

    @api.private
    @api.model
    def of_case(self, code, until=None):
        """Why the customer of a case is left alone: a code of a debt that waits, or of the customer."""
        if code in self._waits():
            return self.wait(code, until)
        return self.silence(code, until)

    @api.private
    @api.model
    def done(self, action):
        """What is particular about a step that was done, or why it was not, in a sentence or two."""
        kept = action.why or {}
        if action.state == const.SKIPPED:
            return self.env._("A later step was due already.")
        words = []
        if kept.get("cycle"):
            words.append(self.env._("What was promised or agreed was not kept, so it began again."))
        if kept.get("led_by"):
            words.append(self.env._("It was told together with another debt: %s.", kept["led_by"]))
        if action.state == const.CANCELLED:
            words.append(self.env._("It did not leave any more."))
        return " ".join(words) or self._age(kept.get("days"))

    @api.private
    @api.model
    def reached(self, step, due, day):
        """Which step a debt has reached on a day, in a sentence."""
        return f"{step}. {self._age((day - due).days)}"

    def _age(self, days):
        if not days:
            return self.env._("It was due on that day.") if days == 0 else ""
        if days < 0:
            return self.env._("It is due the next day.") if days == -1 else self.env._("It is due in %s days.", -days)
        return self.env._("It was 1 day late.") if days == 1 else self.env._("It was %s days late.", days)

    def _day(self, day):
        return format_date(self.env, day)
