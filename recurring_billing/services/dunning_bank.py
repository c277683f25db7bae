from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, format_date

IN_USE_DAYS = 60


class Newest(NamedTuple):
    """The newest entry of a bank journal; ``day`` is None where there is none."""

    journal: object
    day: object
    age: int | None
    is_used: bool


class RecurringDunningBank(models.AbstractModel):
    """Do we even know about payments? The newest entry of each bank journal, before anybody is asked for money."""

    _name = "recurring.dunning.bank"
    _description = "Newest Bank Entries"

    @api.private
    @api.model
    def newest(self, company, day):
        """The newest entry of each bank journal of a company, as of a day.

        :return: list of Newest
        """
        # sudo: how old bank entries are counts, whoever may read journals
        journals = self.env["account.journal"].sudo().search([("company_id", "=", company.id), ("type", "=", "bank")])
        days = self._days(journals, day)
        found = [(journal, days.get(journal.id)) for journal in journals]
        ages = {journal: (day - newest).days for journal, newest in found if newest}
        used = {journal for journal, age in ages.items() if age <= IN_USE_DAYS} or set(ages)
        return [Newest(journal, newest, ages.get(journal), journal in used) for journal, newest in found]

    @api.private
    @api.model
    def is_stale(self, newest, wait_days):
        """Whether messages wait for the bank: a journal in use has nothing newer than so many days. 0 never waits."""
        if not wait_days:
            return False
        used = [entry for entry in newest if entry.is_used]
        return not used or any(entry.age > wait_days for entry in used)

    @api.private
    @api.model
    def in_words(self, company, day):
        """The newest entry of each bank journal as people read it, a line each."""
        for entry in self.newest(company, day):
            words = {"bank": entry.journal.name, "day": format_date(self.env, entry.day) if entry.day else "", "days": entry.age}
            if not entry.day:
                yield self.env._("%(bank)s: no entry yet", **words)
            elif not entry.age:
                yield self.env._("%(bank)s: today", **words)
            elif entry.age == 1:
                yield self.env._("%(bank)s: %(day)s, 1 day ago", **words)
            else:
                yield self.env._("%(bank)s: %(day)s, %(days)s days ago", **words)

    def _days(self, journals, day):
        if not journals:
            return {}
        self.env["account.move"].flush_model()
        self.env["account.payment"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT journal_id, MAX(date) FROM (
                        SELECT journal_id, date FROM account_move
                         WHERE journal_id IN %(journals)s AND state = 'posted' AND date <= %(day)s
                     UNION ALL
                        SELECT journal_id, date FROM account_payment
                         WHERE journal_id IN %(journals)s AND state IN ('in_process', 'paid') AND date <= %(day)s
                    ) entries GROUP BY journal_id
                    """,
                    journals=tuple(journals.ids),
                    day=day,
                )
            )
        )
