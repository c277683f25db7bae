from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, models
from odoo.tools import SQL

from ..const import SETTLED
from ..const import dunning as const
from ..rules import dunning, dunning_steps
from ..rules.money import to_decimal
from ..rules.open_items import Credit, Debit, net

SPOKEN = (const.CALL_REACHED, const.CALL_PROMISED, const.CALL_BACK, const.CALL_REFUSED)
"""Calls in which the customer was spoken to."""


class RecurringDunningFacts(models.AbstractModel):
    """What the rules of collections must know of many customers, read at once: queries do not grow with customers."""

    _name = "recurring.dunning.facts"
    _description = "Facts of Collections"

    @api.private
    @api.model
    def customers(self, company, day, partner_ids=None):
        """What is known of customers with something open.

        :param partner_ids: ids of commercial partners; by default all who owe the company anything.
        :return: dict id of the commercial partner → ``rules.dunning.Customer``; the key of an item is the id of its receivable line
        """
        rows = self._open_rows(company, partner_ids)
        debits = [row for row in rows if row["amount_residual"] > 0]
        if not debits:
            # Whoever has only credits open owes nothing.
            return {}
        waits = self.env["recurring.dunning.waits"].of(debits, company, day)
        past = self._past(company, [row["id"] for row in debits])
        mine = defaultdict(list)
        for row in rows:
            mine[row["partner_id"]].append(row)
        mine = {partner: found for partner, found in mine.items() if any(row["amount_residual"] > 0 for row in found)}
        about = self._about(company, day, list(mine))
        return {partner: self._customer(company, found, waits, past, about[partner]) for partner, found in mine.items()}

    # Items

    def _open_rows(self, company, partner_ids=None):
        """Open receivable items of a company, debts and credits, with what tells about their invoice.

        An invoice that Odoo says is paid, or in payment, is no debt, whatever is left on its item: a payment without an outstanding
        account leaves all of it.
        """
        if partner_ids is not None and not partner_ids:
            return []
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT line.id, partner.commercial_partner_id AS partner_id, line.move_id, line.amount_residual,
                       line.amount_residual_currency, line.currency_id, COALESCE(line.date_maturity, line.date) AS due,
                       COALESCE(move.invoice_date, line.date) AS since, move.move_type, move.payment_state, move.recurring_stage,
                       move.recurring_charge_state, move.recurring_next_charge_date,
                       COALESCE(line.no_followup, FALSE) AND journal.type <> 'general' AS no_followup
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_journal journal ON journal.id = line.journal_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = %(company)s AND line.parent_state = 'posted' AND NOT line.reconciled
                   AND (line.amount_residual <> 0 OR line.amount_residual_currency <> 0)
                   AND (move.move_type = 'entry' OR move.payment_state NOT IN %(settled)s) %(partners)s
                 ORDER BY due, line.id
                """,
                company=company.id,
                settled=SETTLED,
                partners=SQL() if partner_ids is None else SQL("AND partner.commercial_partner_id IN %s", tuple(partner_ids)),
            )
        )

    @api.private
    @api.model
    def nobodys(self, company):
        """How many open debts of a company have no customer, so that nobody can be asked for them."""
        return self.env["account.move.line"].search_count(
            [
                ("company_id", "=", company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
                ("partner_id", "=", False),
            ]
        )

    def _customer(self, company, rows, waits, past, about):
        debits = [row for row in rows if row["amount_residual"] > 0]
        left = net(
            [
                Debit(
                    row["id"],
                    row["due"],
                    to_decimal(row["amount_residual"]),
                    row["currency_id"],
                    to_decimal(row["amount_residual_currency"]),
                    bool(row["id"] in waits and waits[row["id"]].code),
                )
                for row in debits
            ],
            [
                Credit(to_decimal(-row["amount_residual"]), row["currency_id"], to_decimal(-row["amount_residual_currency"]))
                for row in rows
                if row["amount_residual"] < 0
            ],
            to_decimal(company.currency_id.rounding),
        )
        items = tuple(self._item(company, row, left[row["id"]].amount, waits.get(row["id"]), past) for row in debits)
        return dunning.Customer(items=items, **about)

    def _item(self, company, row, amount, wait, past):
        records, broken = past
        cycle, last_broken = broken.get(row["id"], (0, None))
        return dunning_steps.Item(
            key=row["id"],
            due=row["due"],
            amount=amount,
            since=row["since"],
            cycle=cycle,
            cycle_from=last_broken + timedelta(days=1) if last_broken else None,
            charged=bool(wait and wait.charged),
            records=tuple(self._in_cycle(records.get(row["id"], ()), cycle, last_broken)),
            waits=wait.code if wait else "",
            waits_until=wait.until if wait else None,
        )

    # What was done about them

    def _past(self, company, line_ids):
        """The actions of items, and how often what was agreed about them was broken."""
        return self._records(company, line_ids), self._broken(line_ids)

    def _in_cycle(self, records, cycle, since):
        """What was decided before a cycle began, but left in it, belongs to it: it is not said again."""
        for record in records:
            is_late = since and record.cycle < cycle and record.state == dunning_steps.DONE and record.day > since
            yield record._replace(cycle=cycle) if is_late else record

    def _records(self, company, line_ids):
        found = defaultdict(list)
        if not line_ids:
            return found
        self.env["recurring.dunning.action"].flush_model()
        self.env["recurring.dunning.message"].flush_model()
        self.env["recurring.dunning.step"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT action.line_id, action.step_id, action.day, action.cycle, action.state,
                       COALESCE(action.offset_days, step.offset_days) AS offset_days, step.sequence,
                       message.state AS message_state, message.sent_at, message.user_id AS refused_by,
                       message.state = 'queued' AND (message.waits_for IS NOT NULL OR message.not_before IS NOT NULL)
                           OR message.state = 'to_do' AND message.channel = 'letter' AS is_held_back,
                       step.is_notice OR EXISTS (
                           SELECT 1 FROM recurring_dunning_step later WHERE later.requires_step_id = step.id) AS is_needed
                  FROM recurring_dunning_action action
                  JOIN recurring_dunning_step step ON step.id = action.step_id
             LEFT JOIN recurring_dunning_message message ON message.id = action.message_id
                 WHERE action.line_id IN %s
                """,
                tuple(line_ids),
            )
        )
        for row in rows:
            if self._is_void(row):
                continue
            severity = (row["offset_days"], (row["sequence"], row["step_id"]))
            record = dunning_steps.Record(row["step_id"], severity, self._given_on(company, row), row["cycle"], self._record_state(row))
            found[row["line_id"]].append(record)
        return found

    def _is_void(self, row):
        """A notice that was dropped before it left, by nobody's decision, for what it was about was settled: if that is open again, it is
        given
        after all.
        """
        return row["is_needed"] and row["message_state"] == const.CANCELLED and not row["refused_by"]

    def _record_state(self, row):
        if row["state"] != const.DONE or row["message_state"] in (const.FAILED, const.CANCELLED, const.TO_APPROVE):
            return dunning_steps.SKIPPED
        return dunning_steps.WAITING if row["is_needed"] and row["is_held_back"] else dunning_steps.DONE

    def _given_on(self, company, row):
        """The day on which a step was done: of what was made and had to wait, the day on which it left."""
        left = row["sent_at"] and company._recurring_local(row["sent_at"].replace(tzinfo=timezone.utc)).date()
        return max(row["day"], left) if row["is_needed"] and left else row["day"]

    def _broken(self, line_ids):
        """How many promises and agreements about items were broken, and when the last of them was: item → (number, day)."""
        found = {}
        for model, states in (("recurring.promise", (const.BROKEN, const.PARTLY)), ("recurring.agreement", (const.BROKEN,))):
            # sudo: the cycle of a debt follows from what was agreed, whoever asks
            broken = self.env[model].sudo().search([("line_ids", "in", line_ids), ("state", "in", states), ("broken_on", "!=", False)])
            for each in broken:
                for line_id in each.line_ids.ids:
                    number, last = found.get(line_id, (0, None))
                    found[line_id] = (number + 1, max(last or each.broken_on, each.broken_on))
        return found

    # What concerns the customer as a whole

    def _about(self, company, day, partner_ids):
        """Risk, tags, kind, holds and last contact of customers: id → the values of ``rules.dunning.Customer`` besides its items."""
        # sudo: who is spoken to follows from the customer, whoever asks
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        risks, contacts, holds = (
            self._risks(company, partners),
            self._contacts(company, day, partner_ids),
            self._holds(company, partner_ids),
        )
        found = {}
        for partner in partners:
            contact = contacts.get(partner.id) or {}
            found[partner.id] = {
                "segment": risks.get(partner.id, const.GOOD),
                "tags": frozenset(partner.category_id.ids),
                "is_company": partner.is_company,
                "hold_until": holds.get(partner.id),
                "last_contact": self._last_contact(company, day, contact),
                "last_reply": contact.get("reply"),
                "has_unsent": bool(contact.get("to_send")),
            }
        return found

    @api.model
    def _risks(self, company, partners):
        """The risk of customers: id → one of ``const.dunning.RISKS``; who is not named is good."""
        # sudo: see ``_about``
        cases = self.env["recurring.dunning.case"].sudo()
        groups = cases._read_group(
            [("company_id", "=", company.id), ("partner_id", "in", partners.ids), ("state", "=", const.CASE_OPEN)], ["partner_id", "risk"]
        )
        return {partner.id: risk or const.GOOD for partner, risk in groups}

    def _last_contact(self, company, day, contact):
        """The day of the last contact: for which it was made, or on which it left, where it had to wait."""
        left = contact.get("last_at") and company._recurring_local(contact["last_at"].replace(tzinfo=timezone.utc)).date()
        return max(contact["last"], left) if left and left <= day else contact.get("last")

    def _holds(self, company, partner_ids):
        # sudo: see ``_about``
        cases = self.env["recurring.dunning.case"].sudo()
        domain = [("company_id", "=", company.id), ("partner_id", "in", partner_ids), ("state", "=", const.CASE_OPEN)]
        return {case.partner_id.id: case.hold_until for case in cases.search([*domain, ("hold_until", "!=", False)])}

    def _contacts(self, company, day, partner_ids):
        """The last contact of each customer, the last reply, and whether a message still waits to leave."""
        self.env["recurring.dunning.message"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT customer.commercial_partner_id AS partner_id,
                       MAX(message.day) FILTER (WHERE message.direction = 'out' AND message.kind IN %(kinds)s
                           AND message.channel <> 'task' AND message.state NOT IN %(never)s
                           AND (message.kind <> 'call' OR message.result IN %(spoken)s)) AS last,
                       MAX(message.sent_at) FILTER (WHERE message.direction = 'out' AND message.kind IN %(kinds)s
                           AND message.channel <> 'task' AND message.state NOT IN %(never)s
                           AND (message.kind <> 'call' OR message.result IN %(spoken)s)) AS last_at,
                       MAX(message.day) FILTER (WHERE message.direction = 'in' AND message.kind = 'reply') AS reply,
                       BOOL_OR(message.direction = 'out' AND message.state = 'to_approve') AS to_send
                  FROM recurring_dunning_message message
             LEFT JOIN recurring_dunning_case own_case ON own_case.id = message.case_id
                  JOIN res_partner customer ON customer.id = COALESCE(own_case.partner_id, message.partner_id)
                 WHERE message.company_id = %(company)s AND customer.commercial_partner_id IN %(partners)s AND message.day <= %(day)s
              GROUP BY customer.commercial_partner_id
                """,
                kinds=(const.KIND_DUNNING, const.KIND_THANKS, const.KIND_STATEMENT, const.KIND_MANUAL, const.KIND_CALL),
                never=(const.CANCELLED, const.FAILED),
                spoken=SPOKEN,
                company=company.id,
                partners=tuple(partner_ids),
                day=day,
            )
        )
        return {row["partner_id"]: row for row in rows}
