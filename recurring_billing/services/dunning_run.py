import logging
from datetime import datetime, timezone
from typing import NamedTuple

import psycopg2.errors

from odoo import api, models
from odoo.exceptions import AccessError, ConcurrencyError, LockError
from odoo.tools import split_every

from ..const import dunning as const
from ..rules import dunning
from .billing_batch import CONFLICTS
from .invoice_generation import BATCH_CONTEXT

_logger = logging.getLogger(__name__)

BATCH = 200
TRIES = 3
BUSY = (*CONFLICTS, psycopg2.errors.UniqueViolation, LockError, ConcurrencyError)
"""Somebody else works on these customers at the same moment."""
NO_POLICY, BANK = "no_policy", "bank"


class Plan(NamedTuple):
    """What is done about a customer on a day, or why nothing is.

    :param customer: ``rules.dunning.Customer``; ``terms``: ``rules.dunning.Terms``, None without a policy.
    :param decision: ``rules.dunning.Contact`` or ``Silence``.
    """

    partner_id: int
    policy: object
    customer: object
    terms: object
    decision: object


class RecurringDunningRun(models.AbstractModel):
    """Decides for each customer who owes what is done today, and does it: RULES "Dunning".

    ``plans()`` only reads: the preview asks it too. Customers go batch by batch, each batch a transaction of its own that writes actions
    and messages together, so a process that is killed leaves nothing half; a unique index refuses a step that was done.
    """

    _name = "recurring.dunning.run"
    _description = "Run of Collections"

    # Deciding

    @api.private
    @api.model
    def plans(self, company, day, partner_ids=None, *, imagined=None):
        """What would be done about customers on a day, without writing anything.

        :param partner_ids: ids of commercial partners; by default all who owe anything.
        :param imagined: (usual policy, ``rules.dunning_steps.Entry``) of collections that are not switched on yet.
        :return: list of Plan
        """
        # sudo: what is done about a customer follows from all that is known, whoever asks
        service = self.sudo().with_company(company)
        customers = service.env["recurring.dunning.facts"].customers(company, day, partner_ids)
        partners = service.env["res.partner"].browse(customers)
        risks = {partner_id: customer.segment for partner_id, customer in customers.items()}
        policies = service.env["recurring.dunning.policy"]._for(partners, company, risks, usual=imagined and imagined[0])
        terms = {policy: policy._terms(company, imagined and imagined[1]) for policy in set(policies.values()) if policy}
        newest = service.env["recurring.dunning.bank"].newest(company, day)
        stale = {policy for policy in terms if service.env["recurring.dunning.bank"].is_stale(newest, policy.bank_wait_days)}
        return [
            self._plan(partner.id, policies[partner], customers[partner.id], terms.get(policies[partner]), policies[partner] in stale, day)
            for partner in partners
        ]

    def _plan(self, partner_id, policy, customer, terms, is_stale, day):
        if terms is None:
            return Plan(partner_id, policy, customer, None, dunning.Silence(NO_POLICY, items=customer.items))
        decision = dunning.decide(customer, terms, day)
        if is_stale and isinstance(decision, dunning.Contact):
            decision = dunning.Silence(BANK, None, decision.step, decision.items, decision.amount)
        return Plan(partner_id, policy, customer, terms, decision)

    # Running

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: every company in which collections are switched on.

        :return: whether everything was done within the time allowed.
        """
        # sudo: the scheduled action works for every company
        companies = self.sudo().env["res.company"].search([("recurring_dunning", "=", True)])
        return all(self._for_company(company)._run(company) for company in companies)

    @api.private
    @api.model
    def run_now(self, company):
        """A manager wants what is due done now, within the hours of the policies."""
        if not self.env.user.has_group("recurring_billing.group_manager"):
            raise AccessError(self.env._("Only managers of Recurring Billing run collections."))
        self.env["recurring.identity"].require()
        return self._for_company(company)._run(company)

    def _for_company(self, company):
        """The service in one company. sudo: it alone writes cases, actions and messages; entries check who may start it."""
        context = {**BATCH_CONTEXT, "allowed_company_ids": company.ids, "lang": company._recurring_staff_lang()}
        return self.sudo().with_company(company).with_context(**context)

    def _run(self, company):
        if not company.recurring_dunning or not self.env["recurring.identity"].is_confirmed():
            return True
        day = company._recurring_today()
        ids = self._partner_ids(company)
        left = len(ids)
        for batch in split_every(BATCH, ids, list):
            self._in_transaction(company, day, batch)
            left -= len(batch)
            if self._checkpoint(len(batch), remaining=left) <= 0 and left:
                return False
        return True

    def _partner_ids(self, company):
        """Everybody who owes anything, everybody with an open case, and those about whom somebody has decided."""
        rows = self.env["recurring.dunning.facts"]._open_rows(company)
        owing = {row["partner_id"] for row in rows if row["amount_residual"] > 0}
        cases = self.env["recurring.dunning.case"].search([("company_id", "=", company.id), ("state", "=", const.CASE_OPEN)])
        decided = self.env["recurring.dunning.approval"].decided(company)
        return sorted(owing | set(cases.partner_id.ids) | set(decided.partner_id.ids))

    def _in_transaction(self, company, day, partner_ids):
        """A batch in a transaction of its own. One customer who cannot be done is left out; the others are."""
        for attempt in range(TRIES):
            self._checkpoint()
            try:
                self._work(company, day, partner_ids)
                self.env.flush_all()
                return
            except BUSY as error:
                if self._in_one_transaction():
                    raise
                self.env.cr.rollback()
                _logger.info("%s customers are busy (%s), try %s", len(partner_ids), type(error).__name__, attempt + 1)
                if len(partner_ids) > 1 and attempt + 1 == TRIES:
                    # Only who is worked on waits for the next run.
                    self._in_halves(company, day, partner_ids)
                elif attempt + 1 == TRIES and isinstance(error, psycopg2.errors.UniqueViolation):
                    # Nobody is in the way: it would fail in the same way in each run, and the customer be forgotten.
                    self._halve(company, day, partner_ids, error)
            except Exception as error:
                if self._in_one_transaction():
                    raise
                self.env.cr.rollback()
                self._halve(company, day, partner_ids, error)
                return

    def _halve(self, company, day, partner_ids, error):
        if len(partner_ids) == 1:
            _logger.error("collections of customer %s failed", partner_ids[0], exc_info=error)
            self._leave_out(company, partner_ids[0], error)
            return
        self._in_halves(company, day, partner_ids)

    def _in_halves(self, company, day, partner_ids):
        middle = len(partner_ids) // 2
        self._in_transaction(company, day, partner_ids[:middle])
        self._in_transaction(company, day, partner_ids[middle:])

    def _leave_out(self, company, partner_id, error):
        """A person has to look: an activity on the customer's case, once."""
        case = self.env["recurring.dunning.case"]._of(self.env["res.partner"].browse(partner_id), company)
        case = next(iter(case.values()))
        summary = self.env._("Collections could not go on")
        if not case.activity_ids.filtered(lambda activity: activity.summary == summary):
            user = case.user_id or company.recurring_responsible_id or self.env.user
            case.activity_schedule("mail.mail_activity_data_todo", summary=summary, note=str(error), user_id=user.id)
        self._checkpoint()

    def _work(self, company, day, partner_ids):
        """Decide and write, for customers nobody else works on."""
        domain = [("partner_id", "in", partner_ids), ("company_id", "=", company.id), ("state", "=", const.CASE_OPEN)]
        self.env["recurring.dunning.case"].search(domain).lock_for_update(allow_referencing=True)
        self.env["recurring.dunning.approval"].settle(company, partner_ids)
        plans = self.plans(company, day, partner_ids)
        late = [plan for plan in plans if any(item.amount > 0 and item.due < day for item in plan.customer.items)]
        contacts = [plan for plan in plans if isinstance(plan.decision, dunning.Contact) and self._is_open_hour(company, plan.policy)]
        partners = self.env["res.partner"].browse({plan.partner_id for plan in (*late, *contacts)})
        cases = {partner.id: case for partner, case in self.env["recurring.dunning.case"]._of(partners, company).items()}
        self.env["recurring.dunning.doing"].do(company, day, contacts, cases)
        made = {plan.partner_id for plan in contacts}
        known = [self._after(plan, day) if plan.partner_id in made else plan for plan in plans]
        self.env["recurring.dunning.cases"].refresh(self.env["recurring.dunning.case"].search(domain), known)

    def _after(self, plan, day):
        """The plan of a customer once what was decided is done."""
        customer = dunning.after(plan.customer, plan.decision, day)
        return plan._replace(customer=customer, decision=dunning.decide(customer, plan.terms, day))

    def _is_open_hour(self, company, policy):
        """Whether it is an hour in which the policy speaks to customers, in the company's time zone."""
        if "recurring_today" in self.env.context:
            # A story is told by date.
            return True
        now = company._recurring_local(datetime.now(timezone.utc))
        return policy.hour_from <= now.hour + now.minute / 60 < policy.hour_to

    # Progress

    def _checkpoint(self, processed=0, *, remaining=None):
        if self._in_one_transaction():
            return float("inf")
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    def _in_one_transaction(self):
        return self.env["recurring.invoice.generation"]._in_one_transaction()
