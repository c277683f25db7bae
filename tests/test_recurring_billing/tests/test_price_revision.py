"""Yearly price revisions, told by date: found, looked at, told to the customers, billed, undone."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import RecurringCommon

IPCA_2025 = ["0.16", "1.31", "0.56", "0.43", "0.26", "0.24", "0.26", "-0.11", "0.48", "0.09", "0.18", "0.33"]


class RevisionCommon(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("reviser", "recurring_billing.group_manager")
        cls.index = cls.env["recurring.price.index"].create({"name": "Test Index"})

    def know(self, year, values):
        """Values of the index, from January on."""
        self.env["recurring.price.index.value"].create(
            [{"index_id": self.index.id, "month": f"{year}-{n:02}-01", "value": float(value)} for n, value in enumerate(values, 1)]
        )

    def make_percent_plan(self, percent=5.0, **values):
        return self.make_plan(revision_kind="percent", revision_percent=percent, **values)

    def make_index_plan(self, **values):
        return self.make_plan(**{"revision_kind": "index", "revision_index_id": self.index.id, "revision_lag": 2, **values})

    def bill_year(self, subscription, until):
        """Bill what is due up to a day, all at once, as if every run had been missed."""
        self.bill(until, subscription)
        issue = self.issue(subscription)
        if issue:
            self.press(until, issue, "action_confirm_catch_up")
        return self.invoices(subscription)

    def prepare(self, day, plans=None, **values):
        """A previewed revision, as a manager makes it in the form."""
        with self.committing(day, self.manager, self.company) as env:
            form = Form(env["recurring.price.revision"])
            for plan in plans or ():
                form.plan_ids.add(plan.with_env(env))
            for name, value in values.items():
                setattr(form, name, value)
            revision_id = form.save().id
        revision = self.env["recurring.price.revision"].browse(revision_id)
        self.press(day, revision, "action_preview", user=self.manager, companies=self.company)
        return revision

    def confirm(self, day, revision):
        return self.press(day, revision, "action_confirm", user=self.manager, companies=self.company)

    def undo(self, day, revision):
        return self.press(day, revision, "action_undo", user=self.manager, companies=self.company)

    def row(self, revision, subscription):
        return revision.line_ids.filtered(lambda row: row.subscription_id == subscription)

    def last_invoice(self, day, subscription):
        """What a run of the day bills: (untaxed, type) of each document."""
        moves = self.bill(day, subscription).move_ids.sorted("id")
        self.assertTrue(all(move.state == "posted" for move in moves))
        return [(move.amount_untaxed, move.move_type) for move in moves]

    def assertPreview(self, revision, subscription, old, new, day, reason=False):
        row = self.row(revision, subscription)
        self.assertEqual(
            (row.old_price, row.new_price if row.included else row.old_price, str(row.date_effective), row.reason, row.included),
            (old, new, day, reason, not reason),
        )


@tagged("post_install", "-at_install")
class TestPriceRevision(RevisionCommon):
    def test_a_percentage_is_told_in_march_and_billed_from_april(self):
        plan = self.make_percent_plan(5.0)
        subscription = self.subscribe("2025-04-10", 249.95, plan=plan)
        self.press("2026-03-10", subscription, "write", {"catch_up_confirmed_until": "2026-03-10"})
        self.bill("2026-03-10", subscription)
        self.assertAlmostEqual(sum(self.invoices(subscription).mapped("amount_untaxed")), 2999.40)  # 12 months of 249.95
        revision = self.prepare("2026-03-11", [plan])
        # 30 days' notice: 10 April, the anniversary. 249.95 × 1.05 = 262.4475.
        self.assertPreview(revision, subscription, 249.95, 262.45, "2026-04-10")
        self.assertEqual((revision.old_mrr, revision.new_mrr, revision.mrr_difference), (249.95, 262.45, 12.50))
        self.confirm("2026-03-11", revision)
        self.assertEqual((revision.state, self.row(revision, subscription).state), ("confirmed", "done"))
        self.assertEqual(str(subscription.last_revision_date), "2026-04-10")
        self.assertEqual(str(subscription.next_revision_date), "2027-04-10")
        self.assertEqual(self.row(revision, subscription).change_id.kind, "revision")
        self.assertNothingBilled(self.bill("2026-04-09", subscription))
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(262.45, "out_invoice")])
        with self.committing("2026-04-10") as env:
            env["recurring.price.revision.run"].run_scheduled()
        self.assertEqual(revision.state, "applied")

    def test_an_index_is_capped_and_rounded(self):
        self.know(2025, IPCA_2025)
        plan = self.make_index_plan(revision_cap=4.0, revision_rounding="x.90")
        subscription = self.subscribe("2025-02-01", 99.90, plan=plan)
        revision = self.prepare("2026-01-02", [plan])
        # The twelve months up to December make 4.26 %, the cap is 4: 99.90 × 1.04 = 103.896, which ends in 103.90.
        self.assertAlmostEqual(self.index.year_percent, 4.26, 2)
        self.assertPreview(revision, subscription, 99.90, 103.90, "2026-02-01")
        row = self.row(revision, subscription)
        self.assertEqual((row.percent, str(row.index_from), str(row.index_to)), (4.0, "2025-01-01", "2025-12-01"))
        self.confirm("2026-01-02", revision)
        self.press("2026-02-01", subscription, "write", {"catch_up_confirmed_until": "2026-02-01"})
        self.assertEqual(self.last_invoice("2026-02-01", subscription)[-1], (103.90, "out_invoice"))

    def test_an_index_and_a_fixed_percentage_are_added(self):
        self.know(2025, IPCA_2025)
        plan = self.make_index_plan(revision_percent=2.0)
        subscription = self.subscribe("2025-02-01", 100.0, plan=plan)
        revision = self.prepare("2026-01-02", [plan])
        self.assertPreview(revision, subscription, 100.0, 106.26, "2026-02-01")  # 4.26 + 2

    def test_a_negative_index_does_not_cut_prices(self):
        self.know(2025, ["-0.30"] * 12)
        plan = self.make_index_plan()
        subscription = self.subscribe("2025-02-01", 100.0, plan=plan)
        revision = self.prepare("2026-01-02", [plan])
        self.assertPreview(revision, subscription, 100.0, 100.0, "2026-02-01", "same")
        with self.assertRaisesRegex(UserError, "no price to change"):
            self.confirm("2026-01-02", revision)
        plan.revision_floor = -10.0
        self.press("2026-01-02", revision, "action_preview", user=self.manager)
        # 0.997 ^ 12 = 0.964589…
        self.assertPreview(revision, subscription, 100.0, 96.46, "2026-02-01")

    def test_a_missing_month_is_named_and_the_revision_waits_for_it(self):
        self.know(2025, IPCA_2025[:10])
        plan = self.make_index_plan()
        subscription = self.subscribe("2025-02-01", 100.0, plan=plan)
        revision = self.prepare("2026-01-02", [plan])
        self.assertPreview(revision, subscription, 100.0, 100.0, "2026-02-01", "index")
        self.assertEqual(self.row(revision, subscription).reason_detail, "Test Index of Nov 2025, Dec 2025 is missing")
        with self.assertRaisesRegex(UserError, "Nov 2025, Dec 2025 is missing"):
            self.press("2026-01-02", self.row(revision, subscription), "action_include", user=self.manager)
        self.env["recurring.price.index.value"].create(
            [{"index_id": self.index.id, "month": month, "value": value} for month, value in (("2025-11-01", 0.18), ("2025-12-01", 0.33))]
        )
        self.press("2026-01-02", revision, "action_preview", user=self.manager)
        self.assertPreview(revision, subscription, 100.0, 104.26, "2026-02-01")

    def test_only_what_is_due_is_revised(self):
        plan = self.make_percent_plan()
        old, young = self.subscribe("2025-04-10", plan=plan), self.subscribe("2025-09-10", plan=plan)
        other = self.subscribe("2024-01-10")  # its plan never revises
        revision = self.prepare("2026-03-11")
        mine = revision.line_ids.subscription_id & (old | young | other)
        self.assertEqual(mine, old)
        self.assertGreaterEqual(revision.not_due_count, 1)
        self.confirm("2026-03-11", revision)
        self.assertNotIn(old, self.prepare("2026-04-20", [plan]).line_ids.subscription_id)

    def test_chosen_subscriptions_show_why_they_are_left_out(self):
        plan = self.make_percent_plan()
        product = self.make_product()
        young = self.subscribe("2025-09-10", plan=plan)
        ending = self.subscribe("2025-01-10", plan=plan, end_date="2026-04-05")
        paused = self.subscribe("2025-01-10", plan=plan)
        self.env["recurring.subscription.change"].with_env(self.at("2026-02-01")).pause(paused.line_ids, paused.start_date)
        agreed = self.subscribe("2025-01-10", plan=plan, line={"fixed_total": 1200.0, "fixed_periods": 24})
        metered = self.subscribe("2025-01-10", plan=plan, line={"billing_type": "usage"})
        added = self.subscribe("2025-01-10", plan=plan)
        with self.committing("2026-02-01") as env:
            env["recurring.subscription"].browse(added.id).write(
                {"line_ids": [(0, 0, {"product_id": product.id, "price_unit": 10.0, "date_start": "2026-02-10"})]}
            )
        everybody = young | ending | paused | agreed | metered | added
        with self.committing("2026-03-11", self.manager, self.company) as env:
            action = env["recurring.subscription"].browse(everybody.ids).action_revise_prices()
        revision = self.env["recurring.price.revision"].browse(action["res_id"])
        reasons = {row.subscription_id: row.reason for row in revision.line_ids - self.row(revision, added)}
        self.assertEqual(reasons, {young: "not_due", ending: "closing", paused: "paused", agreed: "fixed", metered: "usage"})
        self.assertEqual(sorted(str(row.reason) for row in self.row(revision, added)), ["False", "recent"])
        # A person may include the paused one and what is not due yet; no one can include what ends.
        self.press("2026-03-11", self.row(revision, paused), "action_include", user=self.manager)
        with self.assertRaisesRegex(UserError, "ends on"):
            self.press("2026-03-11", self.row(revision, ending), "action_include", user=self.manager)

    def test_a_price_given_in_the_preview_is_billed_and_outlives_an_update(self):
        plan = self.make_percent_plan()
        subscription, spared = self.subscribe("2025-04-10", 100.0, plan=plan), self.subscribe("2025-04-10", 80.0, plan=plan)
        revision = self.prepare("2026-03-11", [plan])
        with (
            self.committing("2026-03-11", self.manager, self.company) as env,
            Form(env["recurring.price.revision"].browse(revision.id)) as form,
        ):
            rows = [row["subscription_id"] for row in form.line_ids._records]
            with form.line_ids.edit(rows.index(subscription.id)) as row:
                row.new_price = 103.0
            with form.line_ids.edit(rows.index(spared.id)) as row:
                row.included = False
        self.press("2026-03-11", revision, "action_preview", user=self.manager)
        self.assertEqual((self.row(revision, subscription).new_price, self.row(revision, subscription).percent), (103.0, 3.0))
        self.assertFalse(self.row(revision, spared).included)
        self.confirm("2026-03-11", revision)
        for each in subscription | spared:
            self.press("2026-04-10", each, "write", {"catch_up_confirmed_until": "2026-04-10"})
        self.assertEqual(self.last_invoice("2026-04-10", subscription)[-1], (103.0, "out_invoice"))
        self.assertEqual(self.last_invoice("2026-04-10", spared)[-1], (80.0, "out_invoice"))
        with self.assertRaisesRegex(UserError, "was confirmed"):
            self.press("2026-04-10", self.row(revision, subscription), "write", {"new_price": 1.0}, user=self.manager)

    def test_a_preview_of_another_day_is_made_anew_first(self):
        plan = self.make_percent_plan()
        subscription = self.subscribe("2025-04-10", 100.0, plan=plan)
        revision = self.prepare("2026-03-11", [plan])
        notice = self.confirm("2026-03-15", revision)
        self.assertEqual((revision.state, notice["tag"]), ("draft", "display_notification"))
        self.assertPreview(revision, subscription, 100.0, 105.0, "2026-05-10")  # 30 days from the 15th are past 10 April
        self.confirm("2026-03-15", revision)
        self.assertEqual(revision.state, "confirmed")

    def test_undone_before_it_counts_nothing_is_left(self):
        plan = self.make_percent_plan()
        subscription = self.subscribe("2025-04-10", 100.0, plan=plan)
        self.press("2026-03-10", subscription, "write", {"catch_up_confirmed_until": "2026-03-10"})
        self.bill("2026-03-10", subscription)
        revision = self.prepare("2026-03-11", [plan])
        self.confirm("2026-03-11", revision)
        self.assertEqual(len(subscription.line_ids), 2)
        self.undo("2026-03-20", revision)
        self.assertEqual((revision.state, self.row(revision, subscription).state), ("undone", "undone"))
        self.assertEqual((len(subscription.line_ids), subscription.last_revision_date), (1, False))
        self.assertEqual(str(subscription.next_revision_date), "2026-04-10")
        self.assertEqual(self.row(revision, subscription).change_id.state, "withdrawn")
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(100.0, "out_invoice")])

    def test_undone_after_it_was_billed_the_next_run_credits_the_difference(self):
        plan = self.make_percent_plan(credit_way="credit_note")
        subscription = self.subscribe("2025-04-10", 100.0, plan=plan, last_revision_date="2025-04-10")
        self.press("2026-03-10", subscription, "write", {"catch_up_confirmed_until": "2026-03-10"})
        self.bill("2026-03-10", subscription)
        revision = self.prepare("2026-03-11", [plan])
        self.confirm("2026-03-11", revision)
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(105.0, "out_invoice")])
        self.undo("2026-04-15", revision)
        self.assertEqual(str(subscription.last_revision_date), "2025-04-10")
        # Nobody paid yet: the invoice of April is credited whole, and made at the old price.
        self.assertEqual(sorted(self.last_invoice("2026-04-15", subscription)), [(100.0, "out_invoice"), (105.0, "out_refund")])
        self.assertEqual(self.last_invoice("2026-05-10", subscription), [(100.0, "out_invoice")])
        self.assertNothingBilled(self.bill("2026-05-11", subscription))

    def test_one_price_taken_back_from_the_list_of_changes(self):
        plan = self.make_percent_plan()
        subscription, other = self.subscribe("2025-04-10", 100.0, plan=plan), self.subscribe("2025-04-10", 100.0, plan=plan)
        revision = self.prepare("2026-03-11", [plan])
        self.confirm("2026-03-11", revision)
        self.press("2026-03-12", self.row(revision, subscription).change_id, "action_withdraw")
        self.assertEqual((self.row(revision, subscription).state, self.row(revision, other).state), ("undone", "done"))
        self.assertEqual((subscription.last_revision_date, self.row(revision, subscription).notice_id.state), (False, "void"))

    def test_many_prices_cost_no_more_queries_each_than_few(self):
        plan = self.make_percent_plan()

        def queries_each(count):
            for _n in range(count):
                self.subscribe("2025-04-10", 100.0, plan=plan)
            revision = self.prepare("2026-03-11", [plan])
            self.assertEqual(revision.line_count, count)
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.confirm("2026-03-11", revision)
            return (self.cr.sql_log_count - before) / count

        queries_each(2)  # warms Odoo's caches
        few, many = queries_each(5), queries_each(30)
        self.assertLess(many, few)
        self.assertLess(many, 40)

    def test_a_quantity_that_came_after_stays_when_the_revision_is_undone(self):
        plan = self.make_percent_plan()
        subscription = self.subscribe("2025-04-10", 100.0, plan=plan)
        self.press("2026-03-10", subscription, "write", {"catch_up_confirmed_until": "2026-03-10"})
        self.bill("2026-03-10", subscription)
        revision = self.prepare("2026-03-11", [plan])
        self.confirm("2026-03-11", revision)
        change = self.env["recurring.subscription.change"].with_env(self.at("2026-03-12"))
        change.reprice(subscription.line_ids[-1:], fields.Date.to_date("2026-05-10"), {"quantity": 2.0})
        self.undo("2026-03-20", revision)
        self.assertEqual(self.row(revision, subscription).state, "undone")
        self.assertEqual(self.last_invoice("2026-04-10", subscription), [(100.0, "out_invoice")])
        self.assertEqual(self.last_invoice("2026-05-10", subscription), [(200.0, "out_invoice")])

    def test_what_was_repriced_after_stays_and_the_others_are_undone(self):
        plan = self.make_percent_plan()
        repriced, plain = self.subscribe("2025-04-10", 100.0, plan=plan), self.subscribe("2025-04-10", 100.0, plan=plan)
        revision = self.prepare("2026-03-11", [plan])
        self.confirm("2026-03-11", revision)
        change = self.env["recurring.subscription.change"].with_env(self.at("2026-03-12"))
        change.reprice(repriced.line_ids[-1:], fields.Date.to_date("2026-05-10"), {"price_unit": 90.0})
        self.undo("2026-03-20", revision)
        self.assertEqual((self.row(revision, plain).state, self.row(revision, repriced).state), ("undone", "failed"))
        self.assertIn("changed again", self.row(revision, repriced).problem)

    def test_what_is_billed_ahead_keeps_its_price(self):
        plan = self.make_percent_plan()
        subscription = self.subscribe("2025-04-10", 100.0, plan=plan)
        self.press("2026-03-10", subscription, "write", {"catch_up_confirmed_until": "2026-03-10"})
        self.bill("2026-03-10", subscription, horizon="2026-06-10")
        revision = self.prepare("2026-03-11", [plan])
        self.assertPreview(revision, subscription, 100.0, 105.0, "2026-07-10")

    def test_a_price_changed_since_the_preview_is_not_revised(self):
        plan = self.make_percent_plan()
        subscription, plain = self.subscribe("2025-04-10", 100.0, plan=plan), self.subscribe("2025-04-10", 100.0, plan=plan)
        revision = self.prepare("2026-03-11", [plan])
        change = self.env["recurring.subscription.change"].with_env(self.at("2026-03-11"))
        change.reprice(subscription.line_ids, fields.Date.to_date("2026-03-15"), {"price_unit": 90.0})
        self.confirm("2026-03-11", revision)
        self.assertEqual((self.row(revision, subscription).state, self.row(revision, plain).state), ("failed", "done"))
        self.assertEqual(revision.failed_count, 1)

    def test_many_are_done_in_the_background_and_a_stopped_job_goes_on(self):
        plan = self.make_percent_plan()
        subscriptions = self.env["recurring.subscription"]
        for _n in range(5):
            subscriptions |= self.subscribe("2025-04-10", 100.0, plan=plan)
        run = "odoo.addons.recurring_billing.services.price_revision_run"
        revision = self.prepare("2026-03-11", [plan])
        with patch.multiple(run, AT_ONCE=3, CHUNK=2):
            self.confirm("2026-03-11", revision)
            self.assertEqual((revision.job, revision.progress, set(revision.line_ids.mapped("state"))), ("apply", 0.0, {"pending"}))
            with self.committing("2026-03-11") as env:
                env["recurring.price.revision.run"]._chunk_in_transaction(revision.id, subscriptions[:2].ids)
            self.assertEqual(revision.done_count, 2)
            for _again in range(2):
                with self.committing("2026-03-11") as env:
                    env["recurring.price.revision.run"].run_scheduled()
        self.assertEqual((revision.job, revision.progress, revision.done_count), (False, 100.0, 5))
        self.assertEqual([len(each.line_ids) for each in subscriptions], [2] * 5)
        with patch.multiple(run, AT_ONCE=3, CHUNK=2):
            self.undo("2026-03-12", revision)
            with self.committing("2026-03-12") as env:
                env["recurring.price.revision.run"].run_scheduled()
        self.assertEqual([len(each.line_ids) for each in subscriptions], [1] * 5)
        self.assertEqual(set(revision.line_ids.mapped("state")), {"undone"})


@tagged("post_install", "-at_install")
class TestRevisionNotices(RevisionCommon):
    def mails(self, revision):
        return self.env["mail.mail"].search([("model", "=", "recurring.price.revision.notice"), ("res_id", "in", revision.notice_ids.ids)])

    def test_notices_wait_until_sending_is_switched_on_and_tell_everything(self):
        plan = self.make_percent_plan()
        ana = self.make_partner("Ana", email="ana@example.com")
        silent = self.make_partner("Beto", email=False)
        subscription = self.subscribe("2025-04-10", 100.0, plan=plan, partner=ana)
        self.subscribe("2025-04-10", 100.0, plan=plan, partner=silent)
        revision = self.prepare("2026-03-11", [plan])
        self.confirm("2026-03-11", revision)
        self.assertEqual((revision.to_send_count, len(self.mails(revision))), (2, 0))
        self.press("2026-03-11", revision, "action_send_notices", user=self.manager)
        mail = self.mails(revision)
        self.assertEqual((mail.state, mail.recipient_ids, revision.to_send_count), ("outgoing", ana, 1))
        for words in (subscription.name, "$ 100.00", "$ 105.00", "04/10/2026", "right to cancel"):
            self.assertIn(words, mail.body_html.replace("\xa0", " "))
        self.press("2026-03-11", revision.notice_ids.filtered(lambda notice: notice.partner_id == silent), "action_told", user=self.manager)
        self.assertEqual(revision.to_send_count, 0)
        self.press("2026-03-11", revision, "action_send_notices", user=self.manager)
        self.assertEqual(len(self.mails(revision)), 1)

    def test_notices_leave_with_the_confirmation_where_sending_is_on(self):
        self.company.recurring_send = True
        self.know(2025, IPCA_2025)
        plan = self.make_index_plan()
        subscription = self.subscribe("2025-02-01", 100.0, plan=plan, partner=self.make_partner("Ana", email="ana@example.com"))
        revision = self.prepare("2026-01-02", [plan])
        self.confirm("2026-01-02", revision)
        body = self.mails(revision).body_html
        self.assertIn("4.2586 %" if "4.2586" in body else "4.26", body)
        self.assertIn("Test Index", body)
        self.assertIn("January 2025", body)
        self.assertEqual(self.row(revision, subscription).notice_id.state, "sent")


@tagged("post_install", "-at_install")
class TestRevisionRules(RevisionCommon):
    def test_in_brazil_more_often_than_yearly_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Lei 10.192"):
            self.make_percent_plan(company_id=self.company_brl.id, revision_months=6)
        plan = self.make_percent_plan(company_id=self.company.id, revision_months=6)
        warning = plan._onchange_revision_months()["warning"]
        self.assertIn("More often", warning["title"])

    def test_in_brazil_nobody_includes_what_is_not_due(self):
        plan = self.make_percent_plan()
        subscription = self.subscribe("2025-09-10", plan=plan, company_id=self.company_brl.id, currency_id=self.company_brl.currency_id.id)
        with self.committing("2026-03-11", self.manager, self.company_brl) as env:
            action = env["recurring.subscription"].browse(subscription.id).action_revise_prices()
        revision = self.env["recurring.price.revision"].browse(action["res_id"])
        self.assertEqual(revision.line_ids.reason, "not_due")
        with self.assertRaisesRegex(UserError, "cannot be included"):
            self.press("2026-03-11", revision.line_ids, "action_include", user=self.manager, companies=self.company_brl)

    def test_only_managers_revise_prices(self):
        plan = self.make_percent_plan()
        seller = self.make_user("seller", "recurring_billing.group_user_all")
        auditor = self.make_user("auditor", "recurring_billing.group_auditor")
        subscription = self.subscribe("2025-04-10", plan=plan)
        revision = self.prepare("2026-03-11", [plan])
        for user in (seller, auditor):
            for method in ("action_preview", "action_confirm"):
                with self.assertRaises(AccessError):
                    self.press("2026-03-11", revision, method, user=user)
            with self.assertRaises(AccessError):
                self.press("2026-03-11", self.row(revision, subscription), "write", {"new_price": 1.0}, user=user)
            self.assertTrue(revision.with_user(user).read(["name"]))
        self.confirm("2026-03-11", revision)
        for user in (seller, auditor):
            with self.assertRaises(AccessError):
                self.press("2026-03-11", revision, "action_undo", user=user)
            with self.assertRaises(UserError):
                self.press("2026-03-11", revision.notice_ids, "action_send", user=user)
        with self.assertRaises(AccessError):
            self.press("2026-03-11", subscription, "write", {"last_revision_date": "2020-01-01"}, user=seller)
        with self.assertRaises(AccessError):
            self.press("2026-03-11", revision, "write", {"state": "draft"}, user=self.manager)

    def test_another_company_sees_nothing(self):
        plan = self.make_percent_plan()
        self.subscribe("2025-04-10", plan=plan)
        revision = self.prepare("2026-03-11", [plan])
        self.confirm("2026-03-11", revision)
        stranger = self.make_user("stranger", "recurring_billing.group_manager", companies=self.company_eur)
        for records in (revision, revision.line_ids, revision.notice_ids):
            self.assertFalse(
                self.env[records._name]
                .with_user(stranger)
                .with_context(allowed_company_ids=stranger.company_id.ids)
                .search([("id", "in", records.ids)])
            )
        own = self.make_user("own", "recurring_billing.group_user")
        revision.line_ids.subscription_id.user_id = self.manager
        self.assertFalse(self.env["recurring.price.revision.line"].with_user(own).search([("id", "in", revision.line_ids.ids)]))
