"""What people see of MRR: months that open with what the one before closed with, figures that open their records, rights as real users."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_revenue_movements import RevenueCommon

FIGURES = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing")


@tagged("post_install", "-at_install")
class TestRevenueScreens(RevenueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.companies = cls.company | cls.company_brl
        cls.seller = cls.make_user("sara", "recurring_billing.group_user", companies=cls.company)
        cls.roles = {
            "own": cls.seller,
            "all": cls.make_user("olga", "recurring_billing.group_user_all", companies=cls.company),
            "manager": cls.make_user("manager", "recurring_billing.group_manager", companies=cls.company),
            "auditor": cls.make_user("auditor", "recurring_billing.group_auditor", companies=cls.company),
            "collections": cls.make_user("collections", "recurring_billing.group_collections", companies=cls.company),
            "billing": cls.make_user("clerk", "account.group_account_invoice", companies=cls.company),
        }

    def setUp(self):
        super().setUp()
        self.gym, self.club = self.make_plan(name="Gym"), self.make_plan(name="Club")
        self.ana, self.bea = self.make_partner("Ana"), self.make_partner("Bea")
        mine = {"user_id": self.seller.id}
        self.monthly = self.sell("2026-01-10", 60.0, self.ana, plan=self.gym, **mine)
        self.second = self.sell("2026-02-05", 25.0, self.ana, plan=self.club, user_id=self.roles["manager"].id)
        self.other = self.sell("2026-02-10", 40.0, self.bea, plan=self.club, user_id=self.roles["manager"].id)
        self.change("2026-03-03", "end", self.other.line_ids, self.date("2026-03-04"))
        self.pass_day("2026-03-04")
        self.change("2026-03-20", "reprice", self.monthly.line_ids, self.date("2026-03-20"), {"price_unit": 50.0})

    def as_user(self, role, day="2026-03-25"):
        env = self.env(user=self.roles[role], context={"allowed_company_ids": self.company.ids, "lang": "en_US"})
        env.invalidate_all()
        return env(context={**env.context, "recurring_today": self.date(day)})

    def opened(self, record, figure):
        action = record.with_context(figure=figure).action_open()
        return record.env[action["res_model"]].search(action["domain"])

    def test_each_month_opens_with_what_the_one_before_closed_with(self):
        months = self.as_user("manager")["recurring.revenue.month"].search([("company_id", "=", self.company.id)], order="month")
        self.assertEqual(
            [(str(month.month)[:7], *(month[name] for name in FIGURES)) for month in months],
            [
                ("2026-01", 0.0, 60.0, 0.0, 0.0, 0.0, 0.0, 60.0),
                ("2026-02", 60.0, 40.0, 0.0, 25.0, 0.0, 0.0, 125.0),
                ("2026-03", 125.0, 0.0, 0.0, 0.0, -10.0, -40.0, 75.0),
            ],
        )
        self.assertEqual([month.is_running for month in months], [False, False, True])

    def test_every_figure_of_a_month_opens_the_movements_that_add_up_to_it_for_every_role(self):
        for role in self.roles:
            for month in self.as_user(role)["recurring.revenue.month"].search([("company_id", "=", self.company.id)]):
                for figure in FIGURES:
                    with self.subTest(role=role, month=str(month.month), figure=figure):
                        self.assertAlmostEqual(sum(self.opened(month, figure).mapped("amount")), month[figure])

    def test_the_bridge_closes_by_plan_product_team_seller_and_country(self):
        rows = self.as_user("manager")["recurring.revenue.bridge"].search([("company_id", "=", self.company.id)])
        for row in rows:
            moves = sum(row[name] for name in FIGURES[1:-1])
            self.assertAlmostEqual(row.opening + moves, row.closing)
            for figure in FIGURES:
                with self.subTest(row=row.id, figure=figure):
                    self.assertAlmostEqual(sum(self.opened(row, figure).mapped("amount")), row[figure])
        march = rows.filtered(lambda row: str(row.month) == "2026-03-01")
        by_plan = {plan.name: sum(march.filtered(lambda row, plan=plan: row.plan_id == plan).mapped("closing")) for plan in march.plan_id}
        self.assertEqual(by_plan, {"Gym": 50.0, "Club": 25.0})

    def test_over_several_months_the_bridge_opens_with_the_first_and_closes_with_the_last(self):
        """The total of a pivot: February and March together, all plans and each."""
        bridge = self.as_user("manager")["recurring.revenue.bridge"]
        window = [("company_id", "=", self.company.id), ("month", ">=", "2026-02-01")]
        measures = [f"{name}:sum" for name in FIGURES]
        self.assertEqual(bridge._read_group(window, [], measures), [(60.0, 40.0, 0.0, 25.0, -10.0, -40.0, 75.0)])
        by_plan = {plan.name: figures for plan, *figures in bridge._read_group(window, ["plan_id"], measures)}
        self.assertEqual(by_plan["Gym"], [60.0, 0.0, 0.0, 0.0, -10.0, 0.0, 50.0])
        self.assertEqual(by_plan["Club"], [0.0, 40.0, 0.0, 25.0, 0.0, -40.0, 25.0])
        by_month = bridge._read_group(window, ["month:month"], ["opening:sum", "closing:sum"])
        self.assertEqual([(opening, closing) for _month, opening, closing in by_month], [(60.0, 125.0), (125.0, 75.0)])

    def test_new_and_lost_on_the_dashboard_equal_the_movements_they_open(self):
        wanted = {
            ("manager", "2026-02-20"): {"Harbor Gym": (40.0, 0.0), "Club": (40.0, 0.0), "Gym": (0.0, 0.0)},
            ("manager", "2026-03-25"): {"Harbor Gym": (0.0, -50.0), "Club": (0.0, -40.0), "Gym": (0.0, -10.0)},
            ("own", "2026-03-25"): {"Harbor Gym": (0.0, -10.0), "Gym": (0.0, -10.0)},
        }
        for (role, day), figures in wanted.items():
            with self.subTest(role=role, day=day):
                cards = self.as_user(role, day)["recurring.dashboard"].search([("company_id", "=", self.company.id)])
                self.assertEqual({card.display_name: (card.mrr_new, card.mrr_lost) for card in cards}, figures)
                for card in cards:
                    for name in ("mrr_new", "mrr_lost"):
                        self.assertAlmostEqual(sum(self.opened(card, name).mapped("amount")), card[name])

    def test_a_salesperson_sees_the_movements_of_own_subscriptions_only(self):
        events = self.as_user("own")["recurring.revenue.event"].search([])
        self.assertEqual(events.subscription_id, self.monthly)
        rows = self.as_user("own")["recurring.revenue.bridge"].search([])
        self.assertEqual(rows.plan_id.mapped("name"), ["Gym"])

    def test_what_is_handed_over_goes_with_its_history(self):
        """The view of each seller closes: what one had goes to the other on that day, and neither wins nor loses a customer."""
        self.press("2026-03-22", self.monthly, "write", {"user_id": self.roles["manager"].id})
        self.assertFalse(self.as_user("own")["recurring.revenue.event"].search([]))
        totals = {}
        for event in self.events(("subscription_id", "=", self.monthly.id)):
            totals[event.user_id] = totals.get(event.user_id, 0.0) + event.amount
        self.assertEqual(totals, {self.seller: 0.0, self.roles["manager"]: 50.0})
        moved = self.events(("subscription_id", "=", self.monthly.id), ("reason", "=", "transfer"))
        self.assertEqual(sorted(moved.mapped("amount")), [-50.0, 50.0])
        self.assertEqual(len(set(moved.mapped("kind"))), 1)

    def test_nobody_writes_movements_by_hand(self):
        event = self.events(("subscription_id", "=", self.monthly.id))[0]
        values = event.copy_data()[0]
        for role in self.roles:
            events = self.as_user(role)["recurring.revenue.event"]
            for act in (
                lambda events=events: events.create(values),
                lambda events=events: events.browse(event.id).write({"amount": 1.0}),
                lambda events=events: events.browse(event.id).unlink(),
            ):
                with self.subTest(role=role), self.assertRaises(UserError):
                    act()
        for act in (lambda: event.sudo().create(values), lambda: event.sudo().write({"kind": "new"}), lambda: event.sudo().unlink()):
            with self.assertRaises(UserError):
                act()
        with self.assertRaises(UserError):
            event.with_context(recurring_revenue_recording=True).sudo().create(values)

    def test_another_company_s_movements_are_not_seen_and_portal_users_see_none(self):
        foreign = self.make_user("fatima", "recurring_billing.group_manager", companies=self.company_brl)
        env = self.env(user=foreign, context={"allowed_company_ids": self.company_brl.ids})
        for model in ("recurring.revenue.event", "recurring.revenue.month", "recurring.revenue.bridge"):
            self.assertFalse(env[model].search([("company_id", "=", self.company.id)]))
        portal = new_test_user(self.env, "test_portal_mrr", groups="base.group_portal")
        for model in ("recurring.revenue.event", "recurring.revenue.month", "recurring.revenue.bridge"):
            with self.assertRaises(AccessError):
                self.env(user=portal)[model].search([])

    def test_mrr_of_customer_team_and_plan(self):
        team = self.env["crm.team"].create({"name": "North", "company_id": self.company.id})
        self.press("2026-03-22", self.monthly | self.second, "write", {"team_id": team.id})
        env = self.as_user("manager")
        self.assertEqual(env["crm.team"].browse(team.id).recurring_mrr, 75.0)
        self.assertEqual(env["res.partner"].browse(self.ana.id).recurring_mrr, 75.0)
        self.assertEqual(env["recurring.plan"].browse(self.club.id).mrr, 25.0)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.ana.id})
        self.assertEqual(contact.commercial_partner_id, self.ana)
        action = env["res.partner"].browse(contact.id).action_open_revenue_events()
        self.assertAlmostEqual(sum(env[action["res_model"]].search(action["domain"]).mapped("amount")), 75.0)

    def test_mrr_of_an_order_is_that_of_its_subscriptions(self):
        order = self.env["sale.order"].create({"partner_id": self.ana.id, "company_id": self.company.id})
        (self.monthly | self.second).sudo().order_id = order
        self.assertEqual(self.as_user("manager")["sale.order"].browse(order.id).recurring_mrr, 75.0)

    def test_mrr_of_a_day_to_come_is_what_is_decided_today(self):
        """The end of 30 June is no movement yet, but July is asked for without it."""
        self.change("2026-03-25", "end", self.monthly.line_ids, self.date("2026-07-01"))
        levels = self.at("2026-03-25")["recurring.revenue.levels"]
        days = [levels.on_day(self.monthly, self.date(day))[self.monthly] for day in ("2026-06-30", "2026-07-01")]
        self.assertEqual([float(level) for level in days], [50.0, 0.0])
        self.assertEqual(self.monthly.mrr, 50.0)
