"""A dialog tells only what who opened it may read, whatever record or company a request names: another company's, a colleague's."""

import contextlib

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .fees import FeeCase

DAY = "2026-03-25"


@tagged("post_install", "-at_install")
class TestDialogsOfOthers(FeeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.abroad = cls.make_user(
            "abroad",
            "recurring_billing.group_collections",
            "recurring_billing.group_manager",
            "account.group_account_invoice",
            companies=cls.company_eur,
        )

    def setUp(self):
        super().setUp()
        self.invoice = self.owe(partner=self.make_partner("Ana Prado"))

    def dialog_of(self, user, model):
        context = {"allowed_company_ids": user.company_ids.ids, "recurring_today": fields.Date.to_date(DAY)}
        self.env.invalidate_all()
        return self.env(user=user, context=context)[model]

    def told(self, user, model, values, names):
        """What a dialog says of these fields: while it is filled in, each asked for alone, and after it was kept."""
        said = []
        for name in names:
            with contextlib.suppress(AccessError, UserError, ValueError):
                found = self.dialog_of(user, model).onchange(dict(values), list(values), {each: {} for each in {*values, name}})
                said.append(found["value"].get(name))
            with contextlib.suppress(AccessError, UserError), self.cr.savepoint():
                dialog = self.dialog_of(user, model).create(values)
                said.append(dialog.read([name])[0][name])
        return [each for each in said if each]

    def test_related_fields_of_dialogs_are_read_with_the_rights_of_who_asks(self):
        """By default Odoo reads them with all rights. What the dialog itself, its parent or its company says is no secret."""
        open_doors = [
            f"{model}.{name}"
            for model, kind in self.env.registry.items()
            if kind._transient and model.startswith("recurring.")
            for name, field in kind._fields.items()
            if field.related and field.compute_sudo and not field.inherited
            if field.related.split(".")[0] not in ("company_id", "wizard_id")
        ]
        self.assertFalse(open_doors)

    def test_the_counter_tells_nothing_of_another_company(self):
        values = {"company_id": self.company.id, "partner_id": self.invoice.partner_id.id}
        self.assertFalse(self.told(self.abroad, "recurring.counter", values, ("line_ids", "due_total", "amount", "warning")))
        values = {"partner_id": self.invoice.partner_id.id, "line_ids": [[0, 0, {"move_id": self.invoice.id, "is_chosen": True}]]}
        self.assertFalse(self.told(self.abroad, "recurring.counter", values, ("due_total", "amount", "warning")))

    def test_a_line_of_the_counter_tells_nothing_of_another_company(self):
        values = {"counter_id": self.dialog_of(self.abroad, "recurring.counter").create({}).id, "move_id": self.invoice.id}
        self.assertFalse(self.told(self.abroad, "recurring.counter.line", values, ("residual", "fees", "total", "due_date", "to_pay_now")))

    def test_cards_booklets_and_one_offs_of_another_company_stay_there(self):
        subscription = self.invoice.recurring_subscription_ids
        asked = {
            "recurring.charge.card": ({"subscription_id": subscription.id}, ("link",)),
            "recurring.charge.switch": ({"company_id": self.company.id}, ("summary", "line_ids")),
            "recurring.booklet.print": ({"subscription_ids": [[6, 0, subscription.ids]]}, ("summary", "slip_ids")),
            "recurring.one.off.add": (
                {"subscription_ids": [[6, 0, subscription.ids]], "kind": "days", "name": "Outage"},
                ("line_ids", "count"),
            ),
        }
        for model, (values, names) in asked.items():
            with self.subTest(model):
                self.assertFalse(self.told(self.abroad, model, values, names))

    def test_a_salesperson_does_not_read_prices_of_a_colleague(self):
        subscription = self.invoice.recurring_subscription_ids
        subscription.user_id = self.make_user("colleague", "recurring_billing.group_user", companies=self.company)
        seller = self.make_user("seller", "recurring_billing.group_user", companies=self.company)
        mine = self.subscribe(DAY, user_id=seller.id)
        wizard = self.dialog_of(seller, "recurring.change.wizard").create({"subscription_id": mine.id})
        values = {"wizard_id": wizard.id, "line_id": subscription.line_ids.id}
        self.assertFalse(self.told(seller, "recurring.change.wizard.price", values, ("present", "quantity")))
        values["line_id"] = mine.line_ids.id
        self.assertEqual(self.told(seller, "recurring.change.wizard.price", values, ("present",)), [mine.line_ids.price_unit] * 2)
