"""The customer's statement: everything open, how old it is, with the fees of the day, less what stands to the customer's credit."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .test_fees_of_all_debts import DebtCase


class StatementCase(DebtCase):
    def statements(self, partner=None, day="2026-04-20", user=None):
        service = self.env(user=user.id if user else self.env.uid)["recurring.customer.statement"]
        partner = (partner or self.carla).with_env(service.env)
        return service.of(partner, self.company.with_env(service.env), fields.Date.to_date(day))[partner]

    def pay_on_account(self, amount, day, partner=None):
        """Money that came without saying what for."""
        receipt = self.env["recurring.receipt"].with_env(self.at(day))
        day = fields.Date.to_date(day)
        return receipt.receive(self.env["account.move"], amount, self.bank, day, partner=partner or self.carla)


@tagged("post_install", "-at_install")
class TestStatement(StatementCase):
    def test_everything_open_with_its_age_and_fees(self):
        """On 20 April: 1 000.00 due 10 March (41 days: 20.00 + 13.67), 300.00 due 10 April (10 days: 6.00 + 1.00), 50.00 due 30 April.

        An opening balance of 500.00 due 15 January (95 days: 10.00 + 15.83).
        """
        self.plain(1000.0, "2026-03-10")
        self.plain(300.0, "2026-04-10")
        self.plain(50.0, "2026-04-30")
        self.opening(500.0, "2026-01-15")
        [statement] = self.statements()
        self.assertEqual(
            [(str(row.due), float(row.residual), float(row.fees), row.days_late) for row in statement.debts],
            [
                ("2026-01-15", 500.0, 25.83, 95),
                ("2026-03-10", 1000.0, 33.67, 41),
                ("2026-04-10", 300.0, 7.0, 10),
                ("2026-04-30", 50.0, 0.0, 0),
            ],
        )
        self.assertEqual(
            {name: float(amount) for name, _words, amount in statement.buckets},
            {"not_due": 50.0, "to_30": 300.0, "to_60": 1000.0, "to_90": 0.0, "older": 500.0},
        )
        self.assertEqual((float(statement.open), float(statement.overdue), float(statement.fees)), (1850.0, 1800.0, 66.5))
        self.assertEqual((float(statement.total), float(statement.due_now)), (1916.5, 1866.5))

    def test_money_on_account_stands_against_it(self):
        """400.00 came without saying what for: 1 000.00 + 20.00 + 13.67 - 400.00."""
        self.plain(1000.0, "2026-03-10")
        self.pay_on_account(400.0, "2026-03-20")
        [statement] = self.statements()
        self.assertEqual(([row.about for row in statement.credits], float(statement.credit)), (["Payment on account"], 400.0))
        self.assertEqual(float(statement.total), 633.67)

    def test_a_credit_that_balances_the_debt_leaves_nothing_to_pay(self):
        self.plain(1000.0, "2026-04-30")
        self.pay_on_account(1200.0, "2026-03-20")
        [statement] = self.statements()
        self.assertEqual((float(statement.balance), float(statement.total), float(statement.due_now)), (-200.0, 0.0, 0.0))

    def test_a_part_payment_leaves_the_rest(self):
        invoice = self.plain(1000.0, "2026-04-30")
        self.register(invoice, 250.0, "2026-03-20")
        [statement] = self.statements()
        self.assertEqual([(float(row.amount), float(row.residual)) for row in statement.debts], [(1000.0, 750.0)])

    def test_what_is_paid_is_not_listed(self):
        invoice = self.plain()
        self.register(invoice, 1000.0, "2026-03-10")
        self.assertEqual(self.statements(), [])

    def test_a_payment_that_waits_for_the_bank_counts_as_paid(self):
        """Without an outstanding account Odoo keeps the residual until the bank statement comes; nobody is asked twice."""
        self.bank.inbound_payment_method_line_ids.payment_account_id = False
        invoice = self.plain()
        with patch.object(self.registry["account.move"], "_get_invoice_in_payment_state", lambda _self: "in_payment"):
            self.register(invoice, 1000.0, "2026-03-10")
        self.assertEqual((invoice.payment_state in ("paid", "in_payment"), invoice.amount_residual), (True, 1000.0))
        self.assertEqual(self.statements(), [])

    def test_each_currency_by_itself(self):
        self.make_rate(self.currency_eur, "2026-01-01", 0.5)
        self.plain(1000.0, "2026-04-30")
        self.plain(80.0, "2026-04-30", currency_id=self.currency_eur.id)
        found = self.statements()
        self.assertEqual([(each.currency.name, float(each.total)) for each in found], [("USD", 1000.0), ("EUR", 80.0)])

    def test_instalments_are_named(self):
        invoice = self.plain(900.0, "2026-03-10", invoice_payment_term_id=self.installments(0, 30, 60, 90).id)
        [statement] = self.statements()
        self.assertEqual([row.about for row in statement.debts], [f"Part {number} of 4" for number in (1, 2, 3, 4)])
        self.assertEqual({row.name for row in statement.debts}, {invoice.name})

    def test_fees_that_are_charged_later_are_said_but_not_asked_for(self):
        self.policy.booking = "document"
        self.plain(1000.0, "2026-03-10")
        [statement] = self.statements()
        self.assertEqual((float(statement.fees), float(statement.fees_later), float(statement.total)), (0.0, 33.67, 1000.0))

    def test_a_disputed_debt_is_marked(self):
        invoice = self.plain()
        line = invoice.line_ids.filtered(lambda each: each.display_type == "payment_term")
        case = self.env["recurring.dunning.case"].create({"partner_id": self.carla.id, "company_id": self.company.id})
        values = {"case_id": case.id, "line_ids": [Command.set(line.ids)], "reason": "Never came", "answer_by": "2026-05-01"}
        self.env["recurring.dispute"].create(values)
        [statement] = self.statements()
        self.assertEqual([row.note for row in statement.debts], ["Under review"])

    def test_no_other_company_is_in_it(self):
        self.plain()
        other = self.company_brl.with_env(self.env)
        partner = self.carla
        found = self.env["recurring.customer.statement"].of(partner, other, fields.Date.to_date("2026-04-20"))
        self.assertEqual(found, {partner: []})

    def test_who_may_see_it(self):
        self.plain()
        for group in ("recurring_billing.group_collections", "account.group_account_invoice", "recurring_billing.group_auditor"):
            with self.subTest(group):
                user = self.make_user(group.rsplit("_", 1)[-1] + "_st", group)
                self.assertEqual(len(self.statements(user=user)), 1)
        seller = self.make_user("seller_st", "recurring_billing.group_user")
        with self.assertRaises(AccessError):
            self.statements(user=seller)
        self.carla.user_id = seller
        self.assertEqual(len(self.statements(user=seller)), 1)
        with self.assertRaises(AccessError):
            self.statements(user=self.make_user("anybody_st"))

    def test_it_is_printed_by_people_who_set_up_nothing(self):
        """A company that never chose a document layout: whoever collects prints the statement; the layout is for administrators."""
        self.company.external_report_layout_id = False
        collector = self.make_user("printer", "recurring_billing.group_collections")
        action = self.carla.with_user(collector).with_company(self.company).action_recurring_statement()
        self.assertEqual(action["type"], "ir.actions.report")

    def test_many_customers_cost_no_more_queries(self):
        partners = self.env["res.partner"]
        for number in range(8):
            partner = self.make_partner(f"Payer {number}")
            partners |= partner
            self.plain(partner=partner)
            self.opening(partner=partner)

        def queries(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some = self.env["res.partner"].browse(some.ids)
            self.env["recurring.customer.statement"].of(some, self.company, fields.Date.to_date("2026-04-20"))
            return self.env.cr.sql_log_count - before

        queries(partners)
        self.assertLessEqual(queries(partners), queries(partners[:2]) + 2)

    def test_the_paper_says_it_in_the_customers_words(self):
        self.carla.lang = "en_US"
        self.company.partner_id.vat = "12-3456789"
        self.plain(1000.0, "2026-03-10")
        html, _kind = (
            self.env["ir.actions.report"]
            .with_env(self.at("2026-04-20"))
            ._render_qweb_html("recurring_billing.action_report_recurring_statement", self.carla.ids)
        )
        text = html.decode()
        for words in ("Statement", "Carla", "Ball", "41 days late", "1,033.67", "Harbor Gym", "12-3456789", "31-60 days", "data:image/svg"):
            self.assertTrue(words in text, words)

    def test_our_own_number_of_a_product_is_not_on_it(self):
        invoice = self.plain(1000.0, "2026-03-10")
        invoice.invoice_line_ids.name = "[BALL-1] Ball\nfrom March to April"
        (statement,) = self.env["recurring.customer.statement"].of(self.carla, self.company)[self.carla]
        self.assertEqual(statement.debts[0].about, "Ball")

    def test_somebody_without_debts_gets_a_friendly_sheet(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("recurring_billing.action_report_recurring_statement", self.carla.ids)
        self.assertIn("Nothing is open", html.decode())


@tagged("post_install", "-at_install")
class TestStatementPage(HttpCase, StatementCase):
    def setUp(self):
        super().setUp()
        self.invoice = self.plain(1000.0, "2026-03-10")
        self.company.recurring_fee_policy_id = False

    def test_from_the_page_of_debts_without_a_login(self):
        """The link of the page is the key to the paper too; a wrong or withdrawn one opens nothing."""
        path = self.carla._recurring_debts_path(self.company)
        self.assertIn(f"{path}/statement", self.url_open(path).text)
        with patch.object(self.registry["ir.actions.report"], "_render_qweb_pdf", lambda *_args, **_kwargs: (b"%PDF a sheet", "pdf")):
            answer = self.url_open(f"{path}/statement")
            self.assertEqual((answer.status_code, answer.content), (200, b"%PDF a sheet"))
            self.assertEqual((answer.headers["Content-Type"], answer.headers["Cache-Control"]), ("application/pdf", "no-store"))
            self.assertEqual(self.url_open(f"{path[:-1]}x/statement").status_code, 404)
            self.carla.action_recurring_debts_new_link()
            self.assertEqual(self.url_open(f"{path}/statement").status_code, 404)

    def test_in_the_portal_people_see_their_own(self):
        user = self.make_user("carla_portal", "base.group_portal", companies=self.company)
        user.partner_id.parent_id = False
        self.plain(77.0, "2026-03-10", partner=user.partner_id)
        self.authenticate(user.login, user.login)
        page = self.url_open("/my/statement")
        self.assertIn("77.00", page.text)
        self.assertNotIn(self.invoice.name, page.text)
        self.register(self.env["account.move"].search([("partner_id", "=", user.partner_id.id)]), 77.0, "2026-03-10")
        self.assertIn("Nothing is open", self.url_open("/my/statement").text)
