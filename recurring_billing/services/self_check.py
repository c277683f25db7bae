import logging
from datetime import timedelta
from typing import NamedTuple

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import html_escape

from .. import const as billing
from ..const import dunning as contact
from ..const import self_check as const
from .billing_batch import CONFLICTS

_logger = logging.getLogger(__name__)

HOURS = 26
"""What runs at least daily was late by more than this; RULES "Watching over itself"."""
KEPT_IDS = 200
"""Records of a finding that can be opened from it."""
STUCK = timedelta(hours=2)
NAMED = 5
OFF_BY_CHOICE = ("recurring_billing.cron_index_fetch",)
"""Scheduled actions that are off until somebody switches them on."""


class Finding(NamedTuple):
    """Something that is not as it should be.

    :param records: what can be opened; may be empty. ``detail``: which, in words.
    """

    kind: str
    count: int = 1
    detail: str = ""
    records: object = None


class RecurringSelfCheckService(models.AbstractModel):
    """Looks once a day whether billing and collections do what they should, and tells managers what it finds."""

    _name = "recurring.self.check.service"
    _description = "Looking at Oneself"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: one company per transaction."""
        # sudo: the scheduled action works for every company
        companies = self.sudo().env["res.company"].search([("active", "=", True)])
        for number, company in enumerate(companies, 1):
            self._check_apart(company)
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - number):
                return

    def _check_apart(self, company):
        """Another process that looks at the company at this moment tells what is found, once."""
        try:
            self.sudo().check(company)  # sudo: see ``run_scheduled``
            self.env.flush_all()
        except (*CONFLICTS, ConcurrencyError):
            self.env.cr.rollback()
            _logger.info("company %s is being looked at by another process", company.id)

    @api.private
    @api.model
    def check(self, company):
        """Look at a company now; the record of today is made, or told anew.

        :raises ConcurrencyError: when another process does right now: start the transaction again.
        """
        service = self.with_company(company).with_context(allowed_company_ids=company.ids)
        company = company.with_env(service.env)
        found = service._look(company)
        checks = service.env["recurring.self.check"].with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        today = company._recurring_today()
        check = checks.search([("company_id", "=", company.id), ("day", "=", today)]) or service._make(checks, company, today)
        check.finding_ids.unlink()
        service.env["recurring.self.check.finding"].create([service._prepare(check, finding) for finding in found])
        check.write({"state": const.PROBLEM if found else const.OK, "checked_at": fields.Datetime.now()})
        service._tell(check)
        return check

    def _make(self, checks, company, today):
        try:
            return checks.create({"company_id": company.id, "day": today})
        except UniqueViolation as error:
            raise ConcurrencyError("the self-check of the day is made by another process") from error

    def _prepare(self, check, finding):
        records = finding.records
        return {
            "check_id": check.id,
            "kind": finding.kind,
            "count": finding.count,
            "detail": finding.detail or False,
            "record_model": records._name if records else False,
            "record_ids": records[:KEPT_IDS].ids if records else False,
        }

    def _look(self, company):
        """Everything that is not as it should be. A check that fails is a finding too, and the others go on."""
        found = []
        for name, check in self._checks().items():
            try:
                with self.env.cr.savepoint():
                    found += check(company)
            except Exception as error:
                # Whatever it is, it must not hide what the other checks find.
                _logger.exception("self-check %s of company %s", name, company.id)
                found.append(Finding(const.UNFINISHED, detail=f"{name}: {str(error)[:200]}"))
        return found

    def _checks(self):
        """By name: what looks at a company and gives a list of Finding. Extend it here."""
        return {
            "identity": self._identity,
            "ledger": self._ledger,
            "actions": self._actions,
            "runs": self._runs,
            "revenue": self._revenue,
            "messages": self._messages,
            "charges": self._charges,
            "debts": self._debts,
        }

    def _some(self, kind, records, detail=""):
        """A finding of records; nothing where there are none."""
        if not records:
            return []
        named = ", ".join(records[:NAMED].mapped("display_name"))
        more = f", … (+{len(records) - NAMED})" if len(records) > NAMED else ""
        return [Finding(kind, len(records), detail or f"{named}{more}", records)]

    # The checks

    def _identity(self, _company):
        why = self.env["recurring.identity"]._why_stopped()
        return [Finding(const.IDENTITY, detail=why)] if why else []

    def _ledger(self, _company):
        constraint = f"{self.env['recurring.period']._table}_no_double_billing"
        self.env.cr.execute("SELECT 1 FROM pg_constraint WHERE conname = %s AND contype = 'x'", (constraint,))
        return [] if self.env.cr.fetchone() else [Finding(const.LEDGER, detail=constraint)]

    def _actions(self, _company):
        """Scheduled actions of this app: Odoo switches one off after it failed several times."""
        mine = self.env["ir.model.data"].search([("module", "=like", "recurring_billing%"), ("model", "=", "ir.cron")])
        actions = self.env["ir.cron"].with_context(active_test=False).browse(mine.mapped("res_id")).exists()
        chosen = actions.browse(self.env.ref(name).id for name in OFF_BY_CHOICE)
        late = fields.Datetime.now() - timedelta(hours=HOURS)
        daily = actions.filtered(
            lambda cron: cron.active and cron.interval_type in ("minutes", "hours", "days") and not self._is_rare(cron)
        )
        return [
            *self._some(const.ACTION_OFF, actions.filtered(lambda cron: not cron.active) - chosen),
            *self._some(const.ACTION_LATE, daily.filtered(lambda cron: (cron.lastcall or cron.create_date) < late)),
        ]

    def _is_rare(self, cron):
        return cron.interval_type == "days" and cron.interval_number > 1

    def _runs(self, company):
        runs = self.env["recurring.billing.run"]
        mine = [("company_id", "=", company.id)]
        waiting = runs.search([*mine, ("state", "=", billing.RUN_WAITING)])
        found = self._some(const.RUN_WAITS, waiting)
        last = runs.search([*mine, ("trigger", "=", billing.SCHEDULED)], limit=1)
        running = self.env["recurring.subscription"].search_count([*mine, ("state", "=", billing.ACTIVE)], limit=1)
        if last and running and last.date < company._recurring_today() - timedelta(days=1):
            found.append(Finding(const.RUN_LATE, detail=last.display_name, records=last))
        return found

    def _revenue(self, company):
        subscriptions = self.env["recurring.subscription"].search([("company_id", "=", company.id), ("state", "!=", billing.DRAFT)])
        if not subscriptions:
            return []
        rows = self.env["recurring.revenue.recording"].differences(subscriptions)
        lines = self.env["recurring.subscription.line"].browse(line_id for line_id, _recorded, _mrr in rows)
        return self._some(const.REVENUE, lines)

    def _messages(self, company):
        messages = self.env["recurring.dunning.message"]
        stuck = fields.Datetime.now() - STUCK
        domain = [
            ("company_id", "=", company.id),
            "|",
            ("state", "=", contact.UNKNOWN),
            "&",
            ("state", "=", contact.SENDING),
            ("write_date", "<", stuck),
        ]
        tried = [("company_id", "=", company.id), ("state", "=", contact.QUEUED), ("first_tried_at", "<", stuck)]
        return self._some(const.MESSAGES, messages.search(domain)) + self._some(const.MESSAGES_WAIT, messages.search(tried))

    def _charges(self, company):
        attempts = self.env["recurring.charge.attempt"].search([("company_id", "=", company.id), ("clarify", "!=", False)])
        return self._some(const.CHARGES, attempts)

    def _debts(self, _company):
        """See ``self_check_debts.py``."""
        return []

    # Telling

    def _tell(self, check):
        """Managers get an activity and an e-mail of what is new since the last time; what was mended ends the activity."""
        if check.state == const.OK:
            self._open_checks(check).activity_unlink(["mail.mail_activity_data_todo"])
            return
        kinds = set(check.finding_ids.mapped("kind"))
        if not kinds - set((check.told or self._told_before(check)).split()):
            check.told = " ".join(sorted(kinds))
            return
        check.told = " ".join(sorted(kinds))
        self._open_checks(check).activity_unlink(["mail.mail_activity_data_todo"])
        for user in self._managers(check.company_id):
            self._tell_one(check.with_context(lang=user.lang), user)

    def _open_checks(self, check):
        return self.env["recurring.self.check"].search([("company_id", "=", check.company_id.id), ("activity_ids", "!=", False)])

    def _told_before(self, check):
        earlier = self.env["recurring.self.check"].search([("company_id", "=", check.company_id.id), ("day", "<", check.day)], limit=1)
        return (earlier.state == const.PROBLEM and earlier.told) or ""

    def _managers(self, company):
        """The responsible person; where there is none, the managers of the company."""
        if company.recurring_responsible_id:
            return company.recurring_responsible_id
        managers = self.env.ref("recurring_billing.group_manager").all_user_ids
        people = managers.filtered(
            lambda user: user.active and company in user.company_ids and user.id != self.env.ref("base.user_root").id
        )
        return people or self.env.ref("base.user_admin")

    def _tell_one(self, check, user):
        summary = check.env._("Recurring Billing needs you: %s", check.display_name)
        items = "".join(
            f"<li><b>{html_escape(finding['what'])}</b>: {html_escape(finding['detail'])}<br/>{html_escape(finding['todo'])}</li>"
            for finding in self._told_findings(check)
        )
        body = f"<ul>{items}</ul>"
        check.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, note=body, user_id=user.id
        )
        if user.email and self.env["recurring.identity"].is_confirmed():
            link = f"{check.get_base_url()}/odoo/self-check/{check.id}"
            words = html_escape(check.env._("Open the self-check"))
            self.env["mail.mail"].create(
                {
                    "subject": summary,
                    "body_html": f"<div>{body}<p><a href='{link}'>{words}</a></p></div>",
                    "email_to": user.email_formatted,
                    "email_from": check.company_id.email_formatted or user.email_formatted,
                    "auto_delete": True,
                }
            )

    def _told_findings(self, check):
        words = dict(check.finding_ids._fields["kind"]._description_selection(check.env))
        return [
            {"what": words[finding.kind], "detail": finding.detail or finding.count, "todo": finding.todo} for finding in check.finding_ids
        ]
