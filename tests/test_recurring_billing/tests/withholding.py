"""Debts and collection steps for services that are withheld, told by date.

class TestSomething(WithholdingCommon):
    def test_a_block(self):
        subscription, line = self.owing("2026-03-02", 100.0)
        case = self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
"""

from datetime import datetime, time

from odoo import Command, fields
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class WithholdingCommon(RecurringCommon):
    """Harbor Gym: notice after 15 days, reduced after 20, blocked after 30 and 15 days after the notice, from Monday to Thursday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["recurring.dunning.policy"].create({"name": "House", "company_id": cls.company.id})
        cls.step_notice = cls.make_step("Notice", 15, is_notice=True, tone="formal")
        cls.step_reduce = cls.make_step("Reduce", 20, channel="none", service_effect="reduced")
        cls.step_block = cls.make_step("Block", 30, channel="none", service_effect="blocked")
        cls.company.write({"recurring_dunning_policy_id": cls.policy.id, "recurring_dunning": True, "recurring_dunning_from": "2020-01-01"})

    @classmethod
    def make_step(cls, name, days, policy=None, **values):
        return cls.env["recurring.dunning.step"].create(
            {"name": name, "policy_id": (policy or cls.policy).id, "offset_days": days, **values}
        )

    def owing(self, start, price=100.0, **values):
        """A subscription whose first invoice, due on its first day, is not paid; gives it and the receivable item."""
        subscription = self.subscribe(start, price, **values)
        self.bill(start, subscription)
        return subscription, self.debt(subscription)

    def debt(self, subscription):
        """The receivable items of its invoices."""
        return self.invoices(subscription).line_ids.filtered(lambda line: line.display_type == "payment_term")

    def case(self, lines):
        """The open case of who owes these items."""
        partner = lines.partner_id.commercial_partner_id
        cases = self.env["recurring.dunning.case"]
        values = {"partner_id": partner.id, "company_id": lines.company_id.id}
        return cases.search([*((name, "=", value) for name, value in values.items()), ("state", "=", "open")]) or cases.create(values)

    def notice(self, day, lines, state="sent", step=None):
        """A formal notice of these debts, written on a day; gives the case."""
        case = self.case(lines)
        sent = fields.Datetime.to_string(datetime.combine(fields.Date.to_date(day), time(12)))
        message = self.env["recurring.dunning.message"].create(
            {
                "case_id": case.id,
                "company_id": case.company_id.id,
                "partner_id": case.partner_id.id,
                "channel": "email",
                "day": day,
                "state": state,
                "sent_at": sent if state == "sent" else False,
                "step_id": (step or self.step_notice).id,
            }
        )
        self._act(case, step or self.step_notice, lines, day, message)
        return case

    def step(self, day, step, lines):
        """A step is done for debts on a day; gives what is said of it."""
        case = self.case(lines)
        self._act(case, step, lines, day)
        with self.committing(day) as env:
            there = env["recurring.dunning.case"].browse(case.id)
            said = env["recurring.service.state"].apply(there, env[step._name].browse(step.id), fields.Date.to_date(day))
        return " ".join(said)

    def _act(self, case, step, lines, day, message=None):
        return self.env["recurring.dunning.action"].create(
            [
                {
                    "case_id": case.id,
                    "line_id": line.id,
                    "step_id": step.id,
                    "day": day,
                    "state": "done",
                    "message_id": message.id if message else False,
                }
                for line in lines
            ]
        )

    def watch(self, day):
        """The scheduled action runs on a day, as Odoo's scheduler lets it."""
        self.trigger("cron_service", day)

    def pay(self, invoice, day, amount=None):
        """A payment that staff registers on a day, with its commit."""
        values = {"payment_date": fields.Date.to_date(day), **({"amount": amount} if amount is not None else {})}
        with self.committing(day) as env:
            register = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
            payments = register.create(values)._create_payments()
        return self.env["account.payment"].browse(payments.ids)

    def opening_balance(self, partner, amount, due):
        """A debt without an invoice, as taken over from elsewhere; gives the receivable item."""
        receivable = partner.with_company(self.company).property_account_receivable_id
        journal = self.env["account.journal"].search([("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1)
        debit = {"account_id": receivable.id, "partner_id": partner.id, "debit": amount, "date_maturity": due, "name": "Taken over"}
        credit = {"account_id": self.income.id, "credit": amount}
        move = self.env["account.move"].create(
            {"move_type": "entry", "journal_id": journal.id, "date": due, "line_ids": [Command.create(debit), Command.create(credit)]}
        )
        move.action_post()
        return move.line_ids.filtered("debit")
