"""What reminders bring, and how the company is paid: each figure worked out by hand, each opens the records it counts."""

from odoo import fields
from odoo.tests import tagged

from odoo.addons.recurring_billing.services.agreement_signing import Terms

from .test_fees_of_all_debts import DebtCase


class FiguresCase(DebtCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_fee_policy_id = False
        cls.collector = cls.make_user("collector_fig", "recurring_billing.group_collections", companies=cls.company)
        cls.policy = cls.env["recurring.dunning.policy"].create({"name": "Ours", "company_id": cls.company.id})
        cls.first, cls.second = cls.env["recurring.dunning.step"].create(
            [
                {"policy_id": cls.policy.id, "name": "Friendly", "offset_days": 3, "channel": "email"},
                {"policy_id": cls.policy.id, "name": "Call", "offset_days": 10, "channel": "phone"},
            ]
        )

    def remind(self, invoice, day, step=None, message=None):
        """A step that was done about an invoice on a day."""
        line = invoice.line_ids.filtered(lambda each: each.display_type == "payment_term")
        day = fields.Date.to_date(day)
        case = self.env["recurring.dunning.case"]._of(invoice.partner_id, self.company)[invoice.partner_id]
        return self.env["recurring.dunning.action"].create(
            {
                "case_id": case.id,
                "line_id": line.id,
                "step_id": (step or self.first).id,
                "day": day,
                "state": "done",
                "amount": line.amount_residual,
                "message_id": message and message.id,
            }
        )

    def effects(self, day, *domain):
        self.env.invalidate_all()
        found = self.env["recurring.dunning.effect"].with_env(self.at(day)).with_user(self.collector)
        return found.search([("company_id", "=", self.company.id), *domain], order="day, id")

    def card(self, day, user=None):
        cards = self.env["recurring.dashboard"].with_env(self.at(day)).with_user(user or self.collector)
        return cards.search([("company_id", "=", self.company.id), ("plan_id", "=", False)])


@tagged("post_install", "-at_install")
class TestEffect(FiguresCase):
    def test_what_came_within_seven_days_counts_for_the_step(self):
        """1 000.00 reminded on 13 March: 400.00 on the 20th count, 600.00 on the 21st are too late for it."""
        invoice = self.plain(1000.0, "2026-03-10")
        self.remind(invoice, "2026-03-13")
        self.register(invoice, 400.0, "2026-03-20")
        self.register(invoice, 600.0, "2026-03-21")
        effect = self.effects("2026-04-01")
        self.assertEqual((effect.amount, effect.paid_amount, effect.paid_later, effect.paid_rate), (1000.0, 400.0, 1000.0, 40.0))
        self.assertEqual((effect.channel, effect.step_id, effect.paid_days), ("email", self.first, 8))

    def test_the_company_says_how_many_days_count(self):
        self.company.recurring_effect_days = 8
        invoice = self.plain(1000.0, "2026-03-10")
        self.remind(invoice, "2026-03-13")
        self.register(invoice, 1000.0, "2026-03-21")
        self.assertEqual(self.effects("2026-04-01").paid_amount, 1000.0)

    def test_what_came_before_the_reminder_does_not_count(self):
        invoice = self.plain(1000.0, "2026-03-10")
        self.register(invoice, 400.0, "2026-03-12")
        self.remind(invoice, "2026-03-13")
        self.assertEqual((self.effects("2026-04-01").amount, self.effects("2026-04-01").paid_later), (600.0, 0.0))

    def test_a_step_is_judged_when_its_days_have_passed(self):
        self.remind(self.plain(1000.0, "2026-03-10"), "2026-03-13")
        self.assertFalse(self.effects("2026-03-20").is_over)
        self.assertTrue(self.effects("2026-03-21").is_over)

    def test_a_credit_note_is_no_payment(self):
        invoice = self.plain(1000.0, "2026-03-10")
        self.remind(invoice, "2026-03-13")
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": "2026-03-14"})
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        self.assertEqual((invoice.amount_residual, self.effects("2026-04-01").paid_later), (0.0, 0.0))

    def test_what_never_left_has_no_effect(self):
        invoice = self.plain(1000.0, "2026-03-10")
        values = {"company_id": self.company.id, "partner_id": self.carla.id, "channel": "email", "day": "2026-03-13"}
        for state, counted in (("failed", 0), ("cancelled", 0), ("to_approve", 0), ("sent", 1)):
            message = self.env["recurring.dunning.message"].create({**values, "state": state})
            action = self.remind(invoice, "2026-03-13", message=message)
            self.assertEqual((state, len(self.effects("2026-04-01"))), (state, counted))
            action.unlink()

    def test_by_step_and_channel(self):
        """E-mail: 1 000.00 paid and 500.00 not: 50 % per debt. Call: 500.00 paid."""
        paid, late = self.plain(1000.0, "2026-03-10"), self.plain(500.0, "2026-03-10")
        self.remind(paid, "2026-03-13")
        self.remind(late, "2026-03-13")
        self.register(paid, 1000.0, "2026-03-14")
        self.remind(late, "2026-03-20", self.second)
        self.register(late, 500.0, "2026-03-25")
        effects = self.env["recurring.dunning.effect"].with_env(self.at("2026-05-01"))
        mine = [("company_id", "=", self.company.id)]
        groups = effects._read_group(mine, ["channel"], ["amount:sum", "paid_amount:sum", "paid_rate:avg"])
        self.assertEqual(sorted(groups), [("email", 1500.0, 1000.0, 50.0), ("phone", 500.0, 500.0, 100.0)])

    def test_who_may_see_it(self):
        self.remind(self.plain(1000.0, "2026-03-10"), "2026-03-13")
        effects = self.env["recurring.dunning.effect"]
        self.assertFalse(effects.with_user(self.make_user("seller_fig", "recurring_billing.group_user")).has_access("read"))
        there = self.make_user("there_fig", "recurring_billing.group_collections", companies=self.company_brl)
        env = self.env(user=there.id, context={**self.env.context, "allowed_company_ids": self.company_brl.ids})
        self.assertFalse(env["recurring.dunning.effect"].search([("company_id", "=", self.company.id)]))


@tagged("post_install", "-at_install")
class TestDebtFigures(FiguresCase):
    """The company of the tests is fresh: everything below is all it has."""

    def setUp(self):
        super().setUp()
        self.paid, self.late, self.old = self.plain(600.0, "2026-03-10"), self.plain(300.0, "2026-03-20"), self.plain(100.0, "2025-10-10")
        self.register(self.paid, 600.0, "2026-03-25")
        self.coming = self.plain(50.0, "2026-04-20", invoice_date="2026-04-01")
        self.opening_item = self.opening(200.0, "2026-02-01")

    def test_overdue_is_all_debts_late(self):
        """On 10 April: 300.00, 100.00 and the opening balance of 200.00."""
        card = self.card("2026-04-10")
        self.assertEqual((card.debt_count, card.debt_amount), (3, 600.0))

    def test_default_rate(self):
        """Fell due since 10 January: 600.00 paid, 300.00 and 200.00 late: 500 of 1 100 = 45.5 %."""
        self.assertEqual(self.card("2026-04-10").default_rate, "45.5 %")

    def test_what_was_written_off_stays_in_the_default_rate(self):
        """300.00 written off, of which 90.00 came after all: 200 + 210 of 1 100 = 37.3 %."""
        account = self.make_account("600910", "expense")
        case = self.env["recurring.dunning.case"]._of(self.carla, self.company)[self.carla]
        line = self.late.line_ids.filtered(lambda each: each.display_type == "payment_term")
        day = fields.Date.to_date("2026-04-05")
        booking = self.env["recurring.write.off.booking"].with_env(self.at("2026-04-05"))
        write_off = booking.book(case, line, account, day, "Moved away")
        self.assertEqual((self.late.amount_residual, self.card("2026-04-10").default_rate), (0.0, "45.5 %"))
        booking.recover(write_off, 90.0, self.bank, day)
        self.assertEqual(self.card("2026-04-10").default_rate, "37.3 %")
        self.assertEqual(self.card("2026-04-10").debt_count, 2)

    def test_what_an_agreement_moved_counts_once_and_not_as_paid(self):
        """The opening balance of 200.00 is agreed on 2 March: 100.00 due 10 March are late, 100.00 due 10 April not yet: 400 of 1 000 =
        40 %.
        """
        item = self.opening_item
        case = self.env["recurring.dunning.case"]._of(item.partner_id, self.company)[item.partner_id]
        signing = self.env["recurring.agreement.signing"].with_env(self.at("2026-03-02"))
        instalments = [(fields.Date.to_date(day), 100.0) for day in ("2026-03-10", "2026-04-10")]
        agreement = signing.sign(case.with_env(signing.env), Terms(item.with_env(signing.env), instalments, 0.0))
        self.assertTrue(agreement.entry_id)
        self.assertEqual(self.card("2026-04-10").default_rate, "40.0 %")

    def analysis(self, day, user=None):
        self.env.invalidate_all()
        return self.env["recurring.debt.analysis"].with_env(self.at(day)).with_user(user or self.collector)

    def test_the_default_rate_by_month_is_that_of_its_sums(self):
        """Due in March: 600.00 paid, 300.00 late = 33.3 %. February: 200.00 late. October: 100.00 late. Not due yet: 50.00."""
        mine = [("company_id", "=", self.company.id)]
        measures = ["amount:sum", "overdue:sum", "lost:sum", "default_rate:avg"]
        groups = self.analysis("2026-04-10")._read_group(mine, ["due:month"], measures)
        found = [(str(month), amount, overdue, lost, round(rate, 1)) for month, amount, overdue, lost, rate in groups]
        expected = [
            ("2025-10-01", 100.0, 100.0, 0.0, 100.0),
            ("2026-02-01", 200.0, 200.0, 0.0, 100.0),
            ("2026-03-01", 900.0, 300.0, 0.0, 33.3),
        ]
        self.assertEqual(found, expected)
        ((rate,),) = self.analysis("2026-04-10")._read_group([*mine, ("due", ">=", "2026-01-10")], [], ["default_rate:avg"])
        self.assertEqual(f"{rate:.1f} %", self.card("2026-04-10").default_rate)

    def test_what_was_credited_never_fell_due_and_what_was_written_off_stays(self):
        """Of 300.00 100.00 are credited; the other 200.00 are written off: all of 200.00 is lost."""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=self.late.ids)
        refund = wizard.create({"journal_id": self.late.journal_id.id, "date": "2026-04-02"})
        refund.refund_moves()
        refund.new_move_ids.invoice_line_ids.price_unit = 100.0
        refund.new_move_ids.action_post()
        line = self.late.line_ids.filtered(lambda each: each.display_type == "payment_term")
        (line | refund.new_move_ids.line_ids.filtered(lambda each: each.display_type == "payment_term")).filtered(
            lambda each: not each.reconciled
        ).reconcile()
        case = self.env["recurring.dunning.case"]._of(self.carla, self.company)[self.carla]
        booking = self.env["recurring.write.off.booking"].with_env(self.at("2026-04-05"))
        booking.book(case, line, self.make_account("600911", "expense"), fields.Date.to_date("2026-04-05"), "Moved away")
        row = self.analysis("2026-04-10").search([("line_id", "=", line.id)])
        self.assertEqual((row.amount, row.overdue, row.lost, row.default_rate), (200.0, 0.0, 200.0, 100.0))

    def test_debts_of_other_companies_are_not_analysed(self):
        there = self.make_user("there_debt", "recurring_billing.group_collections", companies=self.company_brl)
        env = self.env(user=there.id, context={**self.at("2026-04-10").context, "allowed_company_ids": self.company_brl.ids})
        self.assertFalse(env["recurring.debt.analysis"].search([("line_id", "in", self.late.line_ids.ids)]))
        seller = self.make_user("seller_debt", "recurring_billing.group_user")
        self.assertFalse(self.env["recurring.debt.analysis"].with_user(seller).has_access("read"))

    def test_dso(self):
        """Open 650.00; invoiced in 90 days 600.00 + 300.00 + 50.00 = 950.00: 650 / 950 × 90 = 62 days."""
        self.assertEqual(self.card("2026-04-10").dso, "62 days")

    def test_recovery(self):
        """Reminded of 600.00 (paid) and 300.00 (open): 66.7 %. A second step about the same debt changes nothing."""
        self.late.line_ids.invalidate_recordset()
        line = self.paid.line_ids.filtered(lambda each: each.display_type == "payment_term")
        case = self.env["recurring.dunning.case"]._of(self.carla, self.company)[self.carla]
        values = {"case_id": case.id, "line_id": line.id, "state": "done", "amount": 600.0}
        self.env["recurring.dunning.action"].create([{**values, "step_id": self.first.id, "day": "2026-03-13"}])
        self.remind(self.late, "2026-03-23")
        self.remind(self.late, "2026-03-30", self.second)
        self.assertEqual(self.card("2026-04-10").recovery_rate, "66.7 %")

    def test_promises_kept(self):
        case = self.env["recurring.dunning.case"]._of(self.carla, self.company)[self.carla]
        for state in ("kept", "kept", "partly", "broken", "open"):
            self.env["recurring.promise"].create({"case_id": case.id, "date": "2026-04-01", "amount": 10.0, "state": state})
        self.assertEqual(self.card("2026-04-10").promise_rate, "50.0 %")

    def test_each_figure_opens_its_records(self):
        case = self.env["recurring.dunning.case"]._of(self.carla, self.company)[self.carla]
        self.env["recurring.promise"].create({"case_id": case.id, "date": "2026-04-01", "amount": 10.0, "state": "kept"})
        self.remind(self.late, "2026-03-23")
        card = self.card("2026-04-10")
        for figure, count in (("debts", 3), ("default", 3), ("dso", 4), ("recovery", 1), ("promises", 1)):
            with self.subTest(figure):
                action = card.with_context(figure=figure).action_open()
                found = card.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(found), count)

    def test_who_may_not_read_the_books_sees_no_figures(self):
        seller = self.make_user("seller_dash", "recurring_billing.group_user", companies=self.company)
        card = self.card("2026-04-10", seller)
        self.assertEqual((card.has_debts, card.debt_count), (False, 0))

    def test_without_debts_nothing_is_said(self):
        there = self.env(context={**self.at("2020-01-01").context, "allowed_company_ids": self.company_eur.ids})
        card = there["recurring.dashboard"].search([("company_id", "=", self.company_eur.id), ("plan_id", "=", False)])
        self.assertFalse(card.has_debts)
