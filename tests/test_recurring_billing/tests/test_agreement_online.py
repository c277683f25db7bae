"""The customer pays the instalments of an agreement online, by its link: what is due, once, and nobody else sees it."""

from contextlib import contextmanager

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .arranging import ArrangingCase
from .paying import CardCommon


@tagged("post_install", "-at_install")
class TestAgreementOnline(HttpCase, ArrangingCase, CardCommon):
    def setUp(self):
        super().setUp()
        # The server has the machine's own clock: the story begins today.
        self.today = fields.Date.today()
        self.first, self.second = str(self.today + relativedelta(days=9)), str(self.today + relativedelta(days=9) + relativedelta(months=1))
        self.may = self.invoice("2024-05-06", 300.0)
        self.june = self.invoice("2024-06-03", 200.0)
        self.agreement = self.agree(str(self.today), self.case_of(), count=2, first_date=self.first)
        self.link = self.agreement.get_portal_url()

    @contextmanager
    def refused(self, words):
        """The page is told why nothing is begun, and nothing is."""
        before = self.env["payment.transaction"].search_count([])
        with self.assertRaises(AssertionError) as caught:
            yield
        self.assertIn(words, str(caught.exception))
        self.assertEqual(self.env["payment.transaction"].search_count([]), before)

    def transaction(self, amount, token=None):
        """What the payment form of the page does."""
        with mute_logger("odoo.http"):
            answer = self.post(
                f"/my/agreements/{self.agreement.id}/transaction",
                {
                    "access_token": self.agreement.access_token if token is None else token,
                    "provider_id": self.provider.id,
                    "payment_method_id": self.method.id,
                    "token_id": None,
                    "amount": amount,
                    "flow": "direct",
                    "tokenization_requested": False,
                    "landing_route": self.link,
                },
            )
        return self.env["payment.transaction"].search([("reference", "=", answer["reference"])])

    def post(self, route, params):
        answer = self.url_open(route, json={"jsonrpc": "2.0", "method": "call", "params": params, "id": 0}).json()
        self.assertNotIn("error", answer, answer.get("error", {}).get("data", {}).get("message"))
        return answer["result"]

    def settle(self, transaction, day):
        transaction.recurring_day = fields.Date.to_date(day)
        transaction._set_done()
        transaction.with_env(self.at(day)).with_context(recurring_today=fields.Date.to_date(day))._post_process()

    def test_the_page_shows_what_is_due_now_and_the_whole_plan(self):
        page = self.url_open(self.link).text
        for words in ("250.00", "Instalment 1", self.may.name, self.june.name, "500.00"):
            self.assertIn(words, page)

    def test_on_paper_it_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.ana.lang = "pt_BR"
        report = (
            self.env["ir.actions.report"]._render_qweb_html("recurring_billing.report_recurring_agreement", self.agreement.ids)[0].decode()
        )
        day = fields.Date.to_date(self.first)
        for words in (self.agreement.name, f"{day:%d/%m/%Y}", "250,00", self.may.name, "Harbor Gym", "Ana"):
            self.assertIn(words, report)

    def test_nobody_sees_it_without_the_link(self):
        path = f"/my/agreements/{self.agreement.id}"
        answer = self.url_open(path)
        self.assertNotIn(self.agreement.name, answer.text)
        self.assertIn("/web/login", answer.url)
        answer = self.url_open(f"{path}?access_token=guess")
        self.assertNotIn(self.agreement.name, answer.text)
        self.assertEqual(answer.status_code, 404)
        self.assertIn("This link is not valid any more", answer.text)

    def test_the_page_speaks_the_customers_language_and_leaves_no_traces(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.ana.lang = "pt_BR"
        answer = self.url_open(self.link)
        self.assertIn('<html lang="pt-BR">', answer.text)
        self.assertIn(f"{fields.Date.to_date(self.first):%d/%m/%Y}", answer.text)
        self.assertEqual((answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]), ("no-store", "no-referrer"))

    def test_the_first_instalment_is_paid_and_only_it(self):
        transaction = self.transaction(250.0)
        self.assertEqual((transaction.amount, transaction.invoice_ids), (250.0, self.may))
        self.settle(transaction, self.first)
        self.assertEqual(self.items(self.may), [(self.first, 0.0), (self.second, 50.0)])
        self.assertEqual(self.agreement.instalment_ids.mapped("is_paid"), [True, False])
        second = self.transaction(250.0)
        self.assertEqual(second.invoice_ids, self.may | self.june)
        self.settle(second, self.second)
        self.env["account.move"]._recurring_tell_money_moved()
        self.assertEqual((self.agreement.state, self.agreement.left), ("kept", 0.0))

    def test_another_amount_than_what_is_due_is_refused(self):
        for amount in (1.0, 500.0):
            with self.subTest(amount), self.refused("The amount has changed"):
                self.transaction(amount)

    def test_a_wrong_link_begins_nothing(self):
        with self.refused("not valid any more"):
            self.transaction(250.0, token="guess")

    def test_while_one_payment_is_under_way_there_is_no_second(self):
        self.transaction(250.0)._set_pending()
        self.assertIn("A payment is under way", self.url_open(self.link).text)
        with self.refused("under way already"):
            self.transaction(250.0)

    def test_a_broken_agreement_takes_no_payment(self):
        self.press(str(self.today), self.agreement, "action_break", user=self.carla)
        self.assertIn("no longer holds", self.url_open(self.link).text)
        with self.refused("Nothing is due"):
            self.transaction(250.0)

    def test_instalments_on_an_entry_are_paid_online_too(self):
        boris = self.make_partner("Boris")
        move = self.invoice("2024-03-04", 300.0, boris)
        self.company.fiscalyear_lock_date = "2024-03-31"
        self.agreement = self.agree(str(self.today), self.case_of(boris), count=3, first_date=self.first)
        self.link = self.agreement.get_portal_url()
        self.assertTrue(self.agreement.entry_id)
        transaction = self.transaction(100.0)
        self.assertFalse(transaction.invoice_ids)
        facts = self.env["recurring.dunning.facts"]
        transaction._set_pending()
        waits = {item.waits for item in facts.customers(self.company, fields.Date.to_date(self.first))[boris.id].items}
        self.assertEqual(waits, {"paying"}, "money is on its way")
        self.settle(transaction, self.first)
        self.assertEqual(self.agreement.instalment_ids.mapped("is_paid"), [True, False, False])
        self.assertEqual(move.recurring_is_settled, False)

    def test_fees_agreed_about_an_entry_are_booked_with_the_payment(self):
        self.company.write({"recurring_fee_policy_id": self.policy.id, "recurring_fee_scope": "debt", "recurring_fee_from": "2024-01-01"})
        boris = self.make_partner("Boris")
        self.invoice("2024-03-04", 300.0, boris)
        self.company.fiscalyear_lock_date = "2024-03-31"
        self.agreement = self.agree(str(self.today), self.case_of(boris), count=2, first_date=self.first)
        self.assertGreater(self.agreement.fees_agreed, 0.0)
        self.link = self.agreement.get_portal_url()
        first = self.agreement.instalment_ids[0]
        transaction = self.transaction(first.amount)
        self.assertFalse(transaction.invoice_ids)
        self.settle(transaction, self.first)
        payment = transaction.payment_id
        fees = sum(line.balance for line in payment.move_id.line_ids if line.account_id.code in ("400901", "400902"))
        self.assertAlmostEqual(-fees, first.amount - 150.0)
        receivable = payment.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.assertEqual((receivable.balance, receivable.amount_residual), (-150.0, 0.0), "nothing is left over as a credit")
        self.assertEqual(self.agreement.instalment_ids.mapped("is_paid"), [True, False])
