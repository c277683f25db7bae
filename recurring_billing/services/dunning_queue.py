from datetime import datetime, time, timezone

from odoo import api, models
from odoo.fields import Domain

from ..const import dunning as const
from .notification import notification

CANDIDATES = 20
TO_PHONE = (const.STAGE_REMINDER, const.STAGE_OVERDUE, const.STAGE_NOTICE, const.STAGE_BLOCKED)
"""The stages in which a person may phone by herself; in the others something was agreed, and it is waited for."""


class RecurringDunningQueue(models.AbstractModel):
    """Which case is next for the person who phones.

    First what is to be done by today: cases with an activity of this person, or of nobody in particular, that is due, the oldest first.
    Then the cases in a stage where phoning helps, which were not contacted today, and for which nothing is planned later or by somebody
    else: the largest overdue amount first. Only cases of this person, or of nobody. A case that was looked at today comes again when all
    others were looked at, so that pressing Next goes round, and two people never get the same one.
    """

    _name = "recurring.dunning.queue"
    _description = "Next Case"

    @api.private
    @api.model
    def waiting(self, company=None):
        """The cases that wait for this person, in the order in which they come.

        :return: recordset of recurring.dunning.case
        """
        company = company or self.env.company
        due = self._due_activities(company)
        others = self.env["recurring.dunning.case"].search(self._free_domain(company))
        return due | others

    @api.private
    @api.model
    def open_next(self, case):
        """Go from a case to the next one.

        :param case: the one on the screen, or none.
        :return: the action that opens the next case, or says that none waits
        """
        company = case.company_id or self.env.company
        if not case.has_access("write"):
            return self._read_next(case, self.waiting(company))
        today = company._recurring_today()
        case.looked_on = today
        waiting = self.waiting(company) - case
        fresh = waiting.filtered(lambda other: other.looked_on != today)
        following = fresh[:CANDIDATES].try_lock_for_update(allow_referencing=True, limit=1)
        words = False
        if not following and waiting:
            waiting.looked_on = False
            following = waiting[:1]
            words = self.env._("You have been through all of them. %(count)s still wait, from the first.", count=len(waiting))
        if not following:
            return self._nothing_waits()
        following.looked_on = today
        return self._open(following, words)

    def _read_next(self, case, waiting):
        """Who only reads goes through them in order, and keeps nobody from any."""
        ids = waiting.ids
        place = ids.index(case.id) + 1 if case.id in ids else 0
        following = waiting.browse(ids[place : place + 1] or ids[:1]) - case
        return self._open(following) if following else self._nothing_waits()

    def _open(self, case, words=False):
        params = {"res_model": case._name, "res_id": case.id, "words": words}
        return {"type": "ir.actions.client", "tag": "recurring_billing_open_case", "params": params}

    def _due_activities(self, company):
        """Cases with an activity that is due, of this person or of nobody in particular, the oldest first."""
        domain = [
            ("res_model", "=", "recurring.dunning.case"),
            ("user_id", "in", self._me_or_nobody()),
            ("date_deadline", "<=", company._recurring_today()),
        ]
        found = self.env["mail.activity"].search(domain, order="date_deadline, id")
        cases = self.env["recurring.dunning.case"].browse(dict.fromkeys(found.mapped("res_id")))
        mine = cases.search(
            [
                ("id", "in", cases.ids),
                ("company_id", "=", company.id),
                ("state", "=", const.CASE_OPEN),
                ("user_id", "in", (self.env.uid, False)),
            ]
        )
        return cases.filtered(lambda case: case in mine)

    def _free_domain(self, company):
        """Cases which a call may help, and for which nothing is planned later or by somebody else."""
        elsewhere = Domain("date_deadline", ">", company._recurring_today()) | Domain("user_id", "not in", self._me_or_nobody())
        return Domain(
            [
                ("company_id", "=", company.id),
                ("state", "=", const.CASE_OPEN),
                ("stage", "in", TO_PHONE),
                ("amount_due", ">", 0.0),
                ("user_id", "in", (self.env.uid, False)),
                ("activity_ids", "not any", elsewhere),
            ]
        ) & self._not_today(company)

    def _me_or_nobody(self):
        """This person, and the system itself, to which activities fall that have no owner."""
        return [self.env.uid, self.env.ref("base.user_root").id]

    def _not_today(self, company):
        """Nobody spoke to the customer today, and no message is on its way."""
        today = company._recurring_today()
        earlier = Domain("last_contact_at", "=", False) | Domain("last_contact_at", "<", self._day_begins(company))
        contacts = (const.KIND_DUNNING, const.KIND_MANUAL, const.KIND_STATEMENT)
        leaving = [("day", "=", today), ("kind", "in", contacts), ("state", "in", (const.QUEUED, const.SENDING, const.UNKNOWN))]
        return earlier & Domain("message_line_ids", "not any", leaving)

    def _day_begins(self, company):
        """The moment at which the company's day began, as the database keeps moments."""
        zone = company._recurring_local(datetime.now(timezone.utc)).tzinfo
        return datetime.combine(company._recurring_today(), time.min, zone).astimezone(timezone.utc).replace(tzinfo=None)

    def _nothing_waits(self):
        return notification(
            self.env._("Every case was contacted today, or waits for something that was agreed."),
            title=self.env._("Nobody waits for a call"),
            then="recurring_billing.action_recurring_dunning_case",
        )
