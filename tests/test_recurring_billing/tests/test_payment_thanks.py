"""Thanks for payments: once, to who was reminded or withheld from, never while collections are off."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .withholding import WithholdingCommon


@tagged("post_install", "-at_install")
class TestPaymentThanks(WithholdingCommon):
    def thanks(self, subscription):
        """Channel, subject in own words and amount of each message of thanks."""
        messages = self.env["recurring.dunning.message"].search(
            [("kind", "=", "thanks"), ("case_id.partner_id", "=", subscription.partner_id.id)]
        )
        return [(each.channel, each.own_subject, each.told["paid_amount"]) for each in messages.sorted("id")]

    def test_who_was_reminded_is_thanked_once_with_the_amount(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.pay(line.move_id, "2026-03-20", 60.0)
        self.assertEqual(self.thanks(subscription), [("email", False, 60.0)])
        self.pay(line.move_id, "2026-03-21", 40.0)
        self.assertEqual(self.thanks(subscription), [("email", False, 60.0), ("email", False, 40.0)])

    def test_who_never_heard_of_us_hears_nothing_unless_the_company_wants_it(self):
        subscription, line = self.owing("2026-03-02")
        self.pay(line.move_id, "2026-03-02")
        self.assertEqual(self.thanks(subscription), [])
        self.company.recurring_thanks = "always"
        subscription, line = self.owing("2026-03-02", partner=self.make_partner("Bruno"))
        self.pay(line.move_id, "2026-03-02")
        self.assertEqual(self.thanks(subscription), [("email", False, 100.0)])
        case = self.env["recurring.dunning.case"].search([("partner_id", "=", subscription.partner_id.id)])
        self.assertEqual(case.state, "closed", "who pays in time is no case")

    def test_the_service_that_runs_again_is_told_of(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.step("2026-04-01", self.step_block, line)
        self.pay(line.move_id, "2026-04-02")
        self.assertEqual(self.thanks(subscription), [("email", "Thank you: your service with {company} runs again", 100.0)])

    def test_what_is_said_is_whole_and_tells_no_amount_in_an_sms(self):
        texts = {}
        for channel in ("email", "sms"):
            _subscription, line = self.owing("2026-03-02", partner=self.make_partner("Ana Souza", email="ana@example.com"))
            case = self.notice("2026-03-17", line)
            case.message_line_ids.channel = channel
            self.step("2026-04-01", self.step_block, line)
            self.pay(line.move_id, "2026-04-02")
            message = self.env["recurring.dunning.message"].search([("kind", "=", "thanks"), ("case_id", "=", case.id)])
            words = self.env["recurring.dunning.words"]
            texts[channel] = words.mail(message)["html"] if channel == "email" else words.short(message)
        for text in texts.values():
            self.assertIn("service runs again", text)
            self.assertNotIn("{", text.split("</style>")[-1])
        self.assertIn("100.00", texts["email"])
        self.assertNotIn("100.00", texts["sms"])

    def test_a_payment_never_fails_because_of_what_follows(self):
        def broken(*_args):
            raise ValueError("the router does not answer")

        self.patch(self.registry["recurring.subscription"], "_recurring_on_service_change", broken)
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        with mute_logger("odoo.addons.recurring_billing.models.account_move_service"):
            with self.assertRaises(ValueError):
                self.step("2026-04-01", self.step_block, line)
            subscription.sudo().block_ids.unlink()
            block = {"subscription_id": subscription.id, "partner_id": line.partner_id.id, "effect": "blocked", "state": "in_force"}
            self.env["recurring.service.block"].create({**block, "asked_on": "2026-04-01", "line_ids": line.ids})
            subscription.service_state = "blocked"
            self.pay(line.move_id, "2026-04-02")
        self.assertEqual(line.amount_residual, 0.0)
        self.assertEqual(len(self.thanks(subscription)), 1)

    def test_by_the_way_the_customer_was_reached(self):
        subscription, line = self.owing("2026-03-02")
        case = self.notice("2026-03-17", line)
        case.message_line_ids.channel = "whatsapp"
        self.pay(line.move_id, "2026-03-20")
        self.assertEqual(self.thanks(subscription), [("whatsapp", False, 100.0)])

    def test_one_payment_for_two_invoices_is_one_message(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        self.bill("2026-04-02", subscription)
        both = self.debt(subscription)
        with self.committing("2026-04-03") as env:
            register = env["account.payment.register"].with_context(active_model="account.move", active_ids=both.move_id.ids)
            register.create({"payment_date": "2026-04-03", "group_payment": True})._create_payments()
        self.assertEqual(self.thanks(subscription), [("email", False, 200.0)])

    def test_a_credit_note_is_no_payment(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        with self.committing("2026-03-20") as env:
            move = env["account.move"].browse(line.move_id.id)
            reversal = env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
            wizard = reversal.create({"journal_id": move.journal_id.id, "date": "2026-03-20"})
            credit = env["account.move"].browse(wizard.refund_moves()["res_id"])
            credit.action_post()
            lines = (credit | move).line_ids.filtered(lambda each: each.account_type == "asset_receivable" and not each.reconciled)
            if lines:
                lines.reconcile()
        self.assertEqual(line.amount_residual, 0.0)
        self.assertEqual(self.thanks(subscription), [])

    def test_nothing_while_collections_are_off_or_thanks_are(self):
        for values in ({"recurring_dunning": False}, {"recurring_dunning": True, "recurring_thanks": "never"}):
            self.company.write(values)
            subscription, line = self.owing("2026-03-02", partner=self.make_partner())
            self.notice("2026-03-17", line)
            self.pay(line.move_id, "2026-03-20")
            self.assertEqual(self.thanks(subscription), [], values)

    def test_old_payments_that_are_reconciled_late_thank_nobody(self):
        subscription, line = self.owing("2026-03-02")
        self.notice("2026-03-17", line)
        with self.committing("2026-06-20") as env:
            register = env["account.payment.register"].with_context(active_model="account.move", active_ids=line.move_id.ids)
            register.create({"payment_date": "2026-03-20"})._create_payments()
        self.assertEqual(self.thanks(subscription), [])

    def waiting_thanks(self):
        """A payment in the evening of 20 March: its thanks wait for the morning."""
        _subscription, line = self.owing(
            "2026-03-02", partner=self.make_partner("Ana Souza", email="ana@example.com", phone="+12125550111")
        )
        self.company.recurring_sms = True
        case = self.notice("2026-03-17", line)
        case.message_line_ids.channel = "sms"
        payment = self.pay(line.move_id, "2026-03-20")
        message = self.env["recurring.dunning.message"].search([("kind", "=", "thanks"), ("case_id", "=", case.id)])
        self.assertEqual(message.channel, "sms")
        return payment, line, message

    def verdict(self, message):
        env = self.at("2026-03-23")
        return env["recurring.message.check"].verdict(message.with_env(env))

    def test_nobody_is_thanked_for_a_payment_that_was_undone_before_the_thanks_left(self):
        payment, _line, message = self.waiting_thanks()
        self.assertEqual(self.verdict(message).what, "go")
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual((self.verdict(message).what, self.verdict(message).words), ("cancel", "The payment was taken back."))

    def test_nobody_is_thanked_for_money_that_turned_out_to_be_another_customers(self):
        _payment, line, message = self.waiting_thanks()
        line.remove_move_reconcile()
        self.assertEqual(self.verdict(message).what, "cancel")

    def given_back(self, day, payment):
        """The bank gives a payment back, with its commit."""
        with self.committing(day) as env:
            env["recurring.charging.back"].sudo()._undo(payment.with_env(env).sudo(), payment.amount, payment.date)

    def test_nobody_is_thanked_for_money_that_went_back(self):
        payment, _line, message = self.waiting_thanks()
        self.given_back("2026-03-21", payment)
        self.assertEqual(self.verdict(message).what, "cancel")

    def test_nobody_is_thanked_when_money_without_a_debt_is_given_back(self):
        """Somebody pays 50 who owes nothing, and gets it back."""
        self.company.recurring_thanks = "always"
        subscription, line = self.owing("2026-03-02")
        payment = self.pay(line.move_id, "2026-03-02")
        ahead = payment.copy({"amount": 50.0, "date": "2026-03-03"})
        ahead.action_post()
        self.given_back("2026-03-03", ahead)
        self.assertEqual(len(self.thanks(subscription)), 1)
