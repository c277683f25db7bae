"""Random lives of people who owe: payments, holds, promises, disputes, outages and edited policies, in any order.

After each day what was sent is compared with what this file finds by itself in the books: at most one reminder a day, none to whom owes
nothing or about what is disputed, promised or said to be paid; every late debt has had its step, or there are words why not; no service is
withheld before the days after a notice that was really sent.
"""

import random
from datetime import date, timedelta

import pytest

from odoo.exceptions import UserError
from odoo.tests import tagged

from .messaging import MessagingCommon

FIRST = date(2026, 3, 2)
QUIET = ("nothing_reached", "contacted")
"""Reasons that are none for a debt whose step is due."""


@tagged("post_install", "-at_install")
class TestDunningRandom(MessagingCommon):
    seeds, days = (1, 2), 18

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_thanks = "never"

    def test_stories(self):
        for seed in self.seeds:
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                self.live(seed)
                savepoint.rollback()
            self.env.invalidate_all()

    # Living

    def live(self, seed):
        self.draw, self.told = random.Random(seed), []
        self.policy = self.env.ref("recurring_billing.dunning_policy_standard").copy({"block_notice_days": 15})
        self.company.write({"recurring_dunning": True, "recurring_dunning_policy_id": self.policy.id})
        self.people = [self.make_partner(name, email=f"{name.lower()}{seed}@example.com", phone="+1 212-555-0111") for name in "ABC"]
        self.member = self.subscribe("2026-03-02", 80.0, partner=self.people[0])
        self.bill("2026-03-02", self.member)
        for partner in self.people:
            self.owe(self.draw.choice([40, 100, 250]), str(FIRST - timedelta(days=self.draw.randrange(-3, 14))), partner=partner)
        self.down_until = FIRST
        for number in range(self.days):
            day = FIRST + timedelta(days=number)
            self.something_happens(day)
            if day >= self.down_until:
                self.a_day_passes(day)

    def something_happens(self, day):
        for _each in range(self.draw.randrange(3)):
            what = self.draw.choice(
                [
                    "bought",
                    "paid",
                    "paid",
                    "part",
                    "credit",
                    "hold",
                    "promise",
                    "dispute",
                    "answer",
                    "claim",
                    "down",
                    "policy",
                    "switch",
                    "moved",
                    "again",
                    "firm",
                ]
            )
            self.told.append(f"{day} {what}")
            try:
                getattr(self, f"_{what}")(day, self.draw.choice(self.people))
            except UserError as error:
                self.told.append(f"  refused: {error}")

    def a_day_passes(self, day):
        self.watch(day)
        self.dun(str(day))
        with self.mail_server():
            self.let_go(str(day))
        self.look_at_services(day)
        self.judge(day)

    def _bought(self, day, partner):
        self.owe(self.draw.choice([15, 60, 300]), str(day + timedelta(days=self.draw.randrange(8))), partner=partner, day=str(day))

    def _paid(self, day, partner):
        invoice = self.draw_invoice(partner)
        if invoice:
            self.commit_payment(day, invoice)

    def _part(self, day, partner):
        invoice = self.draw_invoice(partner)
        if invoice:
            self.commit_payment(day, invoice, invoice.amount_residual / 2)

    def _credit(self, day, partner):
        """Money that nobody has told what for."""
        with self.committing(day) as env:
            payment = env["account.payment"].create(
                {"partner_id": partner.id, "amount": self.draw.choice([10, 500]), "payment_type": "inbound", "date": day}
            )
            payment.action_post()

    def _hold(self, day, partner):
        self.of(day, partner)._hold(day + timedelta(days=self.draw.randrange(5)), "ill")

    def _promise(self, day, partner):
        case = self.of(day, partner)
        case.env["recurring.promise.keeping"].make(case, day + timedelta(days=self.draw.randrange(4)), 10.0, case._late_items())

    def _dispute(self, day, partner):
        case = self.of(day, partner)
        case.env["recurring.dispute.handling"].open(case, case._open_items()[:1], "not mine", day + timedelta(days=3))

    def _answer(self, day, partner):
        dispute = self.at(day)["recurring.dispute"].search([("partner_id", "=", partner.id), ("state", "=", "open")], limit=1)
        if dispute:
            dispute.env["recurring.dispute.handling"].answer(dispute, False, "it is")

    def _claim(self, day, partner):
        case = self.of(day, partner)
        case.env["recurring.payment.claims"].take(case.partner_id, case.company_id, case._open_items())

    def _down(self, day, _partner):
        self.down_until = day + timedelta(days=self.draw.randrange(1, 9))

    def _policy(self, day, _partner):
        step = self.draw.choice(self.policy.step_ids.filtered(lambda step: step.offset_days > 0 and not step.is_notice) or [None])
        if step and self.draw.random() < 0.5:
            step.active = False
        elif step:
            step.offset_days = self.draw.choice([1, 2, 4, 9])

    def _switch(self, day, _partner):
        self.company.recurring_dunning = not self.company.recurring_dunning
        if self.company.recurring_dunning:
            self.company.write({"recurring_dunning_from": day, "recurring_dunning_enter_step_id": self.policy.step_ids[-3].id})

    def _moved(self, day, partner):
        invoice = self.draw_invoice(partner)
        if invoice:
            self.receivable(invoice).date_maturity = day + timedelta(days=self.draw.randrange(1, 6))

    def _again(self, day, partner):
        invoice = self.draw_invoice(partner)
        if invoice and not invoice.recurring_subscription_count and invoice.payment_state == "not_paid":
            invoice.button_draft()
            invoice.invoice_date_due = day
            invoice.action_post()

    def _firm(self, _day, partner):
        if not partner.parent_id and partner != self.people[0]:
            firm = self.make_partner(f"{partner.name} Ltd", is_company=True, email=f"firm{partner.id}@example.com")
            partner.parent_id = firm
            self.env.flush_all()
            self.people[self.people.index(partner)] = firm

    # Means

    def of(self, day, partner):
        env = self.at(day)
        partner = env["res.partner"].browse(partner.id)
        return env["recurring.dunning.case"]._of(partner, self.company.with_env(env))[partner]

    def draw_invoice(self, partner):
        found = self.env["account.move"].search(
            [("commercial_partner_id", "=", partner.id), ("move_type", "=", "out_invoice"), ("state", "=", "posted")]
        )
        found |= self.open_lines(partner).move_id.filtered(lambda move: move.move_type == "out_invoice")
        found = found.filtered(lambda move: move.amount_residual > 0)
        return self.draw.choice(found) if found else None

    def commit_payment(self, day, invoice, amount=None):
        with self.committing(day) as env:
            wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
            wizard.create({"payment_date": day, **({"amount": amount} if amount else {})})._create_payments()

    def watch(self, day):
        self._run("cron_arrangements", day)

    def look_at_services(self, day):
        self._run("cron_service", day)

    def _run(self, name, day):
        cron = self.env.ref(f"recurring_billing.{name}")
        cron.code = f"model.with_context(recurring_today=datetime.date.fromisoformat('{day}')).run_scheduled()"
        with self.in_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.env.invalidate_all()

    # Judging

    def open_lines(self, partner):
        return self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partner.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("company_id", "=", self.company.id),
            ]
        )

    def judge(self, day):
        for partner in self.people:
            told = f"{partner.name} on {day}\n" + "\n".join(self.told)
            left = self.env["recurring.dunning.message"].search(
                [
                    ("case_id.partner_id", "=", partner.id),
                    ("kind", "=", "dunning"),
                    ("sent_at", ">=", f"{day} 00:00:00"),
                    ("sent_at", "<=", f"{day} 23:59:59"),
                    ("channel", "=", "email"),
                    ("state", "=", "sent"),
                ]
            )
            self.assertLessEqual(len(left), 1, told)
            lines = self.open_lines(partner)
            if left:
                self.assertTrue(self.company.recurring_dunning, told)
                self.assertGreater(sum(lines.mapped("amount_residual")), 0.0, told)
                self.assertLess(day.weekday(), 5, told)
                self.assertLessEqual(
                    left.amount, sum(lines.filtered(lambda line: line.amount_residual > 0).mapped("amount_residual")) + 0.01
                )
                held = self.case(partner).hold_until
                self.assertFalse(held and held >= day, told)
                self.assertTrue(left.line_ids & lines.filtered(lambda line: not self.waits(line, day)), told)
            self.judge_silence(partner, lines, day, told)
        self.judge_services(day)

    def waits(self, line, day):
        """Whether somebody contests a debt, promised it, or said that it was paid."""
        states = ("open", "accepted")
        claims = self.env["recurring.payment.claim"].search(
            [("line_ids", "in", line.ids), ("state", "in", states), ("holds_until", ">=", day)]
        )
        promised = line.recurring_promise_ids.filtered(lambda promise: promise.state == "open" and promise.until >= day)
        return bool(claims or promised or line.recurring_dispute_ids.filtered(lambda dispute: dispute.state in states))

    def judge_silence(self, partner, lines, day, told):
        """What is late has had its last step, or somebody can read why it has not."""
        if not self.company.recurring_dunning or day.weekday() > 4:
            return
        case = self.case(partner)
        credit = -sum(line.amount_residual for line in lines if line.amount_residual < 0)
        for line in lines.filtered(lambda line: line.amount_residual > 0).sorted("date_maturity"):
            credit -= line.amount_residual
            due = line.date_maturity
            due += timedelta(days=max(0, 7 - due.weekday()) if due.weekday() > 4 else 0)
            age = (day - due).days
            if credit >= 0 or age <= 0 or self.waits(line, day):
                continue
            if day in line.recurring_promise_ids.mapped("broken_on"):
                continue  # it goes on the next day
            if line.date_maturity < self.company.recurring_dunning_from:
                enter = self.company.recurring_dunning_enter_step_id.offset_days
                age = min(age, enter + (day - self.company.recurring_dunning_from).days)
            steps = self.policy.step_ids.filtered(lambda step, age=age: 0 < step.offset_days <= age and not step.requires_step_id)
            actions = self.env["recurring.dunning.action"].search([("line_id", "=", line.id)])
            steps -= actions.step_id
            if not steps:
                continue
            self.assertTrue(case, f"no case of {told}")
            most = max(steps.mapped("offset_days"))
            about = f"{line.move_id.name} due {line.date_maturity}, {age} days, steps {self.policy.step_ids.mapped('offset_days')}, done "
            about += f"{[(str(each.day), each.offset_days, each.cycle, each.state) for each in actions]}: {told}"
            if any(action.offset_days >= most for action in actions):
                continue
            silence = self.at(day)["recurring.dunning.run"].plans(self.company.with_env(self.at(day)), day, partner.ids)[0].decision
            spoken = self.env["recurring.dunning.message"].search_count(
                [("case_id.partner_id", "=", partner.id), ("day", "=", day), ("direction", "=", "out")]
            )
            self.assertTrue(getattr(silence, "why", None), f"a step is due and was not done: {about}")
            self.assertTrue(silence.why not in QUIET or (spoken and silence.why == "contacted"), f"{silence.why}: {about}")

    def judge_services(self, day):
        for block in self.member.block_ids.filtered(lambda block: block.state == "in_force"):
            notices = self.env["recurring.dunning.message"].search(
                [("is_notice", "=", True), ("state", "=", "sent"), ("case_id", "=", block.case_id.id)]
            )
            given = min(message.sent_at.date() for message in notices)
            self.assertGreaterEqual((block.began_on - given).days, self.policy.block_notice_days, "\n".join(self.told))
            self.assertTrue(block.line_ids.filtered(lambda line: not line.reconciled), "\n".join(self.told))


@pytest.mark.long
class TestDunningRandomLong(TestDunningRandom):
    seeds, days = range(10, 30), 60
