"""Usage is recorded once, for a line that runs on its day; what a unit costs is checked when it is written down."""

from contextlib import contextmanager
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import RecurringCommon

TIERS = ((1000, 1.5), (0, 2.0))


@tagged("post_install", "-at_install")
class UsageCommon(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calls = cls.make_product(1.5, name="Calls", default_code="CALLS")

    @classmethod
    def metered(cls, model="graduated", tiers=TIERS, **values):
        """The values of a metered line: 1,000 at 1.50, then 2.00, a basic fee of 30.00."""
        return {
            "product_id": cls.calls.id,
            "price_unit": 1.5,
            "billing_type": "usage",
            "usage_model": model,
            "usage_flat_fee": 30.0,
            "usage_tier_ids": [Command.create({"up_to": limit, "unit_price": price}) for limit, price in tiers],
            **values,
        }

    @classmethod
    def subscribe_metered(cls, start="2024-01-01", *, fixed=None, line=None, **values):
        """A subscription with a metered line, and a fixed one where its price is told."""
        lines = [cls.metered(**(line or {}))]
        if fixed is not None:
            lines.append({"product_id": cls.make_product(fixed).id, "price_unit": fixed})
        return cls.subscribe(start, lines=lines, **values)

    @contextmanager
    def refused(self, error, words):
        """What is refused leaves nothing behind."""
        with self.assertRaisesRegex(error, words), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    def use(self, subscription, day, quantity, on=None, **values):
        """Record usage, known on a day."""
        line = subscription.line_ids.filtered(lambda line: line.billing_type == "usage").sorted("date_start")[-1]
        usage = self.env["recurring.usage"].with_context(recurring_today=self.day(on or day))
        return usage.create({"line_id": line.id, "date": day, "quantity": quantity, **values})

    @staticmethod
    def day(text):
        return fields.Date.to_date(text)


@tagged("post_install", "-at_install")
class TestUsageRecords(UsageCommon):
    def test_a_record_knows_its_subscription_and_waits_to_be_billed(self):
        subscription = self.subscribe_metered()
        usage = self.use(subscription, "2024-01-10", 12.5)
        self.assertEqual((usage.subscription_id, usage.product_id, usage.partner_id), (subscription, self.calls, subscription.partner_id))
        self.assertEqual((usage.state, usage.company_id, str(usage.recorded_on)), ("to_bill", self.company, "2024-01-10"))
        self.assertEqual((subscription.is_metered, subscription.usage_count), (True, 1))

    def test_a_small_quantity_is_kept_to_six_digits(self):
        usage = self.use(self.subscribe_metered(), "2024-01-10", 0.123456)
        usage.invalidate_recordset()
        self.assertEqual(usage.quantity, 0.123456)
        self.assertEqual(usage.display_name, "[CALLS] Calls: 0.123456 (01/10/2024)")
        self.assertEqual(self.use(usage.subscription_id, "2024-01-10", 12345678).display_name, "[CALLS] Calls: 12,345,678 (01/10/2024)")

    def test_a_line_of_a_fixed_price_takes_no_usage(self):
        subscription = self.subscribe("2024-01-01")
        with self.refused(ValidationError, "has a fixed price per period"):
            self.env["recurring.usage"].create({"line_id": subscription.line_ids.id, "date": "2024-01-10", "quantity": 1})

    def test_a_subscription_that_does_not_run_takes_no_usage(self):
        subscription = self.subscribe_metered(activate=False)
        with self.refused(ValidationError, "does not run yet. Activate it"):
            self.use(subscription, "2024-01-10", 1)

    def test_usage_before_the_start_and_after_the_end_is_refused(self):
        subscription = self.subscribe_metered("2024-01-05", end_date="2024-03-10")
        self.assertTrue(self.use(subscription, "2024-01-05", 1) + self.use(subscription, "2024-03-10", 1))
        with self.refused(ValidationError, "starts on 01/05/2024, so nothing can have been used on 01/04/2024"):
            self.use(subscription, "2024-01-04", 1)
        with self.refused(ValidationError, "ended on 03/10/2024, so nothing can have been used on 03/11/2024"):
            self.use(subscription, "2024-03-11", 1)

    def test_a_closed_subscription_takes_usage_of_its_last_day_and_none_after_it(self):
        subscription = self.subscribe_metered()
        reason = self.env["recurring.close.reason"].search([], limit=1)
        wizard = self.env["recurring.close"].with_context(recurring_today=self.day("2024-01-20"))
        wizard.create({"subscription_ids": subscription.ids, "when": "date", "date": "2024-01-20", "reason_id": reason.id}).action_close()
        self.assertEqual(self.use(subscription, "2024-01-20", 1, on="2024-01-25").state, "to_bill")
        with self.refused(ValidationError, "ended on 01/20/2024"):
            self.use(subscription, "2024-01-25", 1)

    def test_usage_in_a_trial_is_recorded_and_costs_nothing(self):
        subscription = self.subscribe_metered(plan=self.make_plan(trial_count=10))
        self.assertEqual(self.use(subscription, "2024-01-10", 5).state, "outside")
        self.assertEqual(self.use(subscription, "2024-01-11", 5).state, "to_bill")

    def test_usage_billed_elsewhere_is_not_billed_again(self):
        subscription = self.subscribe_metered(line={"opening_until": "2024-01-15"})
        self.assertEqual(self.use(subscription, "2024-01-15", 5).state, "outside")
        self.bill("2024-02-01", subscription)
        self.assertEqual(subscription.period_ids.filtered(lambda row: row.kind == "usage").mapped("amount"), [30.0])

    def test_what_was_used_in_a_period_is_never_less_than_nothing(self):
        subscription = self.subscribe_metered()
        usage = self.use(subscription, "2024-01-10", 10)
        self.use(subscription, "2024-01-20", -10)
        with self.refused(ValidationError, "from 01/01/2024 to 01/31/2024 would add up to -1"):
            self.use(subscription, "2024-01-20", -1)
        with self.refused(ValidationError, "would add up to -1"):
            usage.quantity = 9
        with self.refused(ValidationError, "would add up to -10"):
            usage.unlink()

    def test_february_does_not_make_up_for_january(self):
        subscription = self.subscribe_metered()
        self.use(subscription, "2024-02-10", 10)
        with self.refused(ValidationError, "would add up to -5"):
            self.use(subscription, "2024-01-31", -5)

    def test_billed_usage_neither_changes_nor_goes(self):
        subscription = self.subscribe_metered()
        usage = self.use(subscription, "2024-01-10", 10)
        self.bill("2024-02-01", subscription)
        for vals in ({"quantity": 11}, {"date": "2024-01-11"}, {"idempotency_key": "other"}):
            with self.subTest(vals=vals), self.refused(UserError, "is billed, so it can neither change nor be deleted"):
                usage.write(vals)
        with self.refused(UserError, "is billed"):
            usage.unlink()
        usage.name = "Conference"

    def test_a_line_with_usage_is_not_deleted(self):
        subscription = self.subscribe_metered()
        usage = self.use(subscription, "2024-01-10", 10)
        with self.refused(UserError, "has usage, so it cannot be deleted"):
            subscription.line_ids.unlink()
        usage.unlink()
        subscription.line_ids.unlink()

    def test_an_import_names_the_subscription_and_the_product(self):
        subscription = self.subscribe_metered()
        rows = [[subscription.name, "CALLS", "2024-01-10", "12", "m-1"], [subscription.name, "CALLS", "2024-01-11", "3.5", "m-2"]]
        result = self.env["recurring.usage"].load(["subscription_id", "product_id", "date", "quantity", "idempotency_key"], rows)
        self.assertFalse(result["messages"])
        self.assertEqual(self.env["recurring.usage"].browse(result["ids"]).mapped("quantity"), [12.0, 3.5])
        self.assertEqual(subscription.usage_count, 2)

    def test_an_import_by_external_id_of_the_line(self):
        line = self.subscribe_metered().line_ids
        self.env["ir.model.data"].create({"module": "test", "name": "meter_7", "model": line._name, "res_id": line.id})
        result = self.env["recurring.usage"].load(["line_id/id", "date", "quantity"], [["test.meter_7", "2024-01-10", "4"]])
        self.assertFalse(result["messages"])
        self.assertEqual(line.usage_ids.quantity, 4.0)

    def test_an_import_without_a_metered_line_says_so(self):
        subscription = self.subscribe("2024-01-01")
        product = subscription.line_ids.product_id
        with self.refused(UserError, "has no line of Gym that is billed by usage"):
            self.env["recurring.usage"].create({"subscription_id": subscription.id, "product_id": product.id, "quantity": 1})

    @mute_logger("odoo.sql_db")
    def test_a_key_is_taken_once_in_a_company(self):
        subscription = self.subscribe_metered()
        self.use(subscription, "2024-01-10", 1, idempotency_key="m-1")
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            self.use(subscription, "2024-01-10", 1, idempotency_key="m-1")
        self.use(subscription, "2024-01-10", 1)
        self.use(subscription, "2024-01-10", 1)

    def test_what_billing_keeps_cannot_be_written(self):
        clerk = self.make_user("clerk", "account.group_account_invoice", companies=self.company)
        usage = self.use(self.subscribe_metered(), "2024-01-10", 1).with_user(clerk)
        for vals in ({"state": "billed"}, {"period_id": False}, {"recorded_on": "2023-01-01"}):
            with self.subTest(vals=vals), self.refused(AccessError, "kept by billing itself"):
                usage.write(vals)
        usage.quantity = 2


@tagged("post_install", "-at_install")
class TestUsageApi(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.make_user("clerk", "account.group_account_invoice", companies=cls.company)
        cls.subscription = cls.subscribe_metered()

    def record(self, *entries, user=None):
        usage = self.env["recurring.usage"].with_user(user or self.clerk)
        return usage.with_context(recurring_today=self.day("2024-01-31")).record(list(entries))

    def entry(self, **values):
        return {"line_id": self.subscription.line_ids.id, "date": "2024-01-10", "quantity": 3, "key": "m-1", **values}

    def test_a_repeated_call_gives_the_same_ids(self):
        first = self.record(self.entry(), self.entry(key="m-2"))
        self.assertEqual(self.record(self.entry(key="m-2"), self.entry()), first[::-1])
        self.assertEqual(self.subscription.usage_count, 2)

    def test_the_same_key_twice_in_one_call_is_one_record(self):
        first, second = self.record(self.entry(), self.entry())
        self.assertEqual((first, self.subscription.usage_count), (second, 1))

    def test_a_known_key_with_other_values_is_refused_and_nothing_is_recorded(self):
        self.record(self.entry())
        for other in ({"quantity": 4}, {"date": "2024-01-11"}, {"description": "Other"}):
            with self.subTest(other=other), self.refused(ValidationError, "Record 2: the key m-1 is taken by other usage: 3 on"):
                self.record(self.entry(key="m-9"), self.entry(**other))
        self.assertEqual(self.subscription.usage_count, 1)

    def test_a_key_of_another_line_is_refused(self):
        self.record(self.entry())
        other = self.subscribe_metered()
        with self.refused(ValidationError, "is taken by other usage"):
            self.record(self.entry(line_id=other.line_ids.id))

    def test_a_repetition_is_known_after_the_usage_was_billed_and_the_line_continued(self):
        ids = self.record(self.entry())
        self.bill("2024-02-01", self.subscription)
        self.subscription.line_ids.usage_flat_fee = 40.0
        self.assertEqual(len(self.subscription.line_ids), 2)
        for line in self.subscription.line_ids:
            again = {"line_id": line.id, "date": "2024-01-10", "quantity": 3, "key": "m-1"}
            self.assertEqual(self.record(again), ids)

    def test_records_without_a_key_are_always_new(self):
        first, second = self.record(self.entry(key=None), self.entry(key=None))
        self.assertNotEqual(first, second)

    def test_a_line_may_be_named_by_external_id_or_by_subscription_and_product(self):
        line = self.subscription.line_ids
        self.env["ir.model.data"].create({"module": "test", "name": "meter_8", "model": line._name, "res_id": line.id})
        number = {"line_id": None, "subscription": self.subscription.name, "product": "CALLS"}
        ids = self.record(self.entry(line_id="test.meter_8"), self.entry(key="m-2", **number))
        self.assertEqual(self.env["recurring.usage"].browse(ids).line_id, line)

    def test_each_mistake_is_named_with_the_number_of_its_record(self):
        mistakes = [
            ({"quantity": "3"}, "the quantity must be a number"),
            ({"quantity": True}, "the quantity must be a number"),
            ({"date": "soon"}, "the date must be given as 2026-01-31"),
            ({"date": None}, "the date must be given as 2026-01-31"),
            ({"line_id": 999999999}, "the subscription line 999999999 does not exist"),
            ({"line_id": "no.such"}, "the subscription line no.such does not exist"),
            ({"line_id": None}, "names its subscription line, or the subscription and the product"),
            ({"line_id": None, "subscription": self.subscription.name, "product": "NONE"}, "names its subscription line, or"),
            ({"amount": 3}, "amount is not known. A record has: date, description, key"),
        ]
        for values, words in mistakes:
            with self.subTest(values=values), self.refused(UserError, f"Record 2: .*{words}"):
                self.record(self.entry(), self.entry(**{"key": "m-2", **values}))
        self.assertFalse(self.subscription.usage_count)

    def test_a_record_is_an_object_and_records_are_a_list(self):
        with self.refused(UserError, "Record 1: a record is an object"):
            self.record("3 calls")
        with self.refused(UserError, "a list of records"):
            self.env["recurring.usage"].with_user(self.clerk).record({"quantity": 3})

    def test_who_may_record(self):
        seller = self.make_user("seller", "recurring_billing.group_user", companies=self.company)
        self.subscription.user_id = seller
        self.record(self.entry(), user=seller)
        for n, groups in enumerate(("recurring_billing.group_auditor", "recurring_billing.group_collections", "base.group_user")):
            user = self.make_user(f"other{n}", groups, companies=self.company)
            with self.subTest(groups=groups), self.refused(AccessError, "can record usage"):
                self.record(self.entry(key="m-2"), user=user)

    def test_a_salesperson_records_no_usage_of_others(self):
        seller = self.make_user("seller", "recurring_billing.group_user", companies=self.company)
        self.subscription.user_id = self.responsible
        with self.refused(UserError, "does not exist"):
            self.record(self.entry(), user=seller)
        self.assertFalse(self.subscription.usage_count)


@tagged("post_install", "-at_install")
class TestUsagePrices(UsageCommon):
    def test_a_metered_line_counts_neither_in_the_amount_per_period_nor_in_the_mrr(self):
        subscription = self.subscribe_metered(fixed=50.0)
        self.assertEqual((subscription.amount_untaxed, subscription.amount_total, subscription.mrr), (50.0, 50.0, 50.0))

    def test_the_price_of_usage_in_words(self):
        line = self.subscribe_metered(line={"usage_allowance": 100}).line_ids
        self.assertEqual(line.usage_label, "basic fee $\N{NO-BREAK SPACE}30.00, 100 included, up to 1,000: 1.50, above: 2.00")
        flat = self.subscribe_metered(line={"usage_model": "flat", "usage_flat_fee": 0, "usage_tier_ids": []}).line_ids
        self.assertEqual(flat.usage_label, "1.50")

    def test_prices_that_cannot_be_used_are_refused_in_words(self):
        mistakes = [
            ({"usage_tier_ids": []}, "there is no tier. Say what a unit costs"),
            ({"tiers": ((1000, 1.5), (900, 1.0), (900, 0.5))}, "the limit of each tier must be above the one before it"),
            ({"tiers": ((0, 1.5), (0, 1.0))}, "only one tier, the last, has no limit"),
            ({"tiers": ((10, 1.5), (20, 1.0))}, "the last tier must have no limit"),
            ({"usage_flat_fee": -1}, "the basic fee cannot be negative"),
            ({"usage_allowance": -1}, "the included quantity cannot be negative"),
            ({"model": "flat", "price_unit": -1}, "a price cannot be negative"),
            ({"usage_model": False}, "there is no tier"),
        ]
        for values, words in mistakes:
            with self.subTest(values=values), self.refused(ValidationError, words):
                self.subscribe_metered(line=values)

    def test_a_tier_edited_on_its_own_is_checked_too(self):
        line = self.subscribe_metered().line_ids
        with self.refused(ValidationError, "the last tier must have no limit"):
            line.usage_tier_ids[1].up_to = 2000
        with self.refused(ValidationError, "only one tier"):
            self.env["recurring.usage.tier"].create({"line_id": line.id, "unit_price": 1.0})

    def test_tiers_are_edited_together_in_the_form(self):
        line = self.subscribe_metered().line_ids
        first, last = line.usage_tier_ids
        commands = [
            Command.update(first.id, {"up_to": 500}),
            Command.update(last.id, {"up_to": 800}),
            Command.create({"up_to": 0, "unit_price": 3}),
        ]
        line.write({"usage_tier_ids": commands})
        self.assertEqual([(tier.up_to, tier.unit_price) for tier in line.usage_tier_ids], [(500, 1.5), (800, 2.0), (0, 3.0)])

    def test_a_new_price_of_billed_usage_counts_from_the_first_day_not_billed(self):
        subscription = self.subscribe_metered()
        line = subscription.line_ids
        self.bill("2024-02-01", subscription)
        first, last = line.usage_tier_ids
        line.write(
            {"usage_tier_ids": [Command.update(first.id, {"unit_price": 1.0}), Command.delete(last.id), Command.create({"unit_price": 4})]}
        )
        old, new = subscription.line_ids.sorted("date_start")
        self.assertEqual((str(old.date_end), str(new.date_start), new.lineage_id), ("2024-01-31", "2024-02-01", old.lineage_id))
        self.assertEqual([(tier.up_to, tier.unit_price) for tier in old.usage_tier_ids], [(1000, 1.5), (0, 2.0)])
        self.assertEqual([(tier.up_to, tier.unit_price) for tier in new.usage_tier_ids], [(1000, 1.0), (0, 4.0)])

    def test_the_same_price_written_again_continues_nothing(self):
        subscription = self.subscribe_metered()
        self.bill("2024-02-01", subscription)
        line = subscription.line_ids
        tier = line.usage_tier_ids[0]
        line.write({"usage_flat_fee": 30.0, "usage_tier_ids": [Command.update(tier.id, {"unit_price": 1.5})]})
        self.assertEqual(subscription.line_ids, line)

    def test_tiers_of_billed_usage_cannot_change_on_their_own(self):
        subscription = self.subscribe_metered()
        self.bill("2024-02-01", subscription)
        tiers = subscription.line_ids.usage_tier_ids
        for change in (lambda: tiers[0].write({"unit_price": 9}), lambda: tiers[0].unlink(), lambda: tiers[0].copy({"up_to": 5})):
            with self.refused(UserError, "was billed at these prices"):
                change()

    def test_how_a_billed_line_is_billed_cannot_change(self):
        subscription = self.subscribe_metered()
        self.bill("2024-02-01", subscription)
        with self.refused(UserError, "how it is billed cannot change"):
            subscription.line_ids.billing_type = "fixed"
        fixed = self.subscribe("2024-01-01")
        self.bill("2024-01-01", fixed)
        with self.refused(UserError, "how it is billed cannot change"):
            fixed.line_ids.billing_type = "usage"

    def test_what_goes_on_from_a_line_is_billed_the_same_way(self):
        subscription = self.subscribe_metered()
        line = subscription.line_ids
        line.date_end = "2024-01-31"
        values = {"subscription_id": subscription.id, "lineage_id": line.lineage_id.id, "date_start": "2024-02-01"}
        with self.refused(ValidationError, "goes on from another line, so it is billed the same way"):
            self.env["recurring.subscription.line"].create({**values, "product_id": self.calls.id})

    def test_a_line_is_found_by_its_subscription_and_its_customer(self):
        subscription = self.subscribe_metered(partner=self.make_partner("Zebra Telecom"))
        lines = self.env["recurring.subscription.line"].with_context(show_subscription=True)
        for words in (subscription.name, "Zebra Tele"):
            found = dict(lines.name_search(words, [("billing_type", "=", "usage")]))
            self.assertEqual(found, {subscription.line_ids.id: f"{subscription.name} · Zebra Telecom · [CALLS] Calls"})

    def test_discounts_for_some_periods_are_for_fixed_prices(self):
        subscription = self.subscribe_metered()
        with self.refused(ValidationError, "agreed totals and discounts for some periods are for fixed prices"):
            subscription.line_ids.discount_ids = [Command.create({"percent": 10, "periods": 2})]

    def test_a_copy_of_the_subscription_keeps_the_prices_and_not_the_usage(self):
        subscription = self.subscribe_metered()
        self.use(subscription, "2024-01-10", 10)
        copied = subscription.copy()
        self.assertEqual(copied.line_ids.usage_tier_ids.mapped("unit_price"), [1.5, 2.0])
        self.assertFalse(copied.usage_count)


@tagged("post_install", "-at_install")
class TestUsageRights(UsageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.make_user("seller", "recurring_billing.group_user", companies=cls.company)
        cls.clerk = cls.make_user("clerk", "account.group_account_invoice", companies=cls.company)
        cls.auditor = cls.make_user("auditor", "recurring_billing.group_auditor", companies=cls.company)
        cls.portal = cls.make_user("portal", "base.group_portal", companies=cls.company)

    def may(self, user, model):
        return [operation for operation in ("read", "write", "create", "unlink") if self.env[model].with_user(user).has_access(operation)]

    def test_who_may_do_what_with_usage(self):
        everything = ["read", "write", "create", "unlink"]
        expected = {self.seller: everything, self.clerk: everything, self.auditor: ["read"], self.portal: []}
        for user, operations in expected.items():
            self.assertEqual(self.may(user, "recurring.usage"), operations, user.name)

    def test_prices_of_usage_are_for_sales(self):
        expected = {self.seller: ["read", "write", "create", "unlink"], self.clerk: ["read"], self.auditor: ["read"], self.portal: []}
        for user, operations in expected.items():
            self.assertEqual(self.may(user, "recurring.usage.tier"), operations, user.name)

    def test_a_salesperson_sees_the_usage_of_own_subscriptions_and_those_of_nobody(self):
        mine, other = self.subscribe_metered(user_id=self.seller.id), self.subscribe_metered(user_id=self.responsible.id)
        nobodys = self.subscribe_metered()
        used = [self.use(each, "2024-01-10", 1) for each in (mine, other, nobodys)]
        visible = self.env["recurring.usage"].with_user(self.seller).search([("id", "in", [usage.id for usage in used])])
        self.assertEqual(visible.subscription_id, mine | nobodys)
        with self.assertRaises(AccessError):
            used[1].with_user(self.seller).quantity = 2

    def test_usage_of_another_company_is_out_of_sight(self):
        usage = self.use(self.subscribe_metered(), "2024-01-10", 1)
        stranger = self.make_user("stranger", "recurring_billing.group_manager", companies=self.company_eur)
        mine = self.env(user=stranger, context={"allowed_company_ids": self.company_eur.ids})
        self.assertFalse(mine["recurring.usage"].search([("id", "=", usage.id)]))

    def test_a_clerk_who_sells_nothing_records_corrects_and_bills(self):
        subscription = self.subscribe_metered(user_id=self.seller.id)
        usage = self.env["recurring.usage"].with_user(self.clerk)
        record = usage.create({"line_id": subscription.line_ids.id, "date": "2024-01-10", "quantity": 5})
        record.quantity = 10
        self.assertBilled(self.bill("2024-02-01", subscription, user=self.clerk), 1, 1, 45.0)
        self.assertEqual(record.state, "billed")

    def test_a_salesperson_sees_what_billed_the_usage(self):
        subscription = self.subscribe_metered(user_id=self.seller.id)
        usage = self.use(subscription, "2024-01-10", 5)
        self.bill("2024-02-01", subscription)
        seen = usage.with_user(self.seller).read(["state", "period_id", "move_ids", "display_name"])[0]
        self.assertEqual((seen["state"], len(seen["move_ids"])), ("billed", 1))


@tagged("post_install", "-at_install")
class TestUsageOverHttp(HttpCase, UsageCommon):
    def test_a_meter_records_over_json_2_and_may_repeat_the_call(self):
        clerk = self.make_user("meter", "account.group_account_invoice", companies=self.company)
        line = self.subscribe_metered().line_ids
        key = self.env(user=clerk)["res.users.apikeys"]._generate("rpc", "meter", fields.Datetime.now() + timedelta(days=1))
        body = {"records": [{"line_id": line.id, "date": "2024-01-10", "quantity": 1200, "key": "meter-7/1"}]}
        headers = {"Authorization": f"Bearer {key}", "X-Odoo-Database": self.env.cr.dbname}
        answers = [self.url_open("/json/2/recurring.usage/record", json=body, headers=headers).json() for _try in range(2)]
        self.assertEqual(answers, [line.usage_ids.ids] * 2)
        body["records"][0]["quantity"] = 1
        refused = self.url_open("/json/2/recurring.usage/record", json=body, headers=headers)
        self.assertEqual(refused.status_code, 422)
        self.assertIn("the key meter-7/1 is taken by other usage: 1,200", refused.json()["message"])
