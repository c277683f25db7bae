"""Who may do what: every role writes what it may and is refused the rest; the Billing role works ledger and issues without sales rights."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecurringCommon

DAY = "2024-03-01"
MODELS = (
    "recurring.plan",
    "recurring.subscription",
    "recurring.subscription.line",
    "recurring.lineage",
    "recurring.period",
    "recurring.billing.run",
    "recurring.billing.issue",
    "recurring.close.reason",
    "recurring.dashboard",
)


@tagged("post_install", "-at_install")
class TestAccessRights(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.make_user("own", "recurring_billing.group_user", companies=cls.company)
        cls.all = cls.make_user("all", "recurring_billing.group_user_all", companies=cls.company)
        cls.collections = cls.make_user("collections", "recurring_billing.group_collections", companies=cls.company)
        cls.manager = cls.make_user("manager", "recurring_billing.group_manager", companies=cls.company)
        cls.auditor = cls.make_user("auditor", "recurring_billing.group_auditor", companies=cls.company)
        cls.clerk = cls.make_user("clerk", "account.group_account_invoice", companies=cls.company)
        cls.employee = cls.make_user("employee", "base.group_user", companies=cls.company)
        cls.portal = cls.make_user("portal", "base.group_portal", companies=cls.company)

    def may(self, user, operation):
        """The models on which the user may do something."""
        return {name for name in MODELS if self.env[name].with_user(user).has_access(operation)}

    def test_who_reads_what(self):
        for user in (self.own, self.all, self.collections, self.manager, self.auditor, self.clerk):
            self.assertEqual(self.may(user, "read"), set(MODELS), user.name)
        for user in (self.employee, self.portal):
            self.assertEqual(self.may(user, "read"), set(), user.name)

    def test_who_writes_what(self):
        sellers = {"recurring.subscription", "recurring.subscription.line", "recurring.billing.issue"}
        configured = {"recurring.plan", "recurring.close.reason"}
        expected = {
            self.own: sellers,
            self.all: sellers,
            self.manager: sellers | configured,
            self.clerk: {"recurring.billing.issue"},
            self.collections: set(),
            self.auditor: set(),
            self.employee: set(),
            self.portal: set(),
        }
        for user, models in expected.items():
            self.assertEqual(self.may(user, "write"), models, user.name)

    def test_nobody_creates_or_deletes_ledger_rows_runs_and_issues(self):
        for user in (self.own, self.all, self.collections, self.manager, self.auditor, self.clerk):
            for operation in ("create", "unlink"):
                untouchable = {"recurring.period", "recurring.lineage", "recurring.billing.run", "recurring.billing.issue"}
                self.assertFalse(self.may(user, operation) & untouchable, f"{user.name} {operation}")

    def test_portal_and_employees_read_nothing_though_they_know_the_ids(self):
        """A portal user who is the customer, and follows nothing, asks for every record by its id."""
        subscription = self.subscribe(DAY, partner=self.portal.partner_id)
        self.bill(DAY, subscription)
        records = (subscription, subscription.line_ids, subscription.period_ids, subscription.plan_id, subscription.line_ids.lineage_id)
        for user in (self.portal, self.employee):
            for record in records:
                with self.subTest(user=user.name, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])
                with self.assertRaises(AccessError):
                    record.with_user(user).search([])

    def test_portal_users_cannot_bill(self):
        subscription = self.subscribe(DAY)
        for user in (self.portal, self.employee, self.auditor, self.collections):
            with self.subTest(user=user.name), self.assertRaisesRegex(AccessError, "can bill|not allowed|access"):
                self.bill(DAY, subscription, user=user)
        self.assertFalse(self.invoices(subscription))

    # Salespeople

    def test_a_salesperson_sees_and_edits_own_subscriptions_and_those_of_nobody(self):
        mine, nobodys, other = (self.subscribe(DAY, user_id=user and user.id) for user in (self.own, False, self.all))
        visible = self.env["recurring.subscription"].with_user(self.own).search([("id", "in", (mine | nobodys | other).ids)])
        self.assertEqual(visible, mine | nobodys)
        mine.with_user(self.own).due_day = 5
        mine.line_ids.with_user(self.own).price_unit = 60.0
        with self.assertRaises(AccessError):
            other.with_user(self.own).due_day = 5
        with self.assertRaises(AccessError):
            other.line_ids.with_user(self.own).price_unit = 60.0

    def test_a_salesperson_creates_activates_bills_and_reads_the_ledger(self):
        values = {
            "partner_id": self.make_partner().id,
            "plan_id": self.make_plan().id,
            "start_date": DAY,
            "line_ids": [(0, 0, {"product_id": self.make_product(50.0).id})],
        }
        subscription = self.env["recurring.subscription"].with_user(self.own).create(values)
        self.assertEqual(subscription.user_id, self.own)
        subscription.action_activate()
        self.assertBilled(self.bill(DAY, subscription, user=self.own), 1, 1, 50.0)
        self.assertEqual(subscription.with_user(self.own).period_ids.amount, 50.0)
        self.assertEqual(subscription.with_user(self.own).invoice_count, 1)

    def test_a_salesperson_cannot_bill_the_subscriptions_of_others(self):
        other = self.subscribe(DAY, user_id=self.all.id)
        with self.assertRaises(AccessError):
            self.bill(DAY, other, user=self.own)
        self.assertFalse(self.invoices(other))

    def test_a_salesperson_with_all_subscriptions_bills_those_of_others(self):
        other = self.subscribe(DAY, user_id=self.own.id)
        self.assertBilled(self.bill(DAY, other, user=self.all), 1, 1)

    def test_a_salesperson_does_not_edit_plans(self):
        plan = self.make_plan()
        for user in (self.own, self.all):
            with self.assertRaises(AccessError):
                plan.with_user(user).name = "Mine"
        plan.with_user(self.manager).name = "Managed"

    # Odoo's own Billing role

    def park(self, **values):
        """A parked subscription and its issue."""
        subscription = self.subscribe(DAY, **values)
        subscription.line_ids.product_id.active = False
        self.bill(DAY, subscription)
        return subscription, self.issue(subscription)

    def test_a_billing_clerk_bills_now(self):
        subscription = self.subscribe(DAY, user_id=self.own.id)
        self.assertBilled(self.bill(DAY, subscription, user=self.clerk), 1, 1)

    def test_a_billing_clerk_retries_an_issue(self):
        subscription, issue = self.park(user_id=self.own.id)
        subscription.line_ids.product_id.active = True
        self.press(DAY, issue, "action_retry", user=self.clerk)
        self.assertEqual((issue.state, len(self.invoices(subscription))), ("solved", 1))

    def test_a_billing_clerk_confirms_old_work(self):
        subscription = self.subscribe("2024-01-01", user_id=self.own.id)
        self.bill(DAY, subscription)
        self.press(DAY, self.issue(subscription), "action_confirm_catch_up", user=self.clerk)
        self.assertEqual(len(self.invoices(subscription)), 3)

    def test_a_billing_clerk_does_not_edit_subscriptions(self):
        subscription = self.subscribe(DAY)
        for record, values in ((subscription, {"due_day": 5}), (subscription.line_ids, {"price_unit": 1.0})):
            with self.assertRaises(AccessError):
                record.with_user(self.clerk).write(values)

    def test_a_billing_clerk_reviews_posts_and_cancels_drafts(self):
        subscription = self.subscribe(DAY, invoice_mode="draft")
        self.bill(DAY, subscription, user=self.clerk)
        invoice = self.invoices(subscription).with_user(self.clerk)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(self.periods(subscription), [])

    # Auditor, collections

    def test_auditors_and_collections_change_nothing(self):
        subscription, issue = self.park()
        run = issue.run_id
        for user in (self.auditor, self.collections):
            for record, name in ((subscription, "note"), (subscription.line_ids, "name"), (subscription.plan_id, "name"), (run, "state")):
                with self.subTest(user=user.name, model=record._name), self.assertRaises(AccessError):
                    record.with_user(user).write({name: record[name]})
            for record, method in ((issue, "action_retry"), (subscription, "action_back_to_draft"), (subscription, "unlink")):
                with self.subTest(user=user.name, method=method), self.assertRaises(AccessError):
                    self.press(DAY, record, method, user=user)
        self.assertFalse(self.invoices(subscription))

    def test_an_auditor_cannot_confirm_a_run(self):
        run = self.env["recurring.billing.run"].create(
            {"company_id": self.company.id, "trigger": "scheduled", "date": DAY, "horizon": DAY, "state": "waiting"}
        )
        for user in (self.auditor, self.collections, self.employee):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.press(DAY, run, "action_confirm", user=user)
        self.assertEqual(run.state, "waiting")

    # The ledger's own doors

    def test_nobody_writes_the_ledger_by_rpc(self):
        subscription = self.subscribe(DAY)
        self.bill(DAY, subscription)
        period = subscription.period_ids
        for user in (self.own, self.manager, self.clerk, self.auditor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                period.with_user(user).write({"voided": True})

    def test_nobody_points_an_invoice_line_at_another_period_by_rpc(self):
        """The link is read-only in every view; a clerk who edits a draft through RPC cannot take a period from its invoice."""
        first, second = self.subscribe(DAY, invoice_mode="draft"), self.subscribe(DAY, invoice_mode="draft")
        self.bill(DAY, first | second)
        line = self.invoices(first).invoice_line_ids
        other = self.invoices(second).invoice_line_ids
        for name in ("recurring_period_id", "recurring_subscription_id"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                line.with_user(self.clerk).write({name: other[name].id})
        self.assertFalse(line.copy_data()[0].get("recurring_period_id"))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_salesperson_does_not_see_issues_and_periods_of_others(self):
        _parked, issue = self.park(user_id=self.all.id)
        paid = self.subscribe(DAY, user_id=self.all.id)
        self.bill(DAY, paid)
        for record in (issue, paid.period_ids, paid.line_ids, paid.line_ids.lineage_id):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.own).read(["display_name"])

    def test_the_public_methods_of_the_services_check_rights(self):
        """What RPC can call on the services is only what checks the right to bill."""
        subscription = self.subscribe(DAY)
        services = (
            ("recurring.invoice.generation", "bill", [subscription]),
            ("recurring.invoice.generation", "retry", [self.env["recurring.billing.issue"]]),
        )
        for model, method, arguments in services:
            with self.subTest(method=method), self.assertRaises(AccessError):
                here = [argument.with_user(self.employee) for argument in arguments]
                getattr(self.env[model].with_user(self.employee), method)(*here)

    def test_nobody_starts_the_scheduled_action_by_rpc(self):
        with self.assertRaisesRegex(AccessError, "Private methods"):
            get_public_method(self.env["recurring.invoice.generation"].with_user(self.portal), "run_scheduled")

    def test_the_services_tell_rpc_nothing_about_subscriptions_of_others(self):
        with self.assertRaisesRegex(AccessError, "Private methods"):
            get_public_method(self.env["recurring.invoice.grouping"].with_user(self.portal), "chunks")

    def test_a_salesperson_does_not_preview_the_subscription_of_another(self):
        mine = self.subscribe(DAY, user_id=self.own.id)
        other = self.subscribe(DAY, user_id=self.responsible.id)
        wizard = self.env["recurring.change.wizard"].with_user(self.own)
        for lines in (mine.line_ids, other.line_ids):
            with self.subTest(lines=lines), self.assertRaises(AccessError):
                wizard.create({"subscription_id": other.id, "kind": "pause", "line_ids": [Command.set(lines.ids)]}).action_preview()

    def test_what_billing_keeps_is_refused_as_a_default_of_the_context_too(self):
        subscription = self.subscribe(DAY, user_id=self.own.id)
        lines = self.env["recurring.subscription.line"].with_user(self.own)
        with self.assertRaisesRegex(AccessError, "is kept by billing itself"):
            lines.with_context(default_ended_by="end").create(
                {"subscription_id": subscription.id, "product_id": subscription.line_ids.product_id.id}
            )
