from collections import defaultdict

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..const import dunning as const
from ..rules import dunning, dunning_case
from .invoice_generation import BATCH_CONTEXT


class RecurringDunningCases(models.AbstractModel):
    """Opens, refreshes and closes cases, many at once."""

    _name = "recurring.dunning.cases"
    _description = "Keeping of Cases"

    @api.private
    @api.model
    def of(self, partners, company):
        """The open cases of customers, made where there is none.

        :return: dict commercial partner → case
        :raises ConcurrencyError: when another process opens one right now: start the transaction again.
        """
        # sudo: cases are kept by services
        cases = self.env["recurring.dunning.case"].sudo().with_context(**BATCH_CONTEXT)
        customers = partners.sudo().commercial_partner_id
        domain = [("partner_id", "in", customers.ids), ("company_id", "=", company.id), ("state", "=", const.CASE_OPEN)]
        found = {case.partner_id: case for case in cases.search(domain)}
        today = company._recurring_today()
        missing = [customer for customer in customers if customer not in found]
        values = [{"partner_id": customer.id, "company_id": company.id, "opened_on": today, "user_id": False} for customer in missing]
        try:
            found.update(zip(missing, cases.create(values), strict=True))
        except UniqueViolation as error:
            raise ConcurrencyError("the case of a customer is opened by another process") from error
        return {customer.with_env(self.env): case.with_env(self.env) for customer, case in found.items()}

    @api.private
    @api.model
    def refresh(self, cases, plans=None):
        """Bring stage and figures of open cases up to date; what owes nothing any more is closed.

        :param plans: list of ``services.dunning_run.Plan``, where what is known of these customers today was read already.
        """
        # sudo: cases are kept by services
        open_ones = cases.sudo().with_context(**BATCH_CONTEXT).filtered(lambda case: case.state == const.CASE_OPEN)
        for company, mine in open_ones.grouped("company_id").items():
            day = company._recurring_today()
            known = self.env["recurring.dunning.run"].sudo().plans(company, day, mine.partner_id.ids) if plans is None else plans
            self._write(company, mine, {plan.partner_id: plan for plan in known}, day)

    @api.private
    @api.model
    def look_at(self, partners):
        """Bring the open cases of customers up to date: something of theirs was paid, or opened again."""
        domain = [("partner_id", "in", partners.commercial_partner_id.ids), ("state", "=", const.CASE_OPEN)]
        # sudo: cases are kept by services
        self.refresh(self.env["recurring.dunning.case"].sudo().search(domain))

    def _write(self, company, cases, plans, day):
        past = self._past(cases, plans)
        for case in cases:
            plan = plans.get(case.partner_id.id)
            items = plan.customer.items if plan else ()
            found = dunning_case.standing(items, past[case.id], day, case.hold_until)
            values = self._figures(case, plan, found, past[case.id], day)
            changed = {name: value for name, value in values.items() if self._plain(case, name) != value}
            if changed:
                case.write(changed)

    def _plain(self, case, name):
        value = case[name]
        return value.id if isinstance(value, models.BaseModel) else value

    def _figures(self, case, plan, found, past, day):
        if found.stage == const.STAGE_CLOSED or self._is_over(case, plan, found, past, day):
            return self._closed(day)
        quiet = plan.decision if isinstance(plan.decision, dunning.Silence) else None
        following = dunning.next_contact(plan.customer, plan.terms, day) if plan.terms else None
        waiting = quiet.items[0] if quiet and quiet.why == dunning.ITEMS_WAIT and quiet.items else None
        is_told = quiet and quiet.why not in (dunning.NOTHING_REACHED, dunning.CONTACTED, dunning.INTERVAL, dunning.CLOSED_DAY)
        return {
            "stage": found.stage,
            "amount_due": float(found.due),
            "amount_open": float(found.open),
            "oldest_due": found.oldest or False,
            "days_late": found.days_late,
            "policy_id": plan.policy.id or False,
            "risk": plan.customer.segment,
            "next_action_date": following[0] if following else False,
            "next_step_id": following[1].id if following else False,
            "quiet_why": (waiting.waits if waiting else quiet.why) if is_told else False,
            "quiet_until": (quiet.until or False) if is_told else False,
        }

    def _close(self, case, day):
        """Nothing is left of a case."""
        case.write(self._closed(day))

    def _closed(self, day):
        return {
            **self._nothing(),
            "state": const.CASE_CLOSED,
            "stage": const.STAGE_CLOSED,
            "closed_on": day,
            "hold_until": False,
            "hold_reason": False,
        }

    def _nothing(self):
        return {
            "amount_due": 0.0,
            "amount_open": 0.0,
            "oldest_due": False,
            "days_late": 0,
            "next_action_date": False,
            "next_step_id": False,
            "quiet_why": False,
            "quiet_until": False,
        }

    def _is_over(self, case, plan, found, past, day):
        """Nothing is late, nobody was reminded, nothing was agreed: what is only open is no case. One opened today by hand stays."""
        waits = any(item.waits for item in plan.customer.items)
        return found.stage == const.STAGE_COMING and not waits and not past.reminded and case.opened_on != day

    # What was done about open items

    def _past(self, cases, plans):
        """What was done about the open items of cases: id → ``rules.dunning_case.Past``."""
        lines = {item.key: plan.partner_id for plan in plans.values() for item in plan.customer.items}
        by_partner = defaultdict(lambda: [False, False, False])
        for row in self._done(list(lines)):
            mine = by_partner[lines[row["line_id"]]]
            mine[0], mine[1], mine[2] = True, mine[1] or row["noticed"], mine[2] or row["blocked"]
        # sudo: see ``refresh``
        agreed = self.env["recurring.agreement"].sudo().search([("case_id", "in", cases.ids), ("state", "=", const.RUNNING)]).case_id
        return {case.id: dunning_case.Past(*by_partner[case.partner_id.id], agreed=case in agreed) for case in cases}

    def _done(self, line_ids):
        if not line_ids:
            return []
        self.env["recurring.dunning.action"].flush_model()
        self.env["recurring.dunning.message"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT action.line_id, BOOL_OR(COALESCE(step.is_notice, FALSE)
                           AND NOT (COALESCE(message.channel, '') = 'task' AND message.follows_id IS NOT NULL)) AS noticed,
                       BOOL_OR(step.service_effect = 'blocked') AS blocked
                  FROM recurring_dunning_action action
                  JOIN recurring_dunning_step step ON step.id = action.step_id
             LEFT JOIN recurring_dunning_message message ON message.id = action.message_id
                 WHERE action.line_id IN %s AND action.state = 'done' AND COALESCE(message.state, 'done') NOT IN ('failed', 'cancelled')
              GROUP BY action.line_id
                """,
                tuple(line_ids),
            )
        )
