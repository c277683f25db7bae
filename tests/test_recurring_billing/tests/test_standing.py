"""The one badge of a subscription, and what it lacks before its first bill."""

from odoo import Command
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestBadge(RecurringCommon):
    def daily(self, day):
        self.env["recurring.subscription.line"].with_env(self.at(day))._refresh_current()

    def pay(self, invoice, day):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"payment_date": day})._create_payments()
        self.env.cr.flush()

    def test_a_draft_has_no_badge_and_a_running_one_is_in_order(self):
        subscription = self.subscribe("2024-03-01", 50.0, activate=False)
        self.assertFalse(subscription.badge)
        subscription.action_activate()
        self.assertEqual(subscription.badge, "ok")

    def test_late_from_the_day_after_the_due_date_until_it_is_paid(self):
        subscription = self.subscribe("2024-03-01", 50.0)
        self.bill("2024-03-01", subscription)
        invoice = self.invoices(subscription)
        self.assertEqual(str(invoice.invoice_date_due), "2024-03-01")
        self.daily("2024-03-01")
        self.assertEqual(subscription.badge, "ok")
        self.daily("2024-03-02")
        self.assertEqual(subscription.badge, "late")
        self.pay(invoice, "2024-03-05")
        self.assertEqual(subscription.badge, "ok", "a payment shows as soon as it is committed")
        invoice.line_ids.remove_move_reconcile()
        self.env.cr.flush()
        self.assertEqual(subscription.badge, "late", "and so does taking the payment off again")

    def test_a_partial_payment_leaves_it_late(self):
        subscription = self.subscribe("2024-03-01", 50.0)
        self.bill("2024-03-01", subscription)
        self.daily("2024-03-02")
        invoice = self.invoices(subscription)
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {"payment_date": "2024-03-05", "amount": 10.0}
        )._create_payments()
        self.env.cr.flush()
        self.assertEqual(subscription.badge, "late")

    def test_a_paused_one_that_owes_is_late(self):
        subscription = self.subscribe("2024-03-01", 50.0)
        self.bill("2024-03-01", subscription)
        subscription.state = "paused"
        self.assertEqual(subscription.badge, "paused")
        self.daily("2024-03-02")
        self.assertEqual(subscription.badge, "late")

    def test_a_blocked_service_is_the_gravest(self):
        subscription = self.subscribe("2024-03-01", 50.0)
        self.bill("2024-03-01", subscription)
        self.daily("2024-03-02")
        subscription.sudo().service_state = "blocked"
        self.assertEqual(subscription.badge, "blocked")

    def test_waiting_to_start(self):
        self.assertEqual(self.subscribe("2024-03-01", 50.0, activate=False, state="waiting").badge, "waiting")

    def test_what_is_closed_says_only_that_it_owes(self):
        subscription = self.subscribe("2024-03-01", 50.0)
        self.bill("2024-03-01", subscription)
        self.daily("2024-03-02")
        subscription.with_env(self.at("2024-03-31")).write({"end_date": "2024-03-31", "state": "closed"})
        self.assertEqual(subscription.badge, "late")
        self.pay(self.invoices(subscription), "2024-04-02")
        self.assertFalse(subscription.badge)

    def test_subscriptions_are_grouped_by_it(self):
        mine = self.subscribe("2024-03-01", 50.0) | self.subscribe("2024-03-01", 50.0, activate=False, state="waiting")
        groups = dict(self.env["recurring.subscription"]._read_group([("id", "in", mine.ids)], ["badge"], ["__count"]))
        self.assertEqual(groups, {"ok": 1, "waiting": 1})


@tagged("post_install", "-at_install")
class TestReadiness(RecurringCommon):
    def kinds(self, subscription):
        subscription.invalidate_recordset(["readiness", "is_incomplete"])
        return set(subscription.readiness or {})

    def ready(self, **values):
        partner = self.make_partner(email="ana@example.com", phone="+1 555 0100", vat="US123")
        return self.subscribe(self.company._recurring_today(), 50.0, partner=partner, activate=False, **values)

    def assertFound(self, subscription, kind, *, incomplete=True):
        self.assertEqual(self.kinds(subscription), {kind})
        self.assertEqual(subscription.is_incomplete, incomplete)
        found = self.env["recurring.subscription"].search([("id", "=", subscription.id), ("is_incomplete", "=", True)])
        self.assertEqual(bool(found), incomplete, "the filter says what the form says")

    def test_a_complete_one_lacks_nothing(self):
        subscription = self.ready()
        self.assertEqual(self.kinds(subscription), set())
        self.assertTrue(self.env["recurring.subscription"].search([("id", "=", subscription.id), ("is_incomplete", "=", False)]))

    def test_no_email(self):
        subscription = self.ready()
        subscription.partner_id.email = False
        self.assertFound(subscription, "email")
        finding = subscription.readiness["email"]
        self.assertEqual((finding["action"]["res_model"], finding["action"]["res_id"]), ("res.partner", subscription.partner_id.id))

    def test_no_phone_is_only_worth_knowing(self):
        subscription = self.ready()
        subscription.partner_id.phone = False
        self.assertFound(subscription, "phone", incomplete=False)

    def test_a_company_without_tax_id_and_in_brazil_a_person(self):
        subscription = self.ready()
        subscription.partner_id.vat = False
        self.assertEqual(self.kinds(subscription), set())
        subscription.partner_id.is_company = True
        self.assertFound(subscription, "vat")
        subscription.partner_id.is_company = False
        self.company.country_id = self.env.ref("base.br")
        self.assertFound(subscription, "vat")

    def test_what_runs_is_asked_only_for_what_spoils_invoices(self):
        subscription = self.ready()
        subscription.partner_id.email = False
        subscription.action_activate()
        self.assertEqual(self.kinds(subscription), set())
        subscription.partner_id.active = False
        self.assertFound(subscription, "archived")

    def test_nothing_sold(self):
        subscription = self.ready()
        subscription.line_ids.unlink()
        self.assertFound(subscription, "lines")

    def test_every_price_zero(self):
        subscription = self.ready()
        subscription.line_ids.price_unit = 0
        self.assertFound(subscription, "price")
        subscription.line_ids = [Command.create({"product_id": self.make_product(5.0).id})]
        self.assertEqual(self.kinds(subscription), set())

    def test_a_start_long_ago(self):
        subscription = self.ready()
        subscription.start_date = "2020-01-01"
        self.assertFound(subscription, "old_start")
        subscription.line_ids.opening_until = self.company._recurring_today()
        self.assertEqual(self.kinds(subscription), set())

    def test_an_archived_product_and_customer(self):
        subscription = self.ready()
        subscription.line_ids.product_id.active = False
        self.assertFound(subscription, "product")
        subscription.line_ids.product_id.active = True
        subscription.partner_id.active = False
        self.assertFound(subscription, "archived")

    def test_a_currency_without_rate(self):
        currency = self.env["res.currency"].create({"name": "XQQ", "symbol": "Q"})
        subscription = self.ready()
        subscription.currency_id = currency
        self.assertFound(subscription, "rate")
        self.env["res.currency.rate"].create({"currency_id": currency.id, "name": "2020-01-01", "rate": 2.0, "company_id": self.company.id})
        self.assertEqual(self.kinds(subscription), set())

    def test_no_sales_journal(self):
        subscription = self.ready()
        self.env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", self.company.id)]).active = False
        self.assertFound(subscription, "journal")

    def test_what_is_closed_lacks_nothing(self):
        subscription = self.ready()
        subscription.partner_id.email = False
        subscription.action_activate()
        subscription.write({"state": "closed"})
        self.assertEqual(self.kinds(subscription), set())
        self.assertFalse(self.env["recurring.subscription"].search([("id", "=", subscription.id), ("is_incomplete", "=", True)]))

    def test_a_salesperson_sees_it(self):
        user = self.make_user("sally", "recurring_billing.group_user", "sales_team.group_sale_salesman")
        subscription = self.ready(user_id=user.id)
        subscription.partner_id.email = False
        self.assertEqual(set(subscription.with_user(user).readiness), {"email"})


@tagged("post_install", "-at_install")
class TestCustomerPage(RecurringCommon):
    def test_a_customers_whole_life(self):
        parent = self.make_partner("Paula")
        pupil = self.make_partner("Pedro")
        closed = self.subscribe("2024-01-01", 100.0, partner=parent)
        running = self.subscribe("2024-02-01", 50.0, partner=parent, beneficiary_id=pupil.id)
        self.bill("2024-02-01", closed | running)
        closed.with_env(self.at("2024-02-29")).write({"end_date": "2024-02-29", "state": "closed"})
        life = parent.with_env(self.at("2024-02-10"))
        self.assertEqual(life.recurring_life_ids, running | closed)
        self.assertEqual(str(life.recurring_since), "2024-01-01")
        # January and February of the first, February of the second.
        self.assertEqual((life.recurring_invoiced, life.recurring_open), (250.0, 250.0))
        self.assertEqual(life.recurring_invoice_ids, self.invoices(closed) | self.invoices(running))
        self.assertEqual(str(life.recurring_next_invoice), "2024-03-01")
        self.assertEqual(pupil.recurring_life_ids, running, "whom it is for sees it as well")

    def test_late_is_said_before_in_order(self):
        customer = self.make_partner("Ana")
        late = self.subscribe("2024-01-01", 100.0, partner=customer)
        self.subscribe("2024-02-01", 50.0, partner=customer)
        self.assertEqual(customer.recurring_badge, "ok")
        late.sudo().is_late = True
        self.assertEqual(customer.recurring_badge, "late")

    def test_a_salesperson_sees_the_own_part_of_it(self):
        user = self.make_user("sally", "recurring_billing.group_user", "sales_team.group_sale_salesman")
        customer = self.make_partner("Ana")
        mine = self.subscribe("2024-01-01", 100.0, partner=customer, user_id=user.id)
        other = self.subscribe("2024-01-01", 50.0, partner=customer, user_id=self.responsible.id)
        self.bill("2024-01-01", mine | other)
        seen = customer.with_user(user)
        self.assertEqual(seen.recurring_life_ids, mine)
        self.assertEqual(seen.recurring_invoiced, 100.0)

    def test_the_products_in_one_line(self):
        gym, locker = self.make_product(50.0, "Gym"), self.make_product(5.0, "Locker")
        subscription = self.subscribe("2024-01-01", lines=[{"product_id": gym.id}, {"product_id": locker.id, "quantity": 2}])
        self.assertEqual(subscription.with_env(self.at("2024-01-01")).product_summary, "Gym, 2 × Locker")
