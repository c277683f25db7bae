"""What will be billed up to a day: what the runs then do, nothing written, and what to know before."""

from collections import Counter
from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import RecurringCommon

MARCH = "2024-03-01"


@tagged("post_install", "-at_install")
class TestPreview(RecurringCommon):
    def preview(self, day, horizon, subscriptions=None, user=None, **values):
        """Press Preview on a day."""
        env = self.at(day) if user is None else self.at(day)(user=user)
        values["horizon"] = horizon
        if subscriptions is not None:
            values["subscription_ids"] = [Command.set(subscriptions.ids)]
        preview = env["recurring.preview"].create(values)
        preview.action_preview()
        return preview

    def shown(self, preview):
        return [
            (str(line.run_date), str(line.start), str(line.last_day), line.amount_untaxed, line.amount_total) for line in preview.line_ids
        ]

    def written(self):
        """How many rows there are of everything billing writes, and where the sequences stand."""
        self.env.flush_all()
        tables = (
            "account_move",
            "account_move_line",
            "recurring_period",
            "recurring_billing_run",
            "recurring_billing_issue",
            "mail_message",
        )
        counts = [self.env.execute_query(self.sql(f"SELECT count(*), max(id), max(write_date) FROM {table}")) for table in tables]
        numbers = self.env.execute_query(
            self.sql("SELECT sequencename, last_value FROM pg_sequences WHERE sequencename LIKE 'ir_sequence_%%' ORDER BY 1")
        )
        dates = self.env.execute_query(self.sql("SELECT id, next_invoice_date, is_parked FROM recurring_subscription ORDER BY id"))
        until = self.env.execute_query(self.sql("SELECT id, billed_until FROM recurring_lineage ORDER BY id"))
        return counts, numbers, dates, until

    @staticmethod
    def sql(text):
        return SQL(text)  # pylint: disable=sql-injection; the texts are above

    def subscriptions(self):
        """Many ways to be billed, none of them parked."""
        included = self.make_tax(7, price_include_override="tax_included")
        advance = self.make_plan(lead_days=10)
        lines = [
            {"product_id": self.make_product(33.33).id, "price_unit": 33.33, "quantity": 3, "tax_ids": [Command.set(self.tax.ids)]},
            {"product_id": self.make_product(19.99).id, "price_unit": 19.99, "discount": 10, "tax_ids": [Command.set(included.ids)]},
        ]
        many = self.subscribe("2024-03-11", plan=advance, lines=lines, due_day=10)
        many |= self.subscribe("2024-02-20", 24.95, plan=self.make_plan(timing="arrears", alignment="fixed_day", anchor_day=1))
        many |= self.subscribe(MARCH, 300.0, plan=self.make_plan(interval_count=3), line={"tax_ids": [Command.set(self.tax.ids)]})
        many |= self.subscribe("2024-02-14", 7.0, plan=self.make_plan(interval_unit="week", catch_up="together"))
        ending = self.subscribe("2024-03-05", 80.0)
        ending.line_ids.date_end = "2024-04-20"
        discounted = self.subscribe("2024-03-03", 60.0, line={"tax_ids": [Command.set(self.tax.ids)]})
        self.env["recurring.discount"].create({"line_id": discounted.line_ids.id, "amount": 10.0, "periods": 1})
        return many | ending | discounted

    # The same as billing

    def test_it_shows_what_the_run_of_today_bills(self):
        subscriptions = self.subscriptions()
        preview = self.preview("2024-03-12", "2024-03-12", subscriptions)
        self.bill("2024-03-12", subscriptions)
        invoices = self.invoices(subscriptions)
        self.assertGreater(len(invoices), 5)
        self.assertEqual(self.expected_documents(preview), self.billed_documents(invoices))

    def test_it_shows_what_the_runs_of_the_days_to_come_bill(self):
        subscriptions = self.subscriptions()
        preview = self.preview(MARCH, "2024-05-15", subscriptions)
        day = date(2024, 3, 1)
        while day <= date(2024, 5, 15):
            due = subscriptions.filtered(
                lambda subscription, day=day: subscription.next_invoice_date and subscription.next_invoice_date <= day
            )
            if due:
                self.bill(str(day), due)
            day += timedelta(days=1)
        invoices = self.invoices(subscriptions)
        self.assertGreater(len(invoices), 20)
        self.assertEqual(self.expected_documents(preview), self.billed_documents(invoices))

    def expected_documents(self, preview):
        """Subscription, dates and money of each document of a preview."""
        documents = {}
        for line in preview.line_ids:
            key = (line.subscription_id.id, line.number)
            document = documents.setdefault(key, [line.subscription_id.id, str(line.invoice_date), str(line.due_date), line.kind, 0.0, 0.0])
            document[4] += line.amount_untaxed
            document[5] += line.amount_total
        return Counter((*document[:4], round(document[4], 2), round(document[5], 2)) for document in documents.values())

    def billed_documents(self, moves):
        return Counter(
            (
                move.line_ids.recurring_subscription_id.id,
                str(move.invoice_date),
                str(move.invoice_date_due),
                "credit" if move.move_type == "out_refund" else "invoice",
                round(move.amount_untaxed_signed, 2),
                round(move.amount_total_signed, 2),
            )
            for move in moves
        )

    def test_a_credit_of_today_is_a_credit_note_with_its_tax(self):
        subscription = self.subscribe(MARCH, 62.0, line={"tax_ids": [Command.set(self.tax.ids)]})
        self.bill(MARCH, subscription)
        self.at(MARCH)["recurring.subscription.change"].end(subscription.line_ids, fields.Date.to_date("2024-03-16"))
        preview = self.preview("2024-03-16", "2024-03-16", subscription)
        self.bill("2024-03-16", subscription)
        credit = self.invoices(subscription).filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(preview.line_ids.mapped("kind"), ["credit"])
        self.assertEqual(self.expected_documents(preview), self.billed_documents(credit))
        self.assertLess(preview.total_ids.amount_total, 0.0)
        self.assertEqual((preview.total_ids.credit_count, preview.total_ids.invoice_count), (1, 0))

    def test_nothing_is_written(self):
        subscriptions = self.subscriptions()
        subscriptions |= self.subscribe("2023-01-01")
        archived = self.subscribe(MARCH)
        archived.line_ids.product_id.active = False
        before = self.written()
        preview = self.preview(MARCH, "2024-06-30", subscriptions | archived)
        self.assertGreater(len(preview.line_ids), 30)
        self.assertEqual(self.written(), before)

    # Totals

    def test_totals_are_those_of_the_lines_by_company_currency_and_plan(self):
        gym, club = self.make_plan(name="Gym"), self.make_plan(name="Club")
        mine = self.subscribe(MARCH, 50.0, plan=gym) | self.subscribe(MARCH, 70.0, plan=gym) | self.subscribe(MARCH, 20.0, plan=club)
        held = self.subscribe(MARCH, 30.0, plan=club)
        held.line_ids.product_id.active = False
        preview = self.preview(MARCH, MARCH, mine | held)
        self.assertEqual(
            [
                (total.plan_id.name, total.subscription_count, total.invoice_count, total.amount_total, total.held_subscription_count)
                for total in preview.total_ids
            ],
            [("Club", 1, 1, 20.0, 1), ("Gym", 2, 2, 120.0, 0)],
        )
        self.assertEqual((preview.held_count, preview.line_count), (1, 4))

    def test_all_of_the_chosen_plans_and_companies(self):
        gym, club = self.make_plan(name="Gym"), self.make_plan(name="Club")
        first, second = self.subscribe(MARCH, plan=gym), self.subscribe(MARCH, plan=club)
        self.assertEqual(self.preview(MARCH, MARCH, plan_ids=[Command.set(gym.ids)]).line_ids.subscription_id, first)
        everything = self.preview(MARCH, MARCH).line_ids.subscription_id
        self.assertLessEqual(first | second, everything)
        other = self.preview(MARCH, MARCH, company_ids=[Command.set(self.company_brl.ids)])
        self.assertFalse(other.line_ids)

    # What to know before

    def attention(self, subscription, day=MARCH, horizon=None):
        line = self.preview(day, horizon or day, subscription).line_ids[:1]
        return line.attention, line.remark

    def test_nothing_to_know(self):
        self.assertEqual(self.attention(self.subscribe(MARCH)), (False, ""))

    def test_old_work_waits_for_a_confirmation(self):
        preview = self.preview(MARCH, MARCH, self.subscribe("2024-01-01"))
        self.assertEqual(preview.line_ids.mapped("attention"), ["catch_up"] * 3)
        self.assertEqual(preview.line_ids.mapped("is_catch_up"), [True] * 3)
        self.assertEqual((preview.total_ids.invoice_count, preview.total_ids.held_total), (0, 150.0))

    def test_missing_data_is_said_in_words(self):
        subscription = self.subscribe(MARCH)
        subscription.partner_id.active = False
        attention, remark = self.attention(subscription)
        self.assertEqual(attention, "problem")
        self.assertIn("is archived", remark)

    def test_a_parked_subscription_shows_what_it_waits_with(self):
        subscription = self.subscribe("2024-01-01")
        self.bill(MARCH, subscription)
        self.assertTrue(subscription.is_parked)
        attention, remark = self.attention(subscription)
        self.assertEqual(attention, "parked")
        self.assertIn("Parked: 3 old invoices", remark)

    def test_a_draft_that_waits_is_told(self):
        subscription = self.subscribe(MARCH, invoice_mode="draft")
        self.bill(MARCH, subscription)
        attention, remark = self.attention(subscription, "2024-04-01")
        self.assertEqual(attention, "draft")
        self.assertIn("03/01/2024", remark)

    def test_a_locked_month_is_told(self):
        subscription = self.subscribe(MARCH, plan=self.make_plan(invoice_date_policy="period"))
        self.company.sale_lock_date = "2024-02-29"
        self.assertEqual(self.attention(subscription, "2024-03-20")[0], False)
        self.company.sale_lock_date = "2024-03-15"
        attention, remark = self.attention(subscription, "2024-03-20")
        self.assertEqual(attention, "locked")
        self.assertIn("Locked until 03/15/2024", remark)

    def test_one_that_crashes_is_one_line_and_stops_nobody(self):
        good, bad = self.subscribe(MARCH), self.subscribe(MARCH)
        planning = type(self.env["recurring.invoice.planning"])
        original = planning._invoices_of

        def crash(service, subscription, *arguments):
            if subscription == bad:
                raise ZeroDivisionError("no such period")
            return original(service, subscription, *arguments)

        with patch.object(planning, "_invoices_of", crash):
            preview = self.preview(MARCH, "2024-05-01", good | bad)
        lines = preview.line_ids
        self.assertEqual(len(lines.filtered(lambda line: line.subscription_id == good and not line.attention)), 3)
        broken = lines.filtered(lambda line: line.subscription_id == bad)
        self.assertEqual((broken.kind, broken.attention, broken.amount_total), ("nothing", "problem", 0.0))
        self.assertIn("unexpected error", broken.remark)

    def test_a_rate_of_today_will_do_for_an_invoice_of_next_month(self):
        self.make_rate(self.currency_eur, "2024-02-28", 0.9)
        subscription = self.subscribe(MARCH, pricelist_id=False, currency_id=self.currency_eur.id)
        preview = self.preview(MARCH, "2024-06-01", subscription)
        self.assertEqual(preview.line_ids.mapped("attention"), [False] * 4)

    # The screens

    def test_the_lines_open_in_a_list_and_the_question_can_be_asked_again(self):
        subscription = self.subscribe(MARCH)
        preview = self.preview(MARCH, MARCH, subscription)
        action = preview.action_open_lines()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), preview.line_ids)
        again = preview.action_again()
        wizard = Form(preview.env["recurring.preview"].with_context(**again["context"]))
        self.assertEqual(str(wizard.horizon), MARCH)
        self.assertEqual(wizard.subscription_ids[:], subscription)

    def test_nothing_due_is_said(self):
        preview = self.preview(MARCH, MARCH, self.subscribe("2024-04-01"))
        self.assertFalse(preview.total_ids)
        with self.assertRaisesRegex(UserError, "Nothing is due up to 03/01/2024"):
            preview.action_open_lines()

    def test_a_salesperson_sees_own_subscriptions_only(self):
        seller = self.make_user("preview_own", "recurring_billing.group_user", companies=self.company)
        own, other = self.subscribe(MARCH, user_id=seller.id), self.subscribe(MARCH, user_id=self.responsible.id)
        found = self.preview(MARCH, MARCH, user=seller).line_ids.subscription_id
        self.assertIn(own.id, found.ids)
        self.assertNotIn(other.id, found.ids)
        with self.assertRaises(AccessError):
            self.preview(MARCH, MARCH, other, user=seller)

    def test_an_auditor_may_look_ahead(self):
        auditor = self.make_user("preview_auditor", "recurring_billing.group_auditor", companies=self.company)
        subscription = self.subscribe(MARCH)
        self.assertEqual(self.preview(MARCH, MARCH, subscription, user=auditor).line_ids.amount_total, 50.0)

    def test_its_queries_do_not_grow_with_the_subscriptions(self):
        plan, product = self.make_plan(), self.make_product()
        few = self.env["recurring.subscription"].union(*(self.subscribe(MARCH, plan=plan, product=product) for _n in range(5)))
        many = few | self.env["recurring.subscription"].union(*(self.subscribe(MARCH, plan=plan, product=product) for _n in range(20)))
        service = self.at(MARCH)["recurring.billing.preview"]

        def queries(subscriptions):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            lines = service.lines(service.env["recurring.subscription"].browse(subscriptions.ids), date(2024, 8, 1))
            self.assertEqual(len(lines), 6 * len(subscriptions))
            return self.cr.sql_log_count - before

        queries(few)
        self.assertLessEqual(queries(many), queries(few) + 5)
