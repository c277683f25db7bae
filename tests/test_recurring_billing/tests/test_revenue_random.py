"""Random lives of subscriptions: after every change the movements are compared with an oracle that looks at each day by itself."""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .test_revenue_movements import RevenueCommon

FIRST = date(2026, 1, 1)
STORIES, CHANGES = 8, 14
DIMENSIONS = ("partner_id", "company_id", "plan_id", "product_id", "user_id", "subscription_id", "line_id")


@tagged("post_install", "-at_install")
class TestRevenueRandom(RevenueCommon):
    def test_movements_add_up_to_what_every_day_is_worth(self):
        for seed in range(STORIES):
            with self.subTest(seed=seed):
                self.live(random.Random(seed))

    def live(self, draw):
        today = FIRST
        partners = [self.make_partner("Ana"), self.make_partner("Bea")]
        plans = [self.make_plan(), self.make_plan(name="Quarterly", interval_count=3), self.make_plan(name="Trial", trial_count=10)]
        sellers = [self.make_user(f"s{draw.random()}", "recurring_billing.group_user") for _each in range(2)]
        subscriptions = self.env["recurring.subscription"]
        told = []
        for n in range(3):
            price = draw.choice([30.0, 99.99, 10.0])
            subscriptions |= self.sell(str(today), price, partners[n % 2], plan=plans[n], user_id=sellers[n % 2].id)
        for _each in range(CHANGES):
            today += timedelta(days=draw.choice([0, 1, 7, 20, 31]))
            self.pass_day(str(today))
            subscription = draw.choice(subscriptions)
            change = draw.choice(CHANGE_KINDS)
            day = today + timedelta(days=draw.choice([0, 0, 0, -5, -25, 9]))
            told.append((str(today), change, str(day), subscription.id))
            try:
                with self.env.cr.savepoint():
                    getattr(self, f"tell_{change}")(draw, str(today), day, subscription)
            except (UserError, ValidationError):
                told.append("refused")
            self.env.invalidate_all()
            self.compare(subscriptions, today, told)

    def one_line(self, draw, subscription):
        return subscription.line_ids.browse(draw.choice(subscription.line_ids.ids))

    def tell_reprice(self, draw, today, day, subscription):
        values = draw.choice([{"price_unit": 45.5}, {"quantity": 3.0}, {"discount": 15.0}, {"price_unit": 0.0}, {"price_unit": 12.34}])
        self.change(today, "reprice", self.one_line(draw, subscription), day, values)

    def tell_pause(self, draw, today, day, subscription):
        self.change(today, "pause", subscription.line_ids if draw.random() < 0.5 else self.one_line(draw, subscription), day)

    def tell_resume(self, draw, today, day, subscription):
        self.change(today, "resume", self.one_line(draw, subscription), day)

    def tell_end(self, draw, today, day, subscription):
        self.change(today, "end", self.one_line(draw, subscription), day)

    def tell_reopen(self, draw, today, day, subscription):
        self.change(today, "reopen", self.one_line(draw, subscription), day)

    def tell_replace(self, draw, today, day, subscription):
        values = {"product_id": self.make_product(70.0, "Pool").id, "price_unit": draw.choice([70.0, 5.55])}
        self.change(today, "replace", self.one_line(draw, subscription), day, values)

    def tell_discount(self, draw, today, day, subscription):
        line = self.one_line(draw, subscription)
        values = {"name": "Offer", "line_id": line.id, "percent": draw.choice([50.0, 100.0]), "date_start": day}
        values["periods"] = draw.choice([0, 1, 2])
        with self.committing(today) as env:
            env["recurring.discount"].create(values)

    def tell_add(self, draw, today, day, subscription):
        product = self.make_product(20.0, "Locker")
        self.press(today, subscription, "write", {"line_ids": [Command.create({"product_id": product.id, "date_start": day})]})

    def tell_hand_over(self, draw, today, day, subscription):
        user = draw.choice(self.env["res.users"].search([("login", "like", "test_s0%")]).ids)
        self.press(today, subscription, "write", {"user_id": user})

    def tell_close(self, draw, today, day, subscription):
        self.press(today, subscription, "write", {"end_date": max(day, subscription.start_date), "state": "closed"})

    # The oracle

    def compare(self, subscriptions, today, told):
        """On every day up to today, by every dimension; and what is stored is what is booked today."""
        lines = self.env["recurring.subscription.line"].search([("subscription_id", "in", subscriptions.ids)])
        events = self.events(("subscription_id", "in", subscriptions.ids))
        self.assertTrue(all(event.effective_date <= today for event in events), told)
        by_line = {}
        for event in events:
            by_line.setdefault(event.line_id, []).append((event.effective_date, Decimal(str(event.amount))))
        days = [FIRST + timedelta(days=n) for n in range((today - FIRST).days + 1)]
        for line in lines:
            for day in days:
                recorded = sum(amount for on, amount in by_line.get(line, ()) if on <= day)
                self.assertEqual(recorded, self.worth(line, day), (line, day, told))
            self.assertEqual(Decimal(str(line.mrr)), self.worth(line, today), (line, told))
        for name in DIMENSIONS:
            totals = {}
            for event in events:
                totals[event[name].id] = totals.get(event[name].id, 0) + Decimal(str(event.amount))
            for line in lines:
                whose = line if name == "line_id" else (line if name in line else line.subscription_id)[name]
                totals[whose.id] = totals.get(whose.id, 0) - self.worth(line, today)
            self.assertFalse({key: total for key, total in totals.items() if total}, (name, told))
        self.check_kinds(events, told)
        self.assertFalse(self.env["recurring.revenue.recording"].differences(subscriptions))
        self.assertFalse(self.at(str(today))["recurring.revenue.recording"].record(subscriptions), told)

    def check_kinds(self, events, told):
        """One kind per customer and day; churn ends at nothing, new begins once."""
        for partner in events.partner_id:
            level, paid = Decimal(0), False
            mine = events.filtered(lambda event, partner=partner: event.partner_id == partner)
            for day in sorted(set(mine.mapped("effective_date"))):
                those = mine.filtered(lambda event, day=day: event.effective_date == day)
                (kind,) = set(those.mapped("kind"))
                net = sum(Decimal(str(amount)) for amount in those.mapped("amount"))
                if net and kind == "churn":
                    self.assertTrue(level > 0 and level + net == 0, told)
                if net and kind == "new":
                    self.assertTrue(level == 0 and not paid, told)
                if net and kind == "reactivation":
                    self.assertTrue(level == 0 and paid, told)
                if net and kind in ("expansion", "contraction"):
                    self.assertEqual(kind == "expansion", net > 0, told)
                level += net
                paid = paid or level > 0

    def worth(self, line, day):
        """What a line is worth a month on a day, from what is written on it, without the rules."""
        subscription = line.subscription_id
        first = max(line.date_start, subscription.start_date, subscription.trial_end_date)
        lasts = [last for last in (line.date_end, subscription.end_date) if last]
        if subscription.state in ("draft", "waiting") or day < first or (lasts and day > min(lasts)):
            return Decimal(0)
        price = Decimal(str(line.price_unit)) * Decimal(str(line.quantity)) * (1 - Decimal(str(line.discount)) / 100)
        for discount in line.discount_ids:
            if self.holds(discount, line, day):
                price *= 1 - Decimal(str(discount.percent)) / 100
        cents = price.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return (cents / subscription.plan_id.interval_count).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def holds(self, discount, line, day):
        """Whether the discount holds for the period of a day: counted along the periods, from the first that begins after it was given."""
        subscription, since = line.subscription_id, self.first_day_of(line)
        step = relativedelta(months=subscription.plan_id.interval_count)
        starts = [subscription.anchor_date + step * n for n in range(-3, 60)]
        full = max(start for start in starts if start <= day)
        moment = max(full, since)
        if moment < discount.date_start or (discount.date_end and moment > discount.date_end):
            return False
        if not discount.periods:
            return True
        if discount.date_start <= since:
            counted = max(start for start in starts if start <= since)
        else:
            counted = min(start for start in starts if start >= discount.date_start)
        return (starts.index(full) - starts.index(counted)) < discount.periods

    def first_day_of(self, line):
        subscription = line.subscription_id
        days = []
        for each in line.lineage_id.line_ids.filtered(lambda each: not each.superseded):
            first = max(each.date_start, subscription.start_date, subscription.trial_end_date)
            lasts = [last for last in (each.date_end, subscription.end_date) if last]
            if not lasts or min(lasts) >= first:
                days.append(first)
        return min(days, default=line.date_start)


CHANGE_KINDS = sorted(name.removeprefix("tell_") for name in vars(TestRevenueRandom) if name.startswith("tell_"))
