"""Debits under a mandate: agreed once, announced some days ahead, tried again as the scheme permits, taken back when paid otherwise."""

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.test_recurring_billing.models.mandate_bank import BANK

from .common import RecurringCommon

LOGS = "odoo.addons.recurring_billing.services.mandate_"


@tagged("post_install", "-at_install")
class TestMandate(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_charge = True
        cls.bank_journal = cls.env["account.journal"].create({"name": "Bank", "code": "MBNK", "type": "bank", "company_id": cls.company.id})
        cls.scheme = cls.env["recurring.mandate.scheme"].create(
            {
                "name": "Pix Automático",
                "code": "simulated",
                "journal_id": cls.bank_journal.id,
                "lead_min": 2,
                "lead_max": 10,
                "tries": 3,
                "within": 7,
            }
        )
        cls.ana = cls.make_partner()
        cls.plan = cls.make_plan(invoice_mode="post_charge")

    def setUp(self):
        super().setUp()
        BANK.__init__()

    def mandate(self, state="active", **values):
        mandate = self.env["recurring.mandate"].create({"scheme_id": self.scheme.id, "partner_id": self.ana.id, **values})
        if state == "active":
            mandate.action_agreed()
        return mandate

    def invoice(self, mandate, day="2024-03-01", due="2024-03-15", price=50.0):
        """An invoice of a subscription that is paid by a mandate."""
        subscription = self.subscribe(day, price, plan=self.plan, partner=self.ana, mandate_id=mandate.id)
        self.bill(day, subscription)
        move = self.invoices(subscription)
        move.line_ids.filtered(lambda line: line.display_type == "payment_term").date_maturity = due
        return move

    def collect(self, day):
        self.trigger("cron_mandate", day)

    def told(self, what="announce"):
        return [reference for kind, reference in BANK.asked if kind == what]

    def test_story_agreed_announced_paid(self):
        """Asked for on 20 February; an invoice due 15 March is announced from 5 March on, and paid on its day."""
        mandate = self.mandate("draft")
        self.press("2024-02-20", mandate, "action_request")
        self.assertEqual((mandate.state, self.told("request")), ("requested", [mandate.name]))
        invoice = self.invoice(mandate)
        self.collect("2024-03-06")
        self.assertFalse(self.told(), "nothing is debited before the customer agreed")
        mandate._recurring_learn("active", reference="RR123")
        self.assertEqual((mandate.state, mandate.reference), ("active", "RR123"))
        mandate._recurring_learn("requested")
        self.assertEqual(mandate.state, "active", "news out of order change nothing")
        self.collect("2024-03-04")
        self.assertFalse(self.told(), "11 days ahead is too early")
        self.collect("2024-03-05")
        self.collect("2024-03-06")
        debit = invoice.recurring_debit_ids
        self.assertEqual(BANK.debits, {debit.reference: ("2024-03-15", 50.0)})
        self.assertEqual((debit.state, str(debit.day)), ("announced", "2024-03-15"))
        self.assertTrue(debit._recurring_learn("done", day=debit.day))
        self.assertFalse(debit._recurring_learn("done", day=debit.day), "the same news again count once")
        self.assertFalse(debit._recurring_learn("declined_soft"), "and late ones do not undo it")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual((debit.state, debit.payment_id.amount, str(debit.payment_id.date)), ("done", 50.0, "2024-03-15"))
        self.assertEqual(debit.payment_id.journal_id, self.bank_journal)
        self.assertEqual(self.env["account.payment"].search_count([("memo", "=", debit.reference)]), 1)

    def test_story_failed_three_more_tries_then_an_open_debt(self):
        """Fails on the 15th; tried on the 16th, 17th and 18th with the same amount; nothing more, and the customer still owes it."""
        invoice = self.invoice(self.mandate())
        self.collect("2024-03-10")
        for day in ("2024-03-15", "2024-03-16", "2024-03-17", "2024-03-18"):
            debit = invoice.recurring_debit_ids.filtered(lambda each: each.state == "announced")
            self.assertEqual((str(debit.day), debit.amount), (day, 50.0))
            with self.at_day(day):
                debit._recurring_learn("declined_soft", day=debit.day, words="Not enough money")
            self.collect(day)
        self.collect("2024-03-19")
        self.assertEqual(invoice.recurring_debit_ids.mapped("state"), ["failed"] * 4)
        self.assertEqual(len(self.told()), 4)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("not_paid", 50.0))

    def at_day(self, day):
        return self.frozen(f"{day} 12:00:00")

    def test_paid_in_another_way_takes_the_debit_back(self):
        invoice = self.invoice(self.mandate())
        self.collect("2024-03-10")
        self.env["recurring.receipt"].receive(invoice, 50.0, self.bank_journal, invoice.invoice_date)
        self.env.flush_all()
        self.env.cr.precommit.run()
        debit = invoice.recurring_debit_ids
        self.assertTrue(debit.take_back)
        self.collect("2024-03-11")
        self.assertEqual((debit.state, self.told("take back")), ("cancelled", [debit.reference]))
        self.collect("2024-03-12")
        self.assertEqual(len(self.told()), 1)

    def test_money_that_came_after_all_stays_the_customers(self):
        invoice = self.invoice(self.mandate())
        self.collect("2024-03-10")
        self.env["recurring.receipt"].receive(invoice, 50.0, self.bank_journal, invoice.invoice_date)
        self.env.cr.precommit.run()
        BANK.says = ["late"]
        self.collect("2024-03-14")
        debit = invoice.recurring_debit_ids
        self.assertEqual((debit.state, debit.take_back), ("announced", False))
        debit._recurring_learn("done", day=debit.day)
        lines = debit.payment_id.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.assertEqual(sum(lines.mapped("amount_residual")), -50.0)

    def test_no_answer_is_clarified_and_never_announced_again_by_itself(self):
        invoice = self.invoice(self.mandate())
        BANK.says = ["kept/lost"]
        with mute_logger(LOGS + "collection"):
            self.collect("2024-03-10")
        debit = invoice.recurring_debit_ids
        self.assertEqual(debit.state, "unknown")
        self.collect("2024-03-11")
        self.assertEqual(len(self.told()), 1)
        debit.action_ask()
        self.assertEqual(debit.state, "announced", "the bank has it")

    def test_a_debit_the_bank_never_heard_of_is_announced_anew(self):
        invoice = self.invoice(self.mandate())
        BANK.says = ["lost"]
        with mute_logger(LOGS + "collection"):
            self.collect("2024-03-10")
        invoice.recurring_debit_ids.action_ask()
        self.assertEqual(invoice.recurring_debit_ids.state, "cancelled")
        self.collect("2024-03-11")
        self.assertEqual(invoice.recurring_debit_ids.sorted("id").mapped("state"), ["cancelled", "announced"])
        self.assertEqual(len(BANK.debits), 1)

    def test_a_person_says_what_became_of_it(self):
        for button, state in (("action_debited", "done"), ("action_not_debited", "cancelled")):
            invoice = self.invoice(self.mandate())
            BANK.says = ["lost"]
            with mute_logger(LOGS + "collection"):
                self.collect("2024-03-10")
            debit = invoice.recurring_debit_ids
            getattr(debit, button)()
            self.assertEqual((debit.state, bool(debit.payment_id)), (state, state == "done"))
            with self.assertRaisesRegex(UserError, "decided already"):
                getattr(debit, button)()

    def test_what_a_killed_process_began_is_told_again_under_the_same_reference(self):
        invoice = self.invoice(self.mandate())
        with self.at("2024-03-10").cr.savepoint():
            service = self.env["recurring.mandate.collection"].with_context(recurring_today=self.day("2024-03-10"))
            debit = service._intend(invoice.id)
        self.collect("2024-03-10")
        self.assertEqual((debit.state, self.told()), ("announced", [debit.reference]))

    def day(self, text):
        return self.at(text).context["recurring_today"]

    def test_where_the_bank_might_debit_twice_a_person_decides(self):
        invoice = self.invoice(self.mandate())
        service = self.env["recurring.mandate.collection"].with_context(
            recurring_today=self.day("2024-03-10"), bank_never_twice=True, recurring_one_transaction=True
        )
        debit = service._intend(invoice.id)
        service._recover(self.company)
        self.assertEqual((debit.state, self.told()), ("unknown", []))

    def test_one_debit_at_a_time_is_what_the_database_says(self):
        invoice = self.invoice(self.mandate())
        self.collect("2024-03-10")
        debit = invoice.recurring_debit_ids
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            debit.copy({"reference": "another", "state": "intended"})

    def test_the_bank_refuses(self):
        invoice = self.invoice(self.mandate())
        BANK.says = ["no"]
        self.collect("2024-03-10")
        debit = invoice.recurring_debit_ids
        self.assertEqual((debit.state, debit.words), ("failed", "The account is closed"))
        mandate = self.mandate("draft")
        BANK.says = ["no"]
        self.press("2024-03-10", mandate, "action_request")
        self.assertEqual((mandate.state, mandate.words), ("cancelled", "The account is closed"))

    def test_a_cancelled_mandate_takes_its_debits_back_and_debits_no_more(self):
        mandate = self.mandate()
        invoice = self.invoice(mandate)
        self.collect("2024-03-10")
        self.press("2024-03-10", mandate, "action_cancel")
        self.assertEqual((mandate.state, self.told("cancel")), ("cancelled", [mandate.name]))
        self.collect("2024-03-11")
        self.assertEqual(invoice.recurring_debit_ids.state, "cancelled")
        self.collect("2024-03-12")
        self.assertEqual(len(self.told()), 1)
        self.assertEqual(invoice._recurring_collect_by(), "card")
        with self.assertRaisesRegex(UserError, "not possible any more"):
            mandate.action_resume()

    def test_suspended_expired_too_much_or_disputed_nothing_is_debited(self):
        suspended, small = self.mandate(), self.mandate(most=49.99)
        expired = self.mandate(expires_on="2024-03-09")
        suspended.action_suspend()
        for mandate in (suspended, small, expired):
            self.assertEqual(self.invoice(mandate)._recurring_collect_by(), "mandate")
        disputed = self.invoice(self.mandate())
        disputed.recurring_is_disputed = True
        self.collect("2024-03-10")
        self.assertFalse(self.told())
        self.assertEqual(expired.state, "expired")
        suspended.action_resume()
        self.collect("2024-03-11")
        self.assertEqual(len(self.told()), 1)

    def test_a_copy_announces_nothing(self):
        invoice = self.invoice(self.mandate())
        self.assertTrue(self.env["recurring.identity"].is_confirmed())
        self.env["ir.config_parameter"].set_param("database.uuid", "a copy")
        self.collect("2024-03-10")
        self.assertFalse(self.told() or invoice.recurring_debit_ids)
        with self.assertRaisesRegex(UserError, "copy of the live database"):
            self.mandate("draft").action_request()

    def test_no_card_is_asked_for_or_charged_where_a_mandate_pays(self):
        mandate = self.mandate()
        invoice = self.invoice(mandate)
        subscription = invoice.line_ids.recurring_subscription_id
        self.assertFalse(subscription.card_state)
        missing = self.env["recurring.subscription"].search([("card_state", "=", "missing")])
        self.assertNotIn(subscription, missing)
        self.assertIn(f"debited under {mandate.name}", invoice.recurring_charge_hint)
        self.collect("2024-03-10")
        invoice.invalidate_recordset()
        self.assertIn("on 03/15/2024", invoice.recurring_charge_hint)
        self.press("2024-03-11", mandate, "action_cancel")
        self.assertEqual(subscription.card_state, "missing")
        self.assertIn(subscription, self.env["recurring.subscription"].search([("card_state", "=", "missing")]))

    def test_the_mandate_is_the_payers(self):
        other = self.make_partner("Bruno")
        with self.assertRaisesRegex(ValidationError, "mandate of the payer"):
            self.subscribe("2024-03-01", partner=other, mandate_id=self.mandate().id)

    def test_who_may(self):
        invoice = self.invoice(self.mandate())
        self.collect("2024-03-10")
        debit = invoice.recurring_debit_ids
        seller, auditor = (
            self.make_user("seller", "recurring_billing.group_user"),
            self.make_user("audit", "recurring_billing.group_auditor"),
        )
        mandate = self.env["recurring.mandate"].with_user(seller).create({"scheme_id": self.scheme.id, "partner_id": self.ana.id})
        mandate.action_agreed()
        self.assertEqual(mandate.state, "active")
        with self.assertRaises(AccessError):
            mandate.write({"state": "draft"})
        with self.assertRaisesRegex(UserError, "agreed to stays"):
            mandate.write({"most": 1000.0})
        with self.assertRaises(AccessError):
            debit.with_user(seller).action_debited()
        with self.assertRaises(AccessError):
            debit.with_user(seller).write({"state": "done"})
        self.assertEqual(debit.with_user(auditor).state, "announced")
        for method in ("action_cancel", "action_suspend"):
            with self.assertRaises(AccessError):
                getattr(debit.mandate_id.with_user(auditor), method)()
        stranger = self.make_user("stranger", "recurring_billing.group_user_all", companies=self.company_eur)
        seen = self.env["recurring.mandate"].with_user(stranger).with_context(allowed_company_ids=self.company_eur.ids)
        self.assertFalse(seen.search([]))
