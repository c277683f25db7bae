"""A notice about a card that tells what is open, and a reminder of the same debt, are one matter to the customer: not both on one day."""

from odoo.tests import tagged

from .messaging import MessagingCommon
from .paying import CardCommon


@tagged("post_install", "-at_install")
class TestToldOfCards(MessagingCommon, CardCommon):
    """Ana owes 100.00 since 10 March; the card that pays her subscription is removed on the 11th."""

    def setUp(self):
        super().setUp()
        self.company.recurring_card_notices = True
        card = self.make_card(self.ana)
        self.subscribe("2026-04-05", partner=self.ana, invoice_mode="post_charge", payment_token_id=card.id)
        self.owe(100, "2026-03-10", partner=self.ana)
        card.active = False

    def watch(self, day):
        self.trigger("cron_card_notices", day)

    def told(self):
        """The days on which Ana was told: of her card, and of her debt."""
        notices = self.env["recurring.card.notice"].search([("partner_id", "=", self.ana.id)])
        messages = self.said(self.ana).filtered("sent_at")
        return [str(each.date) for each in notices], [(str(each.sent_at.date()), each.step_id.offset_days) for each in messages]

    def test_who_is_told_of_a_card_is_reminded_on_the_next_day(self):
        with self.mail_server():
            self.watch("2026-03-11")
            for day in ("2026-03-11", "2026-03-12"):
                self.dun(day)
                self.let_go(day)
        self.assertEqual(self.told(), (["2026-03-11"], [("2026-03-12", 1)]))

    def test_what_waited_to_leave_waits_for_the_next_day(self):
        """The reminder is made before the notice leaves, and leaves itself after it."""
        with self.mail_server():
            message = self.remind(self.ana, "2026-03-11", step=self.env.ref("recurring_billing.dunning_step_late_1"))
            message.day = "2026-03-10"
            self.watch("2026-03-11")
            self.let_go("2026-03-11")
            self.assertEqual(message.state, "queued")
            self.let_go("2026-03-12")
        self.assertEqual(self.told(), (["2026-03-11"], [("2026-03-12", 1)]))

    def test_who_is_reminded_is_told_of_the_card_on_the_next_day(self):
        with self.mail_server():
            self.dun("2026-03-11")
            self.watch("2026-03-11")
            self.let_go("2026-03-11")
            self.watch("2026-03-11"), self.watch("2026-03-12")
        self.assertEqual(self.told(), (["2026-03-12"], [("2026-03-11", 1)]))
