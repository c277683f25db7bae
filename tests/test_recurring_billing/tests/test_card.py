"""Which card pays: the subscription's, else the payer's, and never somebody else's."""

from odoo.exceptions import ValidationError

from .paying import MARCH, CardCommon


class TestCard(CardCommon):
    def test_the_subscriptions_own_card_comes_first(self):
        ana = self.make_partner("Ana")
        default, own = self.make_card(ana, "1111"), self.make_card(ana, "2222")
        ana.recurring_token_id = default
        one, other = self.subscribe(MARCH, partner=ana, payment_token_id=own.id), self.subscribe(MARCH, partner=ana)
        self.assertEqual((one._recurring_payment_token(), other._recurring_payment_token()), (own, default))
        self.bill(MARCH, one | other)
        self.assertEqual(self.invoices(one)._recurring_payment_token(), own)
        self.assertEqual(self.invoices(other)._recurring_payment_token(), default)

    def test_the_card_of_a_company_pays_for_its_contacts(self):
        firm = self.make_partner("Firm", is_company=True)
        contact = self.make_partner("Contact", parent_id=firm.id)
        firm.recurring_token_id = self.make_card(firm)
        self.assertEqual(self.subscribe(MARCH, partner=contact)._recurring_payment_token(), firm.recurring_token_id)

    def test_a_strangers_card_is_refused(self):
        ana, bob = self.make_partner("Ana"), self.make_partner("Bob")
        card = self.make_card(bob)
        subscription = self.subscribe(MARCH, partner=ana)
        with self.assertRaisesRegex(ValidationError, "This card belongs to Bob"):
            subscription.payment_token_id = card
        with self.assertRaisesRegex(ValidationError, "This card belongs to Bob"):
            ana.recurring_token_id = card

    def test_the_card_leaves_with_its_owner(self):
        ana, bob = self.make_partner("Ana"), self.make_partner("Bob")
        subscription = self.subscribe(MARCH, partner=ana, payment_token_id=self.make_card(ana).id)
        subscription.partner_invoice_id = bob
        self.assertTrue(subscription.payment_token_id, "Ana still has the subscription: her card may pay it")
        subscription.write({"partner_id": bob.id, "partner_invoice_id": bob.id})
        self.assertFalse(subscription.payment_token_id)

    def test_each_of_several_payers_pays_with_a_card_of_their_own(self):
        ana, bob = self.make_partner("Ana"), self.make_partner("Bob")
        subscription = self.subscribe(MARCH, partner=ana, payment_token_id=self.make_card(ana, "1111").id)
        self.env["recurring.payer"].create({"subscription_id": subscription.id, "partner_id": bob.id, "percent": 40})
        self.bill(MARCH, subscription)
        cards = {move.partner_id: move._recurring_payment_token() for move in self.invoices(subscription)}
        self.assertEqual(cards, {ana: subscription.payment_token_id, bob: self.env["payment.token"]})
        bob.recurring_token_id = self.make_card(bob, "2222")
        self.assertEqual(
            {move._recurring_payment_token() for move in self.invoices(subscription)},
            {subscription.payment_token_id, bob.recurring_token_id},
        )

    def test_the_card_says_why_it_cannot_be_charged(self):
        card = self.make_card(self.make_partner("Ana"), "4242", recurring_expiry="2024-03-31")
        env = self.at("2024-03-31")
        self.assertEqual(card.with_env(env)._recurring_unusable(), "")
        self.assertEqual(card.with_env(self.at("2024-04-01"))._recurring_unusable(), "The card •••• 4242 expired on 03/31/2024.")
        self.provider.state = "disabled"
        self.assertIn("removed", card.with_env(env)._recurring_unusable())

    def test_a_removed_card_is_still_named(self):
        ana = self.make_partner("Ana")
        subscription = self.subscribe(MARCH, partner=ana, payment_token_id=self.make_card(ana).id)
        subscription.payment_token_id.active = False
        token = subscription._recurring_payment_token()
        self.assertEqual(token._recurring_unusable(), "The card •••• 4242 was removed.")

    def test_subscriptions_with_different_cards_have_invoices_of_their_own(self):
        plan = self.make_plan(grouping="customer", invoice_mode="post_charge")
        ana = self.make_partner("Ana")
        visa, master = self.make_card(ana, "1111"), self.make_card(ana, "2222")
        one, two, three = (self.subscribe(MARCH, plan=plan, partner=ana, payment_token_id=card.id) for card in (visa, visa, master))
        self.bill(MARCH, one | two | three)
        self.assertEqual(self.invoices(one), self.invoices(two))
        self.assertNotEqual(self.invoices(one), self.invoices(three))
        self.assertEqual([self.invoices(each)._recurring_payment_token() for each in (one, three)], [visa, master])

    def test_cards_do_not_part_what_nobody_charges(self):
        plan = self.make_plan(grouping="customer", invoice_mode="post")
        ana = self.make_partner("Ana")
        one = self.subscribe(MARCH, plan=plan, partner=ana, payment_token_id=self.make_card(ana, "1111").id)
        other = self.subscribe(MARCH, plan=plan, partner=ana)
        self.bill(MARCH, one | other)
        self.assertEqual(self.invoices(one), self.invoices(other))

    def test_a_whole_card_number_is_not_kept(self):
        ana = self.make_partner("Ana")
        self.assertEqual(self.make_card(ana, "4111 1111 1111 1111").payment_details, "1111")
        self.assertEqual(self.make_card(ana, "4111 1111 1111 1112").payment_details, "4111 1111 1111 1112", "no card number")
