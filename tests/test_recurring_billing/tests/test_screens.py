"""Every screen of the app opens for every role that has its menu: what the views show is read with the user's own rights."""

from lxml import etree

from odoo.tests import TransactionCase, tagged

from .browsing import buttons, form_arch, menus_of, open_action
from .common import RecurringCommon

ROLES = {
    "own": ["recurring_billing.group_user"],
    "all": ["recurring_billing.group_user_all"],
    "collections": ["recurring_billing.group_collections"],
    "manager": ["recurring_billing.group_manager"],
    "administrator": ["recurring_billing.group_manager", "base.group_system"],
    "auditor": ["recurring_billing.group_auditor"],
    "billing": ["account.group_account_invoice"],
    "several": ["recurring_billing.group_user", "account.group_account_invoice"],
}


@tagged("post_install", "-at_install")
class TestScreens(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {role: cls.make_user(role, *groups, companies=cls.company) for role, groups in ROLES.items()}

    def setUp(self):
        """A posted invoice, a draft, a parked one, a closed one; half of them belong to the user with the role `own`."""
        super().setUp()
        own, other = self.users["own"], self.users["all"]
        tag = self.env["crm.tag"].create({"name": "VIP"})
        pupil = self.make_partner("Pupil")
        self.posted = self.subscribe("2024-03-01", user_id=own.id, tag_ids=[(4, tag.id)], beneficiary_id=pupil.id)
        self.draft = self.subscribe("2024-03-01", user_id=other.id, plan=self.make_plan(invoice_mode="draft"))
        self.parked = self.subscribe("2024-03-01", user_id=own.id)
        self.parked.line_ids.product_id.active = False
        self.closed = self.subscribe("2024-03-01", user_id=other.id, end_date="2024-03-31")
        self.all = self.posted | self.draft | self.parked | self.closed
        self.run = self.bill("2024-03-01", self.all)
        self.closed.write({"state": "closed", "close_reason_id": self.env.ref("recurring_billing.reason_price").id})
        self.assertEqual((self.run.invoice_count, self.run.parked_count), (3, 1))

    def env_of(self, role):
        env = self.env(user=self.users[role], context={"allowed_company_ids": self.company.ids, "lang": "en_US", "tz": "UTC"})
        env.invalidate_all()
        return env

    def open_everything(self, role):
        env = self.env_of(role)
        root = self.env.ref("recurring_billing.menu_root")
        menus = menus_of(env, root)
        shown = {}
        for menu in menus:
            env.invalidate_all()
            with self.subTest(role=role, menu=menu.complete_name):
                action = env["ir.actions.actions"]._for_xml_id(menu.action.get_external_id()[menu.action.id])
                if action["type"] == "ir.actions.server":
                    # What it does depends on what there is to do; that it can be pressed is what the menu promises.
                    self.assertTrue(env["ir.actions.server"].browse(action["id"]).run())
                    continue
                shown[menu.get_external_id()[menu.id].split(".")[1]] = open_action(env, action)
        return shown

    def test_every_role_opens_every_screen_of_its_menus_and_sees_what_it_may(self):
        everything = {role: self.open_everything(role) for role in ROLES}
        for role, shown in everything.items():
            with self.subTest(role=role):
                self.assertGreaterEqual(len(shown), 9)
                self.assertTrue(shown["menu_dashboard"])
                self.assertEqual(shown["menu_subscription"], 2 if role == "own" else self.count("recurring.subscription"))
                self.assertEqual(shown["menu_issue"], self.count("recurring.billing.issue"))
                self.assertEqual(shown["menu_period"], 1 if role == "own" else self.count("recurring.period"))

    def count(self, model):
        return self.env[model].search_count([("company_id", "=", self.company.id)])

    def test_menus_follow_the_role(self):
        root = self.env.ref("recurring_billing.menu_root")
        for role in ("own", "all", "collections", "auditor", "billing"):
            names = {xml_id.split(".")[1] for xml_id in menus_of(self.env_of(role), root).get_external_id().values()}
            with self.subTest(role=role):
                self.assertNotIn("menu_plan", names)
                self.assertEqual("menu_bill_now" in names, role in ("own", "all", "billing"))
        managed = {xml_id.split(".")[1] for xml_id in menus_of(self.env_of("manager"), root).get_external_id().values()}
        self.assertLessEqual({"menu_plan", "menu_quick_offer", "menu_close_reason"}, managed)

    def test_nobody_else_sees_the_menu(self):
        root = self.env.ref("recurring_billing.menu_root")
        for groups in (["base.group_user"], ["sales_team.group_sale_manager"], ["account.group_account_readonly"]):
            user = self.make_user(f"only_{groups[0].split('.')[1]}", *groups)
            with self.subTest(groups=groups):
                self.assertNotIn(root.id, self.env(user=user)["ir.ui.menu"]._visible_menu_ids())

    def test_every_smart_button_opens_for_every_role_that_has_it(self):
        for role in ROLES:
            env = self.env_of(role)
            records = [self.posted, self.parked, self.run, self.posted.period_ids, self.issue(self.parked), self.posted.plan_id]
            for record in records:
                mine = env[record._name].browse(record.ids)
                if not mine.has_access("read"):
                    continue
                names = buttons(form_arch(mine), "action_open_")
                for name in names:
                    with self.subTest(role=role, button=f"{record._name}.{name}"):
                        env.invalidate_all()
                        self.open(env, getattr(mine, name)())

    def open(self, env, action):
        """Open the first view of what a button gives; the others open from the menus."""
        views = action.get("views") or [(False, "form")]
        return open_action(env, {**action, "views": views[:1]})

    def test_partner_and_invoice_show_their_smart_buttons_to_those_who_may_open_them(self):
        invoice = self.invoices(self.posted)
        for role in ("own", "all", "manager", "auditor", "billing", "collections"):
            env = self.env_of(role)
            for record in (self.posted.partner_id, invoice):
                mine = env[record._name].browse(record.ids)
                names = buttons(form_arch(mine), "action_open_recurring")
                charges = ["action_open_recurring_attempts"] if record == invoice else []
                with self.subTest(role=role, model=record._name):
                    self.assertEqual(sorted(set(names)), [*charges, "action_open_recurring_case", "action_open_recurring_subscriptions"])
                    self.assertEqual(mine.recurring_subscription_count, 1)
                    self.assertEqual(self.open(env, mine.action_open_recurring_subscriptions()), 1)

    def test_the_form_of_an_invoice_opens_for_a_user_without_our_roles(self):
        accountant = self.make_user("acc", "account.group_account_readonly", companies=self.company)
        env = self.env(user=accountant, context={"allowed_company_ids": self.company.ids})
        env.invalidate_all()
        self.open(env, {"res_model": "account.move", "views": [(False, "form")], "res_id": self.invoices(self.posted).id})
        self.open(env, {"res_model": "res.partner", "views": [(False, "form")], "res_id": self.posted.partner_id.id})

    def test_the_dashboard_opens_the_records_of_every_figure_for_every_role(self):
        for role in ROLES:
            env = self.env_of(role)
            cards = env["recurring.dashboard"].search([])
            self.assertTrue(cards)
            for card in cards:
                for figure in ("active", "mrr", "mrr_new", "mrr_lost", "due", "parked", "draft", "overdue", "invoiced", "received", "runs"):
                    with self.subTest(role=role, card=card.display_name, figure=figure):
                        action = card.with_context(figure=figure).action_open()
                        env[action["res_model"]].search(action["domain"]).read(["display_name"])


@tagged("post_install", "-at_install")
class TestButtons(TransactionCase):
    """A button gives its method the ids of records: a method of the model alone does not take them, and fails when pressed."""

    def pressed(self, node, model):
        """(model, method) of every button below a node of a view, in the lists inside it too."""
        for child in node:
            if child.tag in ("button", "a") and child.get("type") == "object" and child.get("name"):
                yield model, child.get("name")
            field = self.env[model]._fields.get(child.get("name")) if child.tag == "field" else None
            inner = field.comodel_name if field is not None and field.comodel_name and len(child) else model
            yield from self.pressed(child, inner)

    def test_every_button_takes_the_records_it_stands_on(self):
        ids = self.env["ir.model.data"].search([("module", "=", "recurring_billing"), ("model", "=", "ir.ui.view")]).mapped("res_id")
        views = self.env["ir.ui.view"].browse(ids).filtered(lambda view: view.model in self.env)
        found = {
            (model, name)
            for view in views
            for model, name in self.pressed(etree.fromstring(view.arch), view.model)
            if hasattr(self.env[model], name)
        }
        self.assertIn(("recurring.self.check", "action_check_now"), found)
        wrong = [pair for pair in sorted(found) if getattr(getattr(type(self.env[pair[0]]), pair[1]), "_api_model", False)]
        self.assertFalse(wrong)
