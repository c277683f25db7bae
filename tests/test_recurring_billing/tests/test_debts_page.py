"""The page of debts by a signed link: what it shows and to whom, paying, and "I already paid" with a receipt."""

import re

from odoo import Command, fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .withholding import WithholdingCommon

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
TODAY = "2026-03-20"


@tagged("post_install", "-at_install")
class TestDebtsPage(WithholdingCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.today = fields.Date.to_date(TODAY)
        # Requests see that day: nobody outside can set the clock.
        self.patch(
            self.registry["res.company"], "_recurring_today", lambda company: company.env.context.get("recurring_today") or self.today
        )
        self.partner = self.make_partner("Ana", email="ana@example.com")
        self.subscription, self.line = self.owing("2026-03-02", 100.0, partner=self.partner)

    def path(self, partner=None, company=None):
        return (partner or self.partner)._recurring_debts_path(company or self.company)

    def page(self, partner=None):
        response = self.url_open(self.path(partner))
        self.assertEqual(response.status_code, 200)
        return re.sub(r"\s+", " ", response.text)

    def claim(self, receipt=None, partner=None, **values):
        """What a customer presses on the page; gives the answer as text."""
        self.authenticate(None, None)
        data = {"csrf_token": http.Request.csrf_token(self), "paid_on": TODAY, **values}
        files = {"receipt": receipt} if receipt else None
        response = self.url_open(f"{self.path(partner)}/claim", data=data, files=files)
        self.assertEqual(response.status_code, 200)
        return re.sub(r"\s+", " ", response.text)

    # What it shows

    def test_what_is_owed_with_a_button_to_pay(self):
        text = self.page()
        self.assertIn(self.line.move_id.name, text)
        self.assertIn("18 days late", text)
        self.assertRegex(text, r'name="debts_total"[^>]*>\s*\$.?<span class="oe_currency_value">100\.00')
        self.assertIn(self.line.move_id.get_portal_url().split("?")[0], text)
        self.assertIn("I already paid", text)

    def test_nothing_is_kept_nor_told_to_other_sites(self):
        headers = self.url_open(self.path()).headers
        self.assertEqual((headers["Cache-Control"], headers["Referrer-Policy"]), ("no-store", "no-referrer"))
        self.assertIn("noindex", headers["X-Robots-Tag"])

    def test_open_credits_are_taken_off(self):
        receivable = self.partner.with_company(self.company).property_account_receivable_id
        journal = self.env["account.journal"].search([("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1)
        credit = {"account_id": receivable.id, "partner_id": self.partner.id, "credit": 30.0}
        other = {"account_id": self.income.id, "debit": 30.0}
        lines = [(0, 0, credit), (0, 0, other)]
        self.env["account.move"].create({"move_type": "entry", "journal_id": journal.id, "date": TODAY, "line_ids": lines}).action_post()
        text = self.page()
        self.assertRegex(text, r'name="debts_total"[^>]*>\s*\$.?<span class="oe_currency_value">70\.00')
        self.assertIn("credit</div>", text)

    def test_an_opening_balance_is_shown_though_it_has_no_page_to_pay(self):
        self.opening_balance(self.partner, 300.0, "2026-02-02")
        text = self.page()
        self.assertIn("Taken over", text)
        self.assertRegex(text, r'name="debts_total"[^>]*>\s*\$.?<span class="oe_currency_value">400\.00')

    def test_who_owes_nothing_is_thanked(self):
        self.pay(self.line.move_id, TODAY)
        text = self.page()
        self.assertIn("Nothing is open.", text)
        self.assertNotIn("I already paid", text)

    def test_a_blocked_service_is_told_of(self):
        self.policy.block_needs_notice = False
        self.step("2026-03-19", self.step_block, self.line)
        self.assertIn("Your service is blocked:", self.page())

    def test_no_data_of_others(self):
        other = self.make_partner("Bruno")
        _subscription, line = self.owing("2026-03-02", 55.0, partner=other)
        self.assertNotIn(line.move_id.name, self.page())
        self.assertNotIn("Bruno", self.page())
        self.assertNotIn(self.line.move_id.name, self.page(other))

    def test_links_that_are_not_ours_say_nothing(self):
        path, other = self.path(), self.make_partner("Bruno")
        wrong = [
            path[:-1] + ("0" if path[-1] != "0" else "1"),
            path.replace(f"/{self.partner.id}-", f"/{other.id}-"),
            path.replace(f"-{self.company.id}-", f"-{self.company_brl.id}-"),
            "/recurring/debts/1",
            "/recurring/debts/1-1-",
            "/recurring/debts/9999999-1-abc",
            "/recurring/debts/x-1-abc",
        ]
        for each in wrong:
            self.assertEqual(self.url_open(each).status_code, 404, each)

    def test_a_link_that_shows_nothing_says_what_to_do(self):
        answer = self.url_open("/recurring/debts/1-1-abc")
        self.assertIn("This link is not valid any more", answer.text)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertNotIn(self.company.name, answer.text)

    def test_what_is_contested_is_shown_and_not_asked_for(self):
        """100.00 contested and 40.00 late: 40.00 are to be paid; with both contested nothing is."""
        _second, other = self.owing("2026-03-10", 40.0, partner=self.partner)
        case = self.env["recurring.dunning.case"]._of(self.partner, self.company)[self.partner]
        dispute = {"case_id": case.id, "answer_by": "2026-03-30", "reason": "Never ordered"}
        self.env["recurring.dispute"].create({**dispute, "line_ids": [Command.set(self.line.ids)]})
        text = self.page()
        self.assertRegex(text, r'name="debts_total"[^>]*>\s*\$.?<span class="oe_currency_value">40\.00')
        self.assertIn(self.line.move_id.name, text)
        self.assertIn("Under review", text)
        self.env["recurring.dispute"].create({**dispute, "line_ids": [Command.set(other.ids)]})
        text = self.page()
        self.assertNotIn("debts_total", text)
        self.assertIn("There is nothing for you to do now.", text)

    def test_the_link_i_have_already_paid_opens_the_form(self):
        form = r'<details class="card" open="open"'
        self.assertNotRegex(self.page(), form)
        self.assertRegex(self.url_open(f"{self.path()}?paid=1").text, form)

    def test_a_new_link_makes_the_old_ones_worthless(self):
        old = self.path()
        self.press(TODAY, self.partner, "action_recurring_debts_new_link")
        self.assertEqual(self.url_open(old).status_code, 404)
        self.assertIn(self.line.move_id.name, self.page())

    def test_the_page_speaks_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("pt_BR")
        self.partner.lang = "pt_BR"
        text = self.page()
        self.assertIn("02/03/2026", text)
        self.assertIn('<html lang="pt-BR">', text)
        self.assertEqual(self.opener.cookies.get("frontend_lang"), "pt_BR", "and so do the pages it leads to")

    def test_in_spanish_too(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.env["ir.module.module"].search([("name", "=", "recurring_billing")])._update_translations(["es_419"])
        self.partner.lang = "es_419"
        text = self.page()
        for said in (
            "Su cuenta",
            "A pagar hoy",
            "Vencido",
            "18 días de retraso",
            "Ver y pagar",
            "Ya pagué",
            "¿Preguntas?",
            "Estado de cuenta en PDF",
        ):
            self.assertIn(said, text)
        for left in ("Pay", "Late", "late", "Questions", "Statement"):
            self.assertNotRegex(text, rf">\s*{left}\b")
        self.assertIn("hoy o una fecha anterior", self.claim(paid_on="2026-03-21"))

    def test_the_page_has_a_title_one_heading_and_names_its_language(self):
        text = self.page()
        self.assertIn(f"<title>Your account · {self.company.name}</title>", text)
        self.assertEqual(text.count("<h1"), 1)
        self.assertIn('<html lang="en-US">', text)

    # How the customer is reached

    def ways(self, **closed):
        """What a customer presses under "How we reach you"."""
        self.authenticate(None, None)
        return self.url_open(f"{self.path()}/ways", data={"csrf_token": http.Request.csrf_token(self), **closed}).text

    def refused(self):
        return self.env["recurring.optout"].search([("partner_id", "=", self.partner.id)]).mapped(lambda each: (each.channel, each.source))

    def test_sms_are_closed_and_opened_again_by_the_customer(self):
        self.company.recurring_sms = True
        self.partner.phone = "+1 212-555-0111"
        self.assertNotIn("How we reach you", self.page(), "nobody was written to yet")
        self.env["recurring.dunning.case"]._of(self.partner, self.company)
        self.assertIn("No SMS, please", self.page())
        self.assertIn("Your choice is saved.", self.ways(no_sms="on", no_email="on"))
        self.assertEqual(self.refused(), [("sms", "customer")], "e-mails are not closed here")
        self.assertRegex(self.page(), r'name="no_sms" checked="checked"')
        self.ways()
        self.assertFalse(self.refused())

    def test_ways_the_company_has_not_are_not_asked_for(self):
        self.env["recurring.dunning.case"]._of(self.partner, self.company)
        self.assertNotIn("How we reach you", self.page())
        self.ways(no_sms="on", no_whatsapp="on")
        self.assertFalse(self.refused())

    # Paying all at once

    def provider(self):
        """The payment demo of the tests, for this company."""
        method = self.env.ref("payment.payment_method_unknown")
        journal = self.env["account.journal"].create({"name": "Online", "code": "ONL", "type": "bank"})
        self.env["account.payment.method"].sudo().create({"name": "Test", "code": "recurring_test", "payment_type": "inbound"})
        values = {"name": "Test", "code": "recurring_test", "state": "test", "is_published": True, "company_id": self.company.id}
        provider = self.env["payment.provider"].create(
            {**values, "payment_method_ids": [Command.set(method.ids)], "journal_id": journal.id}
        )
        method.active = True
        line = journal.inbound_payment_method_line_ids.filtered(lambda line: line.payment_provider_id == provider)
        line.payment_account_id = self.make_account("101901", "asset_current", reconcile=True)
        return provider, method

    def test_two_late_invoices_are_paid_at_once(self):
        """100.00 and 40.00 are late, 55.00 of somebody else is not touched."""
        self.assertNotIn("pay_at_once", self.page(), "one invoice has its own button")
        provider, method = self.provider()
        _second, other = self.owing("2026-03-10", 40.0, partner=self.partner)
        _stranger, foreign = self.owing("2026-03-10", 55.0)
        self.assertIn("pay_at_once", self.page())
        text = self.url_open(f"{self.path()}/pay").text
        self.assertRegex(re.sub(r"\s+", " ", text), r'name="pay_amount"[^>]*>\s*\$.?<span class="oe_currency_value">140\.00')
        asked = {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "token_id": None,
            "amount": 140.0,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": self.path(),
        }
        self.begin({**asked, "amount": 1.0}, refused="amount has changed")
        self.begin(asked)
        transaction = self.env["payment.transaction"].search([("invoice_ids", "in", self.line.move_id.ids)])
        self.assertEqual((transaction.amount, transaction.invoice_ids), (140.0, self.line.move_id | other.move_id))
        transaction._set_done()
        self.press(TODAY, transaction, "_post_process")
        self.assertEqual((self.line.move_id.payment_state in ("paid", "in_payment"), other.amount_residual), (True, 0.0))
        self.assertEqual(foreign.amount_residual, 55.0)
        self.assertIn("Nothing is open.", self.page())

    def begin(self, asked, refused=None):
        """What the browser asks for when the customer presses Pay."""
        body = {"jsonrpc": "2.0", "method": "call", "params": asked}
        answer = self.url_open(f"{self.path()}/transaction", json=body).json()
        if refused:
            self.assertIn(refused, answer["error"]["data"]["message"])
        else:
            self.assertNotIn("error", answer)

    def test_paying_all_needs_the_link(self):
        path = self.path()
        self.assertEqual(self.url_open(f"{path[:-1]}x/pay").status_code, 404)

    # "I already paid"

    def test_a_claim_with_its_receipt_holds_messages_and_gives_the_owner_a_task(self):
        nina = self.make_user("collector", "recurring_billing.group_collections", name="Nina")
        case = self.case(self.line)
        case.user_id = nina
        text = self.claim(("boleto.png", PNG, "image/png"), note="Paid at the counter", paid_on="2026-03-19")
        self.assertIn("Thank you, we have it.", text)
        claim = self.env["recurring.payment.claim"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual((claim.state, claim.case_id, claim.line_ids), ("open", case, self.line))
        self.assertEqual((str(claim.paid_on), str(claim.holds_until)), ("2026-03-19", "2026-03-23"), "three days to look")
        self.assertEqual((claim.attachment_ids.name, claim.attachment_ids.mimetype), ("Receipt 2026-03-20.png", "image/png"))
        self.assertEqual(claim.attachment_ids.raw, PNG)
        self.assertEqual((claim.activity_ids.user_id, claim.activity_ids.summary), (nina, "Look for a payment"))
        self.assertEqual(case.message_line_ids.mapped("channel"), ["portal"])
        customer = self.env["recurring.dunning.facts"].customers(self.company, self.today, self.partner.ids)[self.partner.id]
        self.assertEqual([item.waits for item in customer.items], ["claimed"])
        self.assertIn("you told us that you paid", self.page())

    def test_what_a_stranger_writes_is_text(self):
        self.claim(note='<a href="https://evil.example">Click</a>')
        message = self.env["recurring.dunning.message"].search([("channel", "=", "portal")])
        self.assertIn("&lt;a href", str(message.body))
        self.assertNotIn("<a href", str(message.body))

    def test_which_debts_are_chosen_by_ticks(self):
        other = self.opening_balance(self.partner, 300.0, "2026-02-02")
        self.claim(**{f"debt_{other.id}": "on"})
        self.assertEqual(self.env["recurring.payment.claim"].search([]).line_ids, other)

    def test_a_debt_of_somebody_else_cannot_be_claimed(self):
        _subscription, line = self.owing("2026-03-02", 55.0)
        self.claim(**{f"debt_{line.id}": "on"})
        self.assertEqual(self.env["recurring.payment.claim"].search([]).line_ids, self.line)

    def test_files_that_are_no_receipts_are_refused(self):
        text = self.claim(("receipt.png", b"<html><script>alert(1)</script>", "image/png"), note="Here")
        self.assertIn("Send the receipt as a picture", text)
        self.assertIn('value="Here"', text)
        self.assertFalse(self.env["recurring.payment.claim"].search([]))

    def test_large_files_are_refused_in_words(self):
        """More than 12 MB: the page comes back with what was said, not the bare refusal of a server."""
        text = self.claim(("photo.png", PNG + b"0" * (12 * 1024 * 1024), "image/png"), note="Bank transfer")
        self.assertIn("at most 12 MB", text)
        self.assertIn('value="Bank transfer"', text)
        self.assertFalse(self.env["recurring.payment.claim"].search([]))

    def test_a_photo_with_many_pixels_is_taken(self):
        self.assertIn("Thank you, we have it.", self.claim(("photo.png", PNG + b"0" * (9 * 1024 * 1024), "image/png")))

    def test_who_ticks_nothing_is_asked_what_they_paid(self):
        self.opening_balance(self.partner, 300.0, "2026-02-02")
        self.assertIn("Tick what you paid.", self.claim())
        self.assertFalse(self.env["recurring.payment.claim"].search([]))

    def test_days_to_come_are_refused(self):
        self.assertIn("today or earlier", self.claim(paid_on="2026-03-21"))
        self.assertIn("today or earlier", self.claim(paid_on="20 March"))

    def test_nobody_writes_without_the_token_of_the_form(self):
        response = self.url_open(f"{self.path()}/claim", data={"paid_on": TODAY})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.env["recurring.payment.claim"].search([]))

    def test_said_too_often_on_one_day(self):
        for _time in range(3):
            self.assertIn("Thank you, we have it.", self.claim())
        self.assertIn("You told us today already", self.claim())
        self.assertEqual(self.env["recurring.payment.claim"].search_count([]), 3)

    def test_said_again_and_again_holds_no_messages(self):
        holds = []
        for day in ("2026-03-20", "2026-03-24", "2026-03-28"):
            claim = (
                self.env["recurring.payment.claims"]
                .with_env(self.at(day))
                .take(self.partner, self.at(day)["res.company"].browse(self.company.id), self.line)
            )
            holds.append(str(claim.holds_until))
        self.assertEqual(holds, ["2026-03-23", "2026-03-27", "2026-03-27"], "the third one held nothing")

    # Deciding

    def test_found_waits_for_the_booking_and_is_over_with_it(self):
        self.claim()
        claim = self.env["recurring.payment.claim"].search([])
        nina = self.make_user("collector", "recurring_billing.group_collections", name="Nina")
        self.press("2026-03-23", claim, "action_accept", user=nina)
        self.assertEqual((claim.state, claim.decided_by_id, str(claim.holds_until)), ("accepted", nina, "2026-03-26"))
        self.assertFalse(claim.activity_ids)
        facts = self.env["recurring.dunning.facts"]
        for day, waits in (("2026-03-26", "claimed"), ("2026-03-27", "")):
            customer = facts.customers(self.company, self.at(day).context["recurring_today"], self.partner.ids)[self.partner.id]
            self.assertEqual([item.waits for item in customer.items], [waits], day)

    def test_a_payment_that_comes_decides_it(self):
        self.claim()
        self.pay(self.line.move_id, "2026-03-21")
        claim = self.env["recurring.payment.claim"].search([])
        self.assertEqual((claim.state, claim.decided_by_id.id, claim.activity_ids.ids), ("accepted", False, []))

    def test_not_found_goes_on_and_the_customer_reads_why(self):
        self.claim()
        claim = self.env["recurring.payment.claim"].search([])
        nina = self.make_user("collector", "recurring_billing.group_collections", name="Nina")
        action = self.press("2026-03-21", claim, "action_reject", user=nina)
        with self.committing("2026-03-21", nina) as env:
            wizard = env[action["res_model"]].with_context(**action["context"]).create({"answer": "No transfer of that day."})
            wizard.action_reject()
        self.assertEqual((claim.state, claim.answer, str(claim.holds_until)), ("rejected", "No transfer of that day.", "2026-03-20"))
        self.assertIn("No transfer of that day.", self.page())
        message = self.env["recurring.dunning.message"].search([("case_id", "=", claim.case_id.id), ("direction", "=", "out")])
        self.assertEqual((message.kind, message.own_subject), ("manual", "About your payment"))
        with self.assertRaisesRegex(UserError, "decided already"):
            self.press("2026-03-21", claim, "action_accept", user=nina)

    def test_who_may_not_decide_and_who_may_not_see(self):
        self.claim()
        claim = self.env["recurring.payment.claim"].search([])
        seller = self.make_user("seller", "recurring_billing.group_user_all")
        with self.assertRaisesRegex(AccessError, "Collections, Manager and Billing"):
            self.press(TODAY, claim, "action_accept", user=seller)
        portal = self.make_user("portal", "base.group_portal")
        with self.assertRaises(AccessError):
            claim.with_user(portal).read(["note"])
        with self.assertRaises(AccessError):
            claim.attachment_ids.with_user(portal).read(["raw"]) if claim.attachment_ids else claim.with_user(portal).read(["day"])
