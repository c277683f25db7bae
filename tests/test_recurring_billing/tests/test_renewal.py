"""What happens when a term is over, told by date: renewed by itself, by quotation, by hand, or ended."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_price_revision import RevisionCommon

YEAR = {"term_count": 12, "term_unit": "month"}


@tagged("post_install", "-at_install")
class TestRenewal(RevisionCommon):
    def run_renewals(self, day):
        with self.committing(day) as env:
            env["recurring.renewal"].run_scheduled()

    def start(self, renewal, price=100.0, day="2025-04-10", billed="2026-03-10", plan=None, **values):
        """A year from 10 April 2025 at 100.00 a month, billed until March."""
        plan = plan or self.make_plan(renewal=renewal, **YEAR, **values)
        self.gym = self.make_product(price, recurring_ok=True)
        subscription = self.subscribe(day, price, plan=plan, product=self.gym)
        self.press(billed, subscription, "write", {"catch_up_confirmed_until": billed})
        self.bill(billed, subscription)
        with self.committing(billed) as env:
            env.add_to_compute(subscription._fields["term_end_date"], env["recurring.subscription"].browse(subscription.id))
        return subscription

    def order(self, subscription):
        return subscription.renewal_order_ids

    def assertTerm(self, subscription, end_date, term_end_date):
        self.assertEqual((str(subscription.end_date), str(subscription.term_end_date)), (end_date, term_end_date))

    # By quotation

    def test_a_quotation_accepted_in_time_goes_on_at_its_prices(self):
        subscription = self.start("quote", renewal_price="revision", revision_kind="percent", revision_percent=5.0)
        self.assertTerm(subscription, "2026-04-09", "2026-04-09")
        self.run_renewals("2026-03-09")
        self.assertFalse(self.order(subscription))  # 31 days ahead
        self.run_renewals("2026-03-10")
        self.run_renewals("2026-03-11")
        order = self.order(subscription)
        self.assertEqual((order.recurring_purpose, order.amount_untaxed, str(order.validity_date)), ("renew", 105.0, "2026-04-09"))
        self.assertEqual((str(order.recurring_renews_from), str(order.recurring_renews_until)), ("2026-04-10", "2027-04-09"))
        self.assertEqual(order.activity_ids.summary, "Renewal: talk to the customer")
        self.press("2026-03-20", order, "action_confirm")
        self.assertEqual(str(subscription.end_date), "2027-04-09")
        self.assertEqual(str(subscription.last_revision_date), "2026-04-10")
        self.assertEqual(order.invoice_status, "no")
        self.assertFalse(order.subscription_ids)
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(105.0, "out_invoice")])
        self.press("2027-03-10", subscription, "write", {"catch_up_confirmed_until": "2027-03-10"})
        self.assertEqual(self.last_invoice("2027-03-10", subscription), [(105.0, "out_invoice")] * 11)
        self.assertNothingBilled(self.bill("2027-04-10", subscription))
        self.run_renewals("2027-03-15")
        self.assertEqual(len(self.order(subscription)), 2)

    def test_a_quotation_that_nobody_accepts_lets_it_end(self):
        subscription = self.start("quote")
        self.run_renewals("2026-03-15")
        self.assertNothingBilled(self.bill("2026-04-10", subscription))
        with self.committing("2026-04-10") as env:
            env["recurring.subscription.line"]._refresh_current()
        self.assertEqual(subscription.state, "closed")
        self.run_renewals("2026-04-11")
        self.assertEqual(len(self.order(subscription)), 1)

    def test_a_refused_quotation_is_not_made_again_by_itself(self):
        subscription = self.start("quote")
        self.run_renewals("2026-03-15")
        self.press("2026-03-16", self.order(subscription), "action_cancel")
        self.run_renewals("2026-03-17")
        self.assertEqual(self.order(subscription).mapped("state"), ["cancel"])

    def test_accepted_late_it_is_opened_again_without_a_gap(self):
        subscription = self.start("quote")
        self.run_renewals("2026-03-15")
        self.bill("2026-04-10", subscription)
        with self.committing("2026-04-10") as env:
            env["recurring.subscription.line"]._refresh_current()
        self.assertEqual(subscription.state, "closed")
        self.press("2026-04-15", self.order(subscription), "action_confirm")
        self.assertEqual((subscription.state, str(subscription.end_date)), ("active", "2027-04-09"))
        self.assertEqual(self.last_invoice("2026-04-15", subscription), [(100.0, "out_invoice")])
        self.assertEqual(self.periods(subscription)[-1], ("2026-04-10", "2026-05-09", 100.0))

    def test_what_is_quoted_otherwise_is_billed_otherwise(self):
        subscription = self.start("quote")
        self.run_renewals("2026-03-15")
        order = self.order(subscription)
        locker = self.make_product(12.0, name="Locker", recurring_ok=True)
        with Form(order.with_env(self.at("2026-03-16"))) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 2.0
                line.price_unit = 90.0
            with form.order_line.new() as line:
                line.product_id = locker
        self.press("2026-03-16", order, "action_confirm")
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(192.0, "out_invoice")])  # 2 × 90 + 12

    def test_what_is_taken_off_the_quotation_ends_with_the_term(self):
        plan = self.make_plan(renewal="quote", **YEAR)
        gym, pool = self.make_product(100.0, recurring_ok=True), self.make_product(30.0, name="Pool", recurring_ok=True)
        subscription = self.subscribe(
            "2025-04-10", plan=plan, lines=[{"product_id": gym.id, "price_unit": 100.0}, {"product_id": pool.id, "price_unit": 30.0}]
        )
        self.press("2026-03-10", subscription, "write", {"catch_up_confirmed_until": "2026-03-10"})
        self.bill("2026-03-10", subscription)
        self.run_renewals("2026-03-15")
        order = self.order(subscription)
        order.order_line.filtered(lambda line: line.product_id == pool).unlink()
        self.press("2026-03-16", order, "action_confirm")
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(100.0, "out_invoice")])

    def test_cancelled_after_it_was_accepted_it_ends_as_before(self):
        subscription = self.start("quote", renewal_price="revision", revision_kind="percent", revision_percent=5.0)
        self.run_renewals("2026-03-15")
        order = self.order(subscription)
        self.press("2026-03-16", order, "action_confirm")
        self.press("2026-03-17", order, "_action_cancel")
        self.assertEqual(str(subscription.end_date), "2026-04-09")
        self.assertNothingBilled(self.bill("2026-04-10", subscription))
        # Confirmed again, it is renewed once.
        self.press("2026-04-10", order, "action_draft")
        self.press("2026-04-10", order, "action_confirm")
        self.assertEqual(str(subscription.end_date), "2027-04-09")
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(105.0, "out_invoice")])

    def end_with_the_term(self, day, subscription):
        """The customer cancels to the end of the term."""
        reason = self.env.ref("recurring_billing.reason_moved")
        values = {"subscription_ids": subscription.ids, "reason_id": reason.id, "when": "date", "date": "2026-04-09"}
        self.at(day)["recurring.close"].create(values).action_close()

    def test_who_accepts_the_renewal_stays_though_an_end_was_planned(self):
        subscription = self.start("quote")
        self.run_renewals("2026-03-15")
        self.end_with_the_term("2026-03-16", subscription)
        self.press("2026-03-20", self.order(subscription), "action_confirm")
        self.assertEqual(str(subscription.end_date), "2027-04-09")
        self.assertFalse(subscription.close_reason_id)
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(100.0, "out_invoice")])

    def test_what_is_to_end_is_not_renewed_in_words_alone(self):
        subscription = self.start("quote")
        self.end_with_the_term("2026-03-16", subscription)
        renewal = self.at("2026-03-20")["recurring.renewal"]
        with self.assertRaisesRegex(UserError, "Take back its planned end"):
            renewal.renew(subscription.with_env(renewal.env))
        self.assertEqual(str(subscription.end_date), "2026-04-09")

    # By itself

    def test_a_term_that_renews_by_itself_has_its_new_price_and_the_customer_is_told(self):
        subscription = self.start("term", renewal_price="revision", revision_kind="percent", revision_percent=5.0)
        self.assertTerm(subscription, "False", "2026-04-09")
        self.run_renewals("2026-03-09")
        self.assertFalse(subscription.revision_line_ids)
        self.run_renewals("2026-03-10")
        self.run_renewals("2026-03-11")
        row = subscription.revision_line_ids
        self.assertEqual((row.old_price, row.new_price, str(row.date_effective), row.state), (100.0, 105.0, "2026-04-10", "done"))
        self.assertEqual(row.notice_id.state, "to_send")
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(105.0, "out_invoice")])
        with self.committing("2026-04-10") as env:
            env["recurring.subscription"]._refresh_terms()
        self.assertTerm(subscription, "False", "2027-04-09")

    def test_an_undone_price_of_a_new_term_does_not_come_back(self):
        subscription = self.start("term", renewal_price="revision", revision_kind="percent", revision_percent=5.0)
        self.run_renewals("2026-03-11")
        self.undo("2026-03-12", subscription.revision_line_ids.revision_id)
        self.run_renewals("2026-03-13")
        self.assertEqual(subscription.revision_line_ids.mapped("state"), ["undone"])
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(100.0, "out_invoice")])

    def test_a_term_that_renews_at_the_same_prices_just_goes_on(self):
        subscription = self.start("term")
        self.run_renewals("2026-03-15")
        self.assertFalse(subscription.revision_line_ids)
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(100.0, "out_invoice")])

    def test_a_new_term_at_the_prices_of_the_catalogue(self):
        subscription = self.start("term", renewal_price="catalogue")
        subscription.line_ids.price_manual = True  # an agreed price, which holds for the term
        self.gym.list_price = 110.0
        self.run_renewals("2026-03-11")
        self.assertEqual(subscription.revision_line_ids.new_price, 110.0)
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(110.0, "out_invoice")])

    # By hand

    def renew(self, day, subscription, button="action_renew", user=None, **values):
        with self.committing(day, user, self.company) as env:
            action = env["recurring.subscription"].browse(subscription.id).action_renew()
            form = Form(env["recurring.renew"].with_context(**action["context"]))
            for name, value in values.items():
                setattr(form, name, value)
            wizard = form.save()
            preview = wizard.preview
            getattr(wizard, button)()
        return preview

    def test_renewed_by_hand_with_a_percentage(self):
        subscription = self.start("end")
        preview = self.renew("2026-03-15", subscription, price="percent", percent=3.5)
        self.assertEqual(preview.replace("\xa0", " "), "Gym: $ 100.00 → $ 103.50")
        self.assertTerm(subscription, "2027-04-09", "2027-04-09")
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(103.50, "out_invoice")])

    def test_the_button_makes_one_quotation_for_a_term(self):
        subscription = self.start("end")
        self.renew("2026-03-15", subscription, "action_quote")
        self.renew("2026-03-16", subscription, "action_quote")
        self.assertEqual(len(self.order(subscription)), 1)

    def test_a_salesperson_renews_own_subscriptions_only(self):
        seller = self.make_user("seller", "recurring_billing.group_user")
        other = self.make_user("other", "recurring_billing.group_user")
        subscription = self.start("quote", renewal_price="same")
        subscription.user_id = seller
        self.renew("2026-03-15", subscription, "action_quote", user=seller)
        order = self.order(subscription)
        self.assertEqual(order.user_id, seller)
        self.press("2026-03-16", order, "action_confirm", user=seller, companies=self.company)
        self.assertEqual(str(subscription.end_date), "2027-04-09")
        with self.assertRaises(AccessError):
            self.renew("2026-03-15", subscription, user=other)
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(other).create(
                {"partner_id": subscription.partner_id.id, "recurring_purpose": "renew", "recurring_renews_id": subscription.id}
            )

    def test_without_a_term_there_is_nothing_to_renew(self):
        subscription = self.subscribe("2026-01-10", 100.0)
        with self.assertRaisesRegex(UserError, "no term to renew"):
            subscription.action_renew()
