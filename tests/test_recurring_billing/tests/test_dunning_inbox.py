"""The person who phones: which case is next, what a call leaves behind, who goes on with a case."""

from datetime import date

import lxml.etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .cases import InboxCase

MONDAY = "2026-03-16"


@tagged("post_install", "-at_install")
class TestNextCase(InboxCase):
    def setUp(self):
        super().setUp()
        self.env["recurring.dunning.case"].search([]).unlink()

    def walk(self, start, times, day=MONDAY, user=None):
        """The names of the cases that Next leads to, one after the other."""
        case, names = start, []
        for _press in range(times):
            following = self.next_of(case.with_env(self.working(day, user)).action_next())
            names.append(following.partner_id.name or "nobody")
            case = following or case
        return names

    def nobody(self):
        return self.env["recurring.dunning.case"]

    def test_the_largest_debt_comes_first(self):
        self.debtor("Small", 50.0)
        self.debtor("Large", 900.0)
        self.debtor("Middle", 200.0)
        self.assertEqual(self.walk(self.nobody(), 3), ["Large", "Middle", "Small"])

    def test_who_only_reads_goes_through_all_and_keeps_nobody_from_any(self):
        auditor = self.make_user("auditor_next", "recurring_billing.group_auditor")
        cases = self.debtor("Small", 50.0) | self.debtor("Large", 900.0) | self.debtor("Middle", 200.0)
        self.assertEqual(self.walk(self.nobody(), 4, user=auditor), ["Large", "Middle", "Small", "Large"])
        self.assertEqual(set(cases.mapped("looked_on")), {False})

    def test_what_was_promised_to_the_customer_comes_before_any_amount(self):
        small = self.debtor("Small", 50.0)
        self.debtor("Large", 900.0)
        small.activity_schedule("mail.mail_activity_data_call", date(2026, 3, 13), user_id=self.nina.id)
        self.assertEqual(self.walk(self.nobody(), 2), ["Small", "Large"])

    def test_a_call_that_is_to_be_made_later_or_by_somebody_else_is_not_offered(self):
        later = self.debtor("Later", 900.0)
        later.activity_schedule("mail.mail_activity_data_call", date(2026, 3, 17), user_id=self.nina.id)
        others = self.debtor("Others", 800.0)
        others.activity_schedule("mail.mail_activity_data_call", date(2026, 3, 16), user_id=self.otto.id)
        self.debtor("Otto's", 700.0, user_id=self.otto.id)
        self.debtor("Free", 10.0)
        self.assertEqual(self.walk(self.nobody(), 1), ["Free"])
        self.assertEqual(self.walk(self.nobody(), 2, "2026-03-17"), ["Later", "Free"])

    def test_something_agreed_waits(self):
        for stage in ("coming", "promise", "agreement", "dispute", "hold"):
            self.debtor(stage.title(), 500.0, stage=stage)
        self.debtor("Paid").amount_due = 0.0
        self.assertEqual(self.walk(self.nobody(), 1), ["nobody"])

    def test_nobody_is_offered_twice_on_a_day_after_a_call(self):
        large, _small = self.debtor("Large", 900.0), self.debtor("Small", 50.0)
        env = self.working(MONDAY)
        with self.frozen("2026-03-16 10:00:00"):
            env["recurring.dunning.work"].log_call(large.with_env(env), "reached")
        self.assertEqual(self.walk(large, 2), ["Small", "nobody"])
        self.assertEqual(self.walk(self.nobody(), 1, "2026-03-17"), ["Large"])

    def test_pressing_next_goes_round_and_says_so(self):
        first, second = self.debtor("First", 900.0), self.debtor("Second", 500.0)
        self.assertEqual(self.walk(self.nobody(), 2), ["First", "Second"])
        action = second.with_env(self.working(MONDAY)).action_next()
        self.assertEqual(self.next_of(action), first)
        self.assertIn("1 still wait", action["params"]["words"])

    def test_two_people_never_get_the_same_case(self):
        for name, amount in (("First", 900.0), ("Second", 500.0)):
            self.debtor(name, amount)
        self.assertEqual(self.walk(self.nobody(), 1, user=self.nina), ["First"])
        self.assertEqual(self.walk(self.nobody(), 1, user=self.otto), ["Second"])

    def test_other_companies_do_not_wait_here(self):
        self.debtor("Here", 10.0)
        partner = self.make_partner("There")
        self.case(partner, company_id=self.company_brl.id, amount_due=900.0)
        self.assertEqual(self.walk(self.nobody(), 2), ["Here", "nobody"])

    def test_a_user_who_may_only_read_does_not_work(self):
        case = self.debtor("First", 900.0)
        auditor = self.make_user("auditor_inbox", "recurring_billing.group_auditor")
        with self.assertRaises(AccessError):
            self.env["recurring.dunning.work"].with_user(auditor).log_call(case.with_user(auditor), "reached")


@tagged("post_install", "-at_install")
class TestCalls(InboxCase):
    def log(self, case, result, day=MONDAY, user=None, **values):
        """The dialog as the form has it."""
        action = case.with_env(self.working(day, user)).action_log_call()
        form = Form(self.working(day, user)[action["res_model"]].with_context(**action["context"]))
        form.result = result
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def test_a_call_is_a_row_of_the_time_line(self):
        case = self.debtor("Ana Ribeiro")
        self.log(case, "reached", note="Pays on Friday").action_save()
        message = case.message_line_ids
        self.assertEqual(len(message), 1)
        self.assertEqual(
            (message.kind, message.channel, message.result, message.state, message.user_id, str(message.day)),
            ("call", "phone", "reached", "done", self.nina, MONDAY),
        )
        self.assertEqual((message.headline, message.excerpt), ("Call: Reached", "Pays on Friday"))
        self.assertTrue(case.last_contact_at)

    def test_no_answer_is_no_contact_and_comes_again_on_the_next_working_day(self):
        case = self.debtor("Ana Ribeiro")
        self.log(case, "no_answer", "2026-03-20").action_save()
        self.assertFalse(case.last_contact_at)
        self.assertEqual(case.activity_ids.mapped("date_deadline"), [date(2026, 3, 23)])

    def test_a_call_back_needs_its_day_and_is_the_next_action(self):
        case = self.debtor("Ana Ribeiro")
        wizard = self.log(case, "call_back", again_on=date(2026, 3, 19))
        wizard.action_save()
        activity = case.activity_ids
        self.assertEqual((activity.date_deadline, activity.user_id, activity.summary), (date(2026, 3, 19), self.nina, "Call again"))
        with self.assertRaises(UserError):
            self.log(case, "call_back", again_on=date(2026, 3, 15)).action_save()

    def test_a_call_finishes_the_calls_that_were_to_be_made(self):
        case = self.debtor("Ana Ribeiro")
        case.activity_schedule("mail.mail_activity_data_call", date(2026, 3, 16), user_id=self.nina.id)
        case.activity_schedule("mail.mail_activity_data_todo", date(2026, 3, 16), user_id=self.nina.id)
        self.log(case, "refused", note="No money").action_save()
        self.assertEqual(case.activity_ids.activity_type_id, self.env.ref("mail.mail_activity_data_todo"))

    def test_a_wrong_number_is_corrected_at_once_or_looked_for(self):
        case = self.debtor("Ana Ribeiro")
        self.log(case, "wrong").action_save()
        self.assertEqual(case.activity_ids.summary, "Find a phone number that works")
        self.log(case, "wrong", new_phone="+1 206 555 0199").action_save()
        self.assertEqual(case.partner_id.phone, "+1 206 555 0199")

    def test_save_and_next_leads_on(self):
        self.env["recurring.dunning.case"].search([]).unlink()
        first, second = self.debtor("First", 900.0), self.debtor("Second", 500.0)
        action = self.log(first, "reached").action_save_next()
        self.assertEqual(self.next_of(action), second)
        self.assertEqual(first.message_line_ids.result, "reached")

    def test_a_closed_case_takes_no_call(self):
        case = self.debtor("Ana Ribeiro", state="closed", stage="closed")
        with self.assertRaisesRegex(UserError, "Ana Ribeiro is closed"):
            self.log(case, "reached").action_save()

    def test_the_time_line_cannot_be_written_by_hand(self):
        case = self.debtor("Ana Ribeiro")
        self.log(case, "reached").action_save()
        with self.assertRaises(AccessError):
            case.message_line_ids.with_user(self.nina).write({"result": "promised"})
        with self.assertRaises(AccessError):
            self.env["recurring.dunning.message"].with_user(self.nina).create(
                {"case_id": case.id, "company_id": self.company.id, "partner_id": case.partner_id.id, "channel": "phone", "day": MONDAY}
            )


@tagged("post_install", "-at_install")
class TestCaseForm(InboxCase):
    def test_the_form_shows_every_open_item_with_its_fees_to_date(self):
        """1 000.00 due on 10 March, on the 25th: 20.00 fine, 5.00 interest."""
        ana = self.make_partner("Ana Ribeiro")
        invoice = self.owe(partner=ana)
        self.invoice(ana, 70.0, "2026-04-01")
        case = self.case(ana, amount_due=1000.0, amount_open=1070.0, oldest_due="2026-03-10").with_env(self.working("2026-03-25"))
        late, coming = case.item_ids
        self.assertEqual(late.move_id, invoice)
        self.assertEqual((late.recurring_days_late, late.recurring_fees_today, late.recurring_pay_today), (15, 25.0, 1025.0))
        self.assertEqual((coming.recurring_days_late, coming.recurring_fees_today, coming.recurring_pay_today), (0, 0.0, 70.0))
        self.assertEqual((case.item_count, case.fees_today, case.pay_today), (2, 25.0, 1025.0))

    def test_a_credit_is_shown_beside_the_debt(self):
        ana = self.make_partner("Ana Ribeiro")
        self.invoice(ana, 100.0, "2026-03-10")
        payment = self.env["account.payment"].create(
            {"partner_id": ana.id, "amount": 30.0, "payment_type": "inbound", "partner_type": "customer", "journal_id": self.bank.id}
        )
        payment.action_post()
        case = self.case(ana).with_env(self.working(MONDAY))
        credit = case.item_ids.filtered(lambda line: line.amount_residual < 0)
        self.assertEqual((credit.amount_residual, credit.recurring_owed_words), (-30.0, "Credit of the customer"))

    def test_what_was_said_stands_beside_the_debt(self):
        case = self.debtor("Ana Ribeiro").with_env(self.working(MONDAY))
        line = case.item_ids
        promise = self.env["recurring.promise"].create(
            {"case_id": case.id, "date": "2026-03-20", "amount": 100.0, "line_ids": [(6, 0, line.ids)]}
        )
        self.assertEqual(line.recurring_owed_words, "Promised for 03/20/2026")
        promise.state = "kept"
        self.env.invalidate_all()
        self.assertFalse(line.recurring_owed_words)

    def test_buttons_of_customer_and_invoice_lead_to_the_case(self):
        case = self.debtor("Ana Ribeiro")
        move = case.item_ids.move_id
        as_nina = move.with_env(self.working(MONDAY))
        self.assertEqual(as_nina.recurring_case_id.id, case.id)
        self.assertEqual(as_nina.partner_id.recurring_case_due, 100.0)
        self.assertEqual(as_nina.partner_id.action_open_recurring_case()["res_id"], case.id)
        self.assertEqual(as_nina.action_open_recurring_case()["res_id"], case.id)

    def test_a_case_is_found_by_the_number_of_an_invoice_and_by_the_telephone(self):
        """Customers who phone name an invoice, paid or not; a number on the display is of the customer or of somebody who belongs to it."""
        case, other = self.debtor("Ana Ribeiro"), self.debtor("Bia Costa")
        assistant = self.make_partner("Assistant", parent_id=case.partner_id.id, phone="+1 425 555 0177")
        number = self.invoice(assistant, 10.0, "2026-03-02").name
        cases = self.env["recurring.dunning.case"].with_user(self.nina)
        self.assertEqual(cases.search([("documents", "ilike", number)]), case)
        self.assertEqual(cases.search([("documents", "not ilike", number), ("id", "in", (case | other).ids)]), other)
        self.assertIn(number, case.documents.split(", "))
        view = cases.get_view(view_type="search")["arch"]
        domain = lxml.etree.fromstring(view).find(".//field[@name='phone']").get("filter_domain")
        self.assertEqual(cases.search(safe_eval(domain, {"self": "425 555"})), case)

    def test_an_empty_inbox_says_that_collections_are_off(self):
        action = self.env.ref("recurring_billing.action_recurring_dunning_case")
        self.env["recurring.dunning.case"].search([]).unlink()
        self.company.recurring_dunning = False
        inbox = self.env["recurring.dunning.case"].with_user(self.nina).with_company(self.company)
        self.assertIn("Collections are off", inbox.get_empty_list_help(action.help))
        self.company.recurring_dunning = True
        self.assertIn("Nobody owes anything", inbox.get_empty_list_help(action.help))

    def test_salespeople_see_the_cases_of_their_own_customers_only(self):
        tom = self.make_user("tom_inbox", "recurring_billing.group_user")
        mine, other = self.debtor("Ana Ribeiro"), self.debtor("Bia Costa")
        mine.partner_id.user_id = tom
        seen = self.env["recurring.dunning.case"].with_user(tom).search([("id", "in", (mine | other).ids)])
        self.assertEqual(seen, mine)
        self.assertFalse(other.item_ids.move_id.with_user(tom).sudo(False).recurring_case_id)
        seen.web_read({"item_ids": {"fields": {"recurring_pay_today": {}}}, "pay_today": {}, "phone": {}})

    def test_portal_users_reach_nothing(self):
        case = self.debtor("Ana Ribeiro")
        portal = self.make_user("portal_inbox", "base.group_portal")
        for record in (case, self.env["recurring.dunning.message"].browse(1), self.env["recurring.dunning.call"].browse(1)):
            with self.assertRaises(AccessError):
                record.with_user(portal).read(["id"])


@tagged("post_install", "-at_install")
class TestHandOver(InboxCase):
    def test_the_colleague_goes_on_and_knows_why(self):
        cases = self.debtor("Ana Ribeiro") | self.debtor("Bia Costa")
        cases[0].activity_schedule("mail.mail_activity_data_call", date(2026, 3, 18), user_id=self.nina.id)
        action = cases.with_env(self.working(MONDAY)).action_hand_over()
        wizard = Form(self.working(MONDAY)[action["res_model"]].with_context(**action["context"]))
        wizard.user_id = self.otto
        wizard.note = "Speaks Portuguese"
        wizard.save().action_hand_over()
        self.assertEqual(cases.user_id, self.otto)
        self.assertEqual(cases.activity_ids.user_id, self.otto)
        self.assertEqual(cases.message_line_ids.mapped("headline"), ["Handed over to Otto Caller"] * 2)
        self.assertEqual(cases.message_line_ids.mapped("excerpt"), ["Speaks Portuguese"] * 2)
        self.assertIn("Handed over by Nina Caller", cases.activity_ids.mapped("summary"))


@tagged("post_install", "-at_install")
class TestWrite(InboxCase):
    """Nina writes to Ana, who owes 100.00."""

    def writing(self, case, day=MONDAY, **values):
        action = case.with_env(self.working(day)).action_message()
        form = Form(self.working(day)[action["res_model"]].with_context(**action["context"]))
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def test_the_preview_is_what_leaves(self):
        case = self.debtor("Ana Ribeiro")
        form = self.writing(case)
        self.assertEqual((form.channel, form.partner_id), ("email", case.partner_id))
        self.assertIn("100.00", form.preview)
        form.save().action_send()
        message = case.message_line_ids
        self.assertEqual((message.kind, message.channel, message.state, message.user_id), ("manual", "email", "queued", self.nina))
        self.assertEqual(message.template_id, form.template_id)

    def test_after_a_formal_notice_the_text_is_no_friendly_one(self):
        for stage, tone in (("overdue", "friendly"), ("notice", "firm"), ("blocked", "firm")):
            with self.subTest(stage):
                self.assertEqual(self.writing(self.debtor(f"Ana {stage}", stage=stage)).template_id.tone, tone)

    def test_own_words_are_for_this_message_only(self):
        case = self.debtor("Ana Ribeiro")
        form = self.writing(case, is_own=True)
        form.text = "Hello {first_name}, shall we talk?"
        self.assertIn("Hello Ana, shall we talk?", form.preview)
        form.save().action_send()
        self.assertEqual(case.message_line_ids.own_text, "Hello {first_name}, shall we talk?")
        self.assertNotIn("shall we talk", form.template_id.body)

    def test_own_words_tell_no_debt_where_others_read_along(self):
        case = self.debtor("Ana Ribeiro")
        form = self.writing(case, is_own=True)
        form.subject = "You owe {amount}"
        with self.assertRaisesRegex(ValidationError, "nobody else's business"):
            form.save().action_send()
        self.assertFalse(case.message_line_ids)

    def test_who_cannot_be_reached_this_way_is_not_written_to(self):
        case = self.debtor("Ana Ribeiro")
        case.partner_id.write(
            {"email": False, "street": "12 Pier Road", "city": "Seattle", "zip": "98101", "country_id": self.env.ref("base.us").id}
        )
        form = self.writing(case)
        self.assertEqual(form.channel, "letter")
        form.channel = "email"
        self.assertTrue(form.why_not)
        with self.assertRaisesRegex(UserError, "Choose another way"):
            form.save().action_send()

    def test_nobody_is_written_to_twice_on_a_day_by_mistake(self):
        case = self.debtor("Ana Ribeiro")
        self.writing(case).save().action_send()
        form = self.writing(case)
        self.assertIn("already contacted today", form.contacted_words)
        with self.assertRaisesRegex(UserError, "already contacted today"):
            form.save().action_send()
        form.anyway = True
        form.save().action_send()
        self.assertEqual(len(case.message_line_ids), 2)

    def test_after_writing_the_case_is_done_for_today(self):
        self.env["recurring.dunning.case"].search([]).unlink()
        first, second = self.debtor("First", 900.0), self.debtor("Second", 500.0)
        action = self.writing(first).save().action_send_next()
        self.assertEqual(self.next_of(action), second)
        last = self.next_of(second.with_env(self.working(MONDAY)).action_next())
        self.assertFalse(last)
