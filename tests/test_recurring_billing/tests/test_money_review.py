"""What collectors decide about money: nobody is chased whose promise runs, nothing given up counts as paid, who may pay is let."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .arranging import ArrangingCase
from .withholding import WithholdingCommon


class TestMoneyReview(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.march = self.invoice("2026-03-02", 300.0)
        self.case = self.case_of()

    def waits(self, day, move=None):
        """Why nobody asks for an invoice on a day."""
        found = self.env["recurring.dunning.facts"].customers(self.company, fields.Date.to_date(day), self.ana.ids)
        lines = (move or self.march).line_ids
        return [item.waits for item in found[self.ana.id].items if item.key in lines.ids]

    def test_a_promise_is_waited_for_until_its_last_day(self):
        # Promised for Saturday the 21st, counted on Monday the 23rd; a week of patience: until the 30th.
        self.company.recurring_promise_grace_days = 7
        promise = self.promise("2026-03-16", self.case, "2026-03-21")
        self.assertEqual(str(promise.until), "2026-03-30")
        for day in ("2026-03-26", "2026-03-27", "2026-03-30"):
            self.watch(day)
            self.assertEqual((promise.state, self.waits(day)), ("open", ["promised"]), day)

    def test_people_do_not_write_what_services_keep_of_a_case(self):
        for values in (
            {"hold_until": "2030-01-01"},
            {"state": "closed"},
            {"amount_due": 0.0},
            {"partner_id": self.make_partner("Other").id},
            {"promise_ids": [(0, 0, {"date": "2030-01-01", "amount": 1.0})]},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.case.with_user(self.carla).write(values)

    def test_nobody_sees_or_does_anything_in_a_company_of_others(self):
        other = self.company_eur
        local = self.make_user("local", "recurring_billing.group_collections", "account.group_account_invoice", companies=self.company)
        env = self.env(user=local, context={"allowed_company_ids": self.company.ids})
        mine = {"company_id": other.id}
        actions = (
            lambda: env["recurring.statement.send"].create({**mine, "who": "open"}).line_ids,
            lambda: env["recurring.statement.send"].new({**mine, "who": "open"}).line_ids,
            lambda: env["recurring.service.unlock"].create({**mine, "partner_id": self.ana.id}).action_unlock(),
            lambda: (
                env["recurring.risk.decide"].create({**mine, "partner_id": self.ana.id, "segment": "bad", "reason": "No"}).action_decide()
            ),
            lambda: env["report.recurring_billing.report_recurring_statement"]._get_report_values(self.ana.ids, {"company_id": other.id}),
        )
        for number, action in enumerate(actions):
            with self.subTest(number), self.assertRaisesRegex(AccessError, "do not work in this company"):
                action()

    def test_the_page_of_debts_is_opened_by_who_may_know_them(self):
        seller = self.make_user("seller", "recurring_billing.group_user")
        with self.assertRaises(AccessError):
            self.ana.with_user(seller).action_recurring_debts_page()
        self.case.user_id = seller
        self.assertIn("/recurring/debts/", self.ana.with_user(seller).action_recurring_debts_page()["url"])
        self.assertIn("/recurring/debts/", self.ana.with_user(self.carla).action_recurring_debts_page()["url"])

    def pending(self, move, days_ago):
        """The customer chose to pay by transfer so many days ago, and nothing came."""
        provider = self.env["payment.provider"].search([("company_id", "=", self.company.id)], limit=1) or self.env[
            "payment.provider"
        ].create({"name": "Transfer", "code": "none", "company_id": self.company.id})
        method = self.env["payment.method"].search([], limit=1)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": 300.0,
                "currency_id": move.currency_id.id,
                "partner_id": move.partner_id.id,
                "reference": f"review-{move.id}",
                "invoice_ids": [(6, 0, move.ids)],
                "state": "pending",
            }
        )
        transaction.last_state_change = fields.Datetime.now() - timedelta(days=days_ago)
        return transaction

    def test_a_transfer_that_never_came_keeps_nobody_from_an_agreement(self):
        self.pending(self.march, 40)
        agreement = self.agree(str(fields.Date.today()), self.case, count=2)
        self.assertEqual(agreement.state, "running")

    def test_a_payment_that_was_begun_yesterday_is_waited_for(self):
        self.pending(self.march, 1)
        with self.assertRaisesRegex(UserError, "under way"):
            self.agree(str(fields.Date.today()), self.case, count=2)

    def test_money_counts_more_than_what_follows_from_it(self):
        self.promise("2026-03-16", self.case, "2026-03-20")
        judge = patch.object(self.env.registry["recurring.promise.keeping"], "judge", side_effect=ValueError("broken"))
        with judge, self.assertLogs("odoo.addons.recurring_billing.models.account_move_service", "ERROR"):
            self.pay("2026-03-18", self.march, 300.0)
        self.assertEqual(self.march.amount_residual, 0.0)

    def test_what_fails_for_one_promise_stops_no_other(self):
        other = self.make_partner("Other")
        self.invoice("2026-03-02", 50.0, partner=other)
        first, second = self.promise("2026-03-16", self.case, "2026-03-20"), self.promise("2026-03-16", self.case_of(other), "2026-03-20")
        service = self.env.registry["recurring.promise.keeping"]
        judge = service.judge

        def failing(self, promises, is_daily=True):
            if first in promises:
                raise ValueError("broken")
            return judge(self, promises, is_daily)

        with patch.object(service, "judge", failing), self.assertLogs("odoo.addons.recurring_billing.services.arrangement_watch", "ERROR"):
            self.watch("2026-03-25")
        self.assertEqual((first.state, second.state), ("open", "broken"))

    def test_who_promised_and_then_began_to_pay_is_not_asked_to_pay_again(self):
        april = self.invoice("2026-04-01", 200.0)
        today = fields.Date.today()
        self.promise(str(today), self.case, str(today + timedelta(days=5)))
        self.pending(self.march, 1)
        page = self.env["recurring.debts.page"]
        moves, _currency, _amount = page.at_once(self.ana, self.company)
        self.assertFalse(moves, "of two invoices one is being paid")
        waits = {item.line.move_id: item.waits for item in page.of(self.ana, self.company)["late"]}
        self.assertEqual(waits, {self.march: "paying", april: "promised"})

    def test_what_the_customer_is_right_about_is_not_charged_and_what_a_credit_note_leaves_is_asked_for(self):
        self.dialog("2026-04-06", self.case, "action_dispute", reason="Half the price was agreed")
        dispute = self.env["recurring.dispute"].search([("case_id", "=", self.case.id)])
        with self.committing("2026-04-10", self.carla) as env:
            env["recurring.dispute.handling"].answer(env[dispute._name].browse(dispute.id), True, "You are right")
        self.env.invalidate_all()
        self.assertTrue(self.march.recurring_charge_waits, "no card is charged for it before it is credited")
        self.assertEqual(self.waits("2026-04-11"), ["disputed"])
        with self.committing("2026-04-13") as env:
            credit = self.invoice("2026-04-13", 150.0, move_type="out_refund").with_env(env)
            lines = (credit | self.march.with_env(env)).line_ids.filtered(lambda line: line.display_type == "payment_term")
            lines.reconcile()
        self.env.invalidate_all()
        self.assertEqual(self.march.amount_residual, 150.0)
        self.assertEqual(self.waits("2026-04-14"), [""], "what is left stands")
        self.assertFalse(self.march.recurring_charge_waits)

    def opening(self, day, amount, due=None):
        receivable = self.ana.with_company(self.company).property_account_receivable_id
        journal = self.env["account.journal"].search([("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1)
        debit = {"account_id": receivable.id, "partner_id": self.ana.id, "debit": amount, "date_maturity": due, "name": "Taken over"}
        credit = {"account_id": self.income.id, "credit": amount}
        move = self.env["account.move"].create(
            {"move_type": "entry", "journal_id": journal.id, "date": day, "line_ids": [(0, 0, debit), (0, 0, credit)]}
        )
        move.action_post()
        return move.line_ids.filtered("debit")

    def test_money_under_way_for_an_agreement_is_waited_for_whatever_carries_its_parts(self):
        self.opening("2026-02-02", 300.0, "2026-02-02")
        today = str(fields.Date.today())
        agreement = self.agree(today, self.case, count=3)
        self.assertTrue(agreement.entry_id, "the opening balance")
        transaction = self.pending(self.march, 0)
        transaction.write({"invoice_ids": [(5,)], "recurring_agreement_id": agreement.id})
        self.assertEqual(self.waits(today), ["paying", "paying"])
        self.assertEqual(self.waits(today, agreement.entry_id), ["paying"] * len(agreement.part_ids.line_id - self.march.line_ids))

    def test_a_debt_without_a_due_date_is_late_after_its_day_everywhere(self):
        before = self.env["recurring.receivable.figures"].of(self.company, fields.Date.to_date("2026-05-04"))
        line = self.opening("2026-02-02", 120.0)
        self.assertFalse(line.date_maturity)
        day = fields.Date.to_date("2026-05-04")
        figures = self.env["recurring.receivable.figures"].of(self.company, day)
        self.assertEqual((figures.overdue_count - before.overdue_count, round(figures.overdue - before.overdue, 2)), (1, 120.0))
        payers = self.at("2026-05-04")["recurring.statement.sending"].payers(self.company.with_env(self.at("2026-05-04")), "late")
        self.assertEqual({partner.id: amounts for partner, amounts in payers.items()}[self.ana.id], (420.0, 420.0))
        self.assertEqual(line.with_context(recurring_today=day).recurring_days_late, 91)


class TestGivenUpServices(WithholdingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loss = cls.make_account("600911", "expense")
        cls.bert = cls.make_user("bert", "account.group_account_invoice")

    def write_off(self, day, case, lines):
        with self.committing(day, self.bert) as env:
            env["recurring.write.off.booking"].book(
                env[case._name].browse(case.id),
                env[lines._name].browse(lines.ids),
                env["account.account"].browse(self.loss.id),
                fields.Date.to_date(day),
                "Gone",
            )
        self.env.invalidate_all()
        return self.env["recurring.write.off"].search([("case_id", "=", case.id)])

    def test_a_debt_that_is_given_up_gives_no_service_back(self):
        subscription, line = self.owing("2026-03-02", 100.0)
        case = self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.assertEqual(subscription.service_state, "blocked")
        write_off = self.write_off("2026-05-04", case, line)
        self.watch("2026-05-04")
        self.assertEqual(subscription.service_state, "blocked")
        journal = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1)
        with self.committing("2026-06-01", self.bert) as env:
            env["recurring.write.off.booking"].recover(
                env[write_off._name].browse(write_off.id), 100.0, env[journal._name].browse(journal.id), fields.Date.to_date("2026-06-01")
            )
        self.env.invalidate_all()
        self.assertEqual(subscription.service_state, "running")

    def test_a_block_that_had_not_begun_never_does_once_the_debt_is_given_up(self):
        subscription, line = self.owing("2026-03-02", 100.0)
        case = self.notice("2026-03-31", line)
        self.step("2026-04-01", self.step_block, line)
        self.assertEqual(subscription.block_ids.state, "waiting")
        self.write_off("2026-04-02", case, line)
        self.watch("2026-05-04")
        self.assertEqual((subscription.service_state, subscription.block_ids.state), ("running", "cancelled"))

    def test_an_agreement_that_is_taken_back_after_a_part_was_paid_gives_no_service_back(self):
        self.policy.write({"block_scope": "all", "block_needs_notice": False})
        partner = self.make_partner()
        subscription = self.subscribe("2026-03-02", 20.0, partner=partner)
        line = self.opening_balance(partner, 300.0, "2026-03-02")
        self.step("2026-04-01", self.step_block, line)
        case = self.case(line)
        nina = self.make_user("collector", "recurring_billing.group_collections")
        with self.committing("2026-04-02", nina) as env:
            values = {"case_id": case.id, "count": 3, "first_date": fields.Date.to_date("2026-04-10")}
            env["recurring.agreement.make"].create(values).action_sign()
        agreement = self.env["recurring.agreement"].search([("case_id", "=", case.id)])
        first = agreement.instalment_ids[0]
        with self.committing("2026-04-10") as env:
            journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1)
            env["recurring.receipt"].receive(
                env["account.move"],
                first.amount,
                journal,
                fields.Date.to_date("2026-04-10"),
                lines=env["account.move.line"].browse(first.part_ids.line_id.ids),
            )
        self.env.invalidate_all()
        self.assertEqual(subscription.service_state, "blocked")
        self.press("2026-04-13", agreement, "action_undo", user=nina)
        self.watch("2026-04-13")
        self.assertEqual(subscription.service_state, "blocked", "200.00 are still owed")
