"""Who sees what was arranged with customers: own customers, all, nothing of other companies, nothing in the portal."""

from odoo.exceptions import AccessError

from .arranging import ArrangingCase


class TestArrangementRights(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.company.recurring_write_off_account_id = self.loss
        self.invoice("2026-03-02", 300.0)
        self.invoice("2026-04-01", 200.0)
        self.case = self.case_of()
        self.agree("2026-07-01", self.case, count=2, first_date="2026-07-10")
        self.lost = self.make_partner("Lost")
        self.invoice("2026-03-02", 80.0, self.lost)
        self.dialog("2026-07-01", self.case_of(self.lost), "action_dispute", reason="No")
        self.invoice("2026-03-03", 70.0, self.lost)
        self.promise("2026-07-01", self.case_of(self.lost), "2026-07-05")

    MODELS = ("recurring.promise", "recurring.agreement", "recurring.agreement.instalment", "recurring.agreement.part", "recurring.dispute")

    def seen(self, user, companies=None):
        env = self.env(user=user, context={**self.env.context, "allowed_company_ids": (companies or self.company).ids})
        return {model: env[model].search_count([]) for model in self.MODELS}

    def test_the_auditor_reads_everything_and_changes_nothing(self):
        auditor = self.make_user("auditor", "recurring_billing.group_auditor")
        self.assertEqual(self.seen(auditor), {model: self.env[model].search_count([]) for model in self.MODELS})
        self.assertTrue(all(self.seen(auditor).values()))
        with self.assertRaises(AccessError):
            self.press("2026-07-02", self.env["recurring.agreement"].search([], limit=1), "action_undo", user=auditor)
        with self.assertRaises(AccessError):
            self.dialog("2026-07-02", self.case, "action_hold", user=auditor, until="2026-07-05", reason="No")

    def test_a_seller_sees_what_concerns_own_customers_only(self):
        seller = self.make_user("seller", "recurring_billing.group_user")
        self.assertEqual(set(self.seen(seller).values()), {0})
        self.ana.user_id = seller
        found = self.seen(seller)
        self.assertEqual((found["recurring.agreement"], found["recurring.agreement.instalment"], found["recurring.dispute"]), (1, 2, 0))

    def test_nothing_of_another_company(self):
        other = self.make_user("other", "recurring_billing.group_collections", "account.group_account_invoice", companies=self.company_eur)
        self.assertEqual(set(self.seen(other, self.company_eur).values()), {0})

    def test_customers_of_the_portal_have_no_access(self):
        portal = self.make_user("portal", "base.group_portal")
        for model in (*self.MODELS, "recurring.write.off"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])

    def test_open_credits_are_told_before_anything_is_arranged(self):
        self.invoice("2026-03-04", 90.0, self.lost)
        with self.committing("2026-06-01") as env:
            payment = env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.lost.id,
                    "amount": 30.0,
                    "journal_id": self.bank.id,
                }
            )
            payment.action_post()
        with self.committing("2026-07-01", self.carla) as env:
            wizard = env["recurring.agreement.make"].create({"case_id": self.case_of(self.lost).id})
            self.assertEqual(wizard.credit, 30.0)
