"""Every figure of the dashboard equals the records it opens, for every company and plan, and for every role."""

import json
from datetime import date

from odoo.tests import tagged

from .common import RecurringCommon

TODAY = "2024-03-20"
COUNTS = {
    "active": "active_count",
    "due": "due_count",
    "parked": "parked_count",
    "draft": "draft_count",
    "overdue": "overdue_count",
    "invoiced": "invoiced_count",
    "runs": "waiting_run_count",
}
SUMS = {
    "mrr": ("mrr", "mrr"),
    "mrr_new": ("mrr_new", "amount"),
    "mrr_lost": ("mrr_lost", "amount"),
    "draft": ("draft_amount", "amount_total_signed"),
    "overdue": ("overdue_amount", "amount_residual_signed"),
    "invoiced": ("invoiced_amount", "amount_total_signed"),
    "received": ("received_amount", "recurring_received"),
}


@tagged("post_install", "-at_install")
class TestDashboard(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = cls.company | cls.company_brl
        cls.seller = cls.make_user("sara", "recurring_billing.group_user", companies=cls.companies)
        cls.roles = {
            "own": cls.seller,
            "manager": cls.make_user("manager", "recurring_billing.group_manager", companies=cls.companies),
            "auditor": cls.make_user("auditor", "recurring_billing.group_auditor", companies=cls.companies),
            "collections": cls.make_user("collections", "recurring_billing.group_collections", companies=cls.companies),
            "billing": cls.make_user("clerk", "account.group_account_invoice", companies=cls.companies),
        }

        for company in cls.companies:
            here = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
            cls.tell(here, company, cls.make_plan(name=f"M {company.name}"), 115.0)
            cls.tell(here, company, cls.make_plan(name=f"Y {company.name}", interval_unit="year"), 240.0)
        cls.env.flush_all()

    @classmethod
    def tell(cls, here, company, plan, price):
        """Subscriptions of a plan that are paid, half paid, late, draft, parked, due, closed with a credit note, and not due yet."""

        def subscribe(start, seller=None, **values):
            product = here["product.product"].create({"name": "Gym", "type": "service", "taxes_id": [(5,)]})
            subscription = here["recurring.subscription"].create(
                {
                    "partner_id": cls.make_partner().id,
                    "plan_id": plan.id,
                    "start_date": start,
                    "user_id": (seller or cls.roles["manager"]).id,
                    "line_ids": [(0, 0, {"product_id": product.id, "price_unit": price, "tax_ids": [(5,)]})],
                    **values,
                }
            )
            subscription.with_context(recurring_today=date.fromisoformat(start)).action_activate()
            return subscription

        paid, half, late = subscribe("2024-03-01", cls.seller), subscribe("2024-03-01"), subscribe("2024-03-02", cls.seller)
        draft = subscribe("2024-03-03", invoice_mode="draft")
        parked = subscribe("2024-03-03", cls.seller)
        parked.line_ids.product_id.active = False
        february = subscribe("2024-02-10", end_date="2024-02-20")
        cls.bill_here(here, paid | half | late | draft | parked | february)
        cls.pay(here, paid, 1)
        cls.pay(here, half, 2)
        cls.credit(here, february)
        february.write({"state": "closed"})
        subscribe(TODAY, cls.seller)
        subscribe("2024-04-15")

    @classmethod
    def bill_here(cls, here, subscriptions):
        told = here(context={**here.context, "recurring_today": date.fromisoformat("2024-03-03"), "recurring_one_transaction": True})
        told["recurring.invoice.generation"].bill(subscriptions.with_env(told))

    @classmethod
    def pay(cls, here, subscription, part):
        """Pay its invoice, or a half of it."""
        (invoice,) = subscription.period_ids.move_ids
        register = here["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        register.create({"amount": invoice.amount_total / part, "payment_date": "2024-03-05"}).action_create_payments()

    @classmethod
    def credit(cls, here, subscription):
        (invoice,) = subscription.period_ids.move_ids
        reversal = here["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        reversal.create({"journal_id": invoice.journal_id.id, "date": "2024-03-10"}).refund_moves()
        invoice.reversal_move_ids.action_post()

    def cards(self, user):
        env = self.env(
            user=user, context={"allowed_company_ids": self.companies.ids, "lang": "en_US", "recurring_today": date.fromisoformat(TODAY)}
        )
        env.invalidate_all()
        cards = env["recurring.dashboard"].search([("company_id", "in", self.companies.ids)])
        plans = [name for company in self.companies for name in (f"M {company.name}", f"Y {company.name}")]
        return cards.filtered(lambda card: not card.plan_id or card.plan_id.name in plans)

    def opened(self, card, figure):
        action = card.with_context(figure=figure).action_open()
        return card.env[action["res_model"]].search(action["domain"])

    def test_every_figure_equals_the_records_it_opens_for_every_role(self):
        for role, user in self.roles.items():
            cards = self.cards(user)
            self.assertEqual(len(cards), 6, role)
            for card in cards:
                for figure, name in COUNTS.items():
                    with self.subTest(role=role, card=card.display_name, figure=figure):
                        self.assertEqual(card[name], len(self.opened(card, figure)))
                for figure, (name, summed) in SUMS.items():
                    with self.subTest(role=role, card=card.display_name, sum=figure):
                        self.assertAlmostEqual(card[name], sum(self.opened(card, figure).mapped(summed)))

    def test_the_figures_are_those_of_the_story(self):
        """Not only equal: the manager sees per plan what was told in setUp."""
        for card in self.cards(self.roles["manager"]).filtered("plan_id"):
            price, monthly = (115.0, 115.0) if card.plan_id.interval_unit == "month" else (240.0, 20.0)
            with self.subTest(card=card.display_name):
                self.assertEqual((card.active_count, card.due_count, card.parked_count), (7, 1, 1))
                self.assertAlmostEqual(card.mrr, 7 * monthly)
                self.assertEqual((card.draft_count, card.draft_amount), (1, price))
                self.assertEqual((card.overdue_count, card.overdue_amount), (2, price * 1.5))
                self.assertEqual(card.received_amount, price * 1.5)
                # Four invoices, and the credit note that takes one of them back.
                self.assertEqual((card.invoiced_count, card.invoiced_amount), (5, price * 3))

    def test_a_card_of_a_company_adds_up_its_plans(self):
        cards = self.cards(self.roles["manager"])
        for company in self.companies:
            mine = cards.filtered(lambda card, company=company: card.company_id == company)
            total, plans = mine.filtered("is_total"), mine - mine.filtered("is_total")
            for name in (
                "active_count",
                "due_count",
                "parked_count",
                "draft_count",
                "overdue_count",
                "mrr",
                "mrr_new",
                "mrr_lost",
                "overdue_amount",
            ):
                with self.subTest(company=company.name, figure=name):
                    self.assertAlmostEqual(total[name], sum(plans.mapped(name)))

    def test_a_salesperson_counts_own_subscriptions_only(self):
        for card in self.cards(self.seller).filtered("plan_id"):
            self.assertEqual((card.active_count, card.due_count, card.parked_count), (4, 1, 1))

    def test_cards_of_companies_that_are_not_selected_are_not_shown(self):
        env = self.env(user=self.roles["manager"], context={"allowed_company_ids": self.company.ids})
        self.assertEqual(env["recurring.dashboard"].search([]).company_id, self.company)

    def test_money_is_shown_in_the_currency_of_the_card_s_company(self):
        cards = self.cards(self.roles["manager"])
        self.assertEqual({(card.company_id, card.currency_id.name) for card in cards}, {(self.company, "USD"), (self.company_brl, "BRL")})

    def test_bill_now_on_a_card_bills_what_is_due_on_it(self):
        card = self.cards(self.roles["manager"]).filtered(lambda card: card.plan_id.name == f"M {self.company.name}")
        due = self.opened(card, "due")
        context = card.action_bill_now()["context"]
        with self.committing(TODAY, user=self.roles["manager"], companies=self.companies) as env:
            env["recurring.bill.now"].with_context(**context).create({}).action_bill()
        self.assertEqual(len(self.invoices(due)), 1)
        self.assertEqual(self.cards(self.roles["manager"]).filtered(lambda other: other.id == card.id).due_count, 0)

    def test_the_chart_shows_the_last_six_months(self):
        card = self.cards(self.roles["manager"])[0]
        (chart,) = json.loads(card.graph)
        self.assertEqual(len(chart["values"]), 6)
        self.assertAlmostEqual(chart["values"][-1]["value"], card.invoiced_amount)
