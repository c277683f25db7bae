"""Dialogs opened by RPC, names that are no names, addresses, and policies that are duplicated."""

import contextlib

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .messaging import MessagingCommon

DIALOGS = {
    "recurring.promise.make": {"date": "2026-03-20"},
    "recurring.agreement.make": {},
    "recurring.dispute.open": {"reason": "?", "answer_by": "2026-03-20"},
    "recurring.case.hold": {"until": "2026-03-20", "reason": "?"},
    "recurring.dunning.call": {},
    "recurring.dunning.write": {"channel": "email"},
    "recurring.dunning.try": {},
    "recurring.dunning.hand.over": {},
}


@tagged("post_install", "-at_install")
class TestDialogsByRpc(MessagingCommon):
    def test_dialogs_about_a_case_tell_nothing_to_another_company(self):
        self.owe(123.45, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        case = self.case(self.ana)
        abroad = self.make_user("abroad", "recurring_billing.group_collections", companies=self.company_eur)
        env = self.env(
            user=abroad, context={"allowed_company_ids": self.company_eur.ids, "recurring_today": fields.Date.to_date("2026-03-11")}
        )
        text = self.env.ref("recurring_billing.template_overdue_friendly")
        for model, values in DIALOGS.items():
            values = dict(values)
            fields_ = env[model]._fields
            if "case_ids" in fields_:
                values["case_ids"] = [case.id]
                values["user_id"] = abroad.id
            else:
                values["case_id"] = case.id
            if "template_id" in fields_:
                values["template_id"] = text.id
            said = ""
            with contextlib.suppress(AccessError, UserError):
                dialog = env[model].create(values)
                for name, field in fields_.items():
                    if field.type in ("many2one", "many2many", "one2many"):
                        continue
                    try:
                        said += f" {name}={dialog.read([name])[0][name]}"
                    except (AccessError, UserError):
                        self.env.invalidate_all()
            with self.subTest(model):
                self.assertNotIn("123", said)
                self.assertNotIn("Ana", said)
                self.assertNotIn("555", said)
                self.assertNotIn("ana@", said)

    def test_names_are_no_headers_and_no_templates(self):
        self.ana.name = "Ana {amount} <t t-out='1+1'/>\nBcc: eve@example.com"
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        with self.mail_server() as took:
            self.let_go("2026-03-11")
        self.assertEqual(self.said(self.ana).mapped("state"), ["sent"], self.said(self.ana).mapped("error"))
        self.assertEqual(len(took), 1)
        self.assertNotIn("Bcc", took[0])
        self.assertIn("ana@example.com", took[0]["To"])

    def test_all_addresses_of_a_customer_are_written_to(self):
        self.ana.email = "money@example.com; ana@example.com"
        self.owe(100, "2026-03-10", partner=self.ana)
        self.dun("2026-03-11")
        with self.mail_server() as took:
            self.let_go("2026-03-11")
        self.assertIn("money@example.com", took[0]["To"])
        self.assertIn("ana@example.com", took[0]["To"])

    def test_a_policy_can_be_duplicated(self):
        """The block of the copy needs the notice of the copy."""
        copied = self.policy.copy({"name": "Gentle"})
        block = copied.step_ids.filtered("requires_step_id")
        self.assertEqual(block.mapped("offset_days"), [30])
        self.assertEqual((block.requires_step_id.policy_id, block.requires_step_id.offset_days), (copied, 15))
        self.assertEqual(len(copied.step_ids), len(self.policy.step_ids))
