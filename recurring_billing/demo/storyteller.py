"""Tells a story: goes from day to day with a moved clock, and on each day does what people and the scheduled action do."""

import gc
from collections import defaultdict
from datetime import timedelta
from itertools import cycle

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.fields import Domain

from .story import PROMPT

# A story tells what happened, not what was announced: nobody is notified of what happened months ago.
QUIET = {"mail_auto_subscribe_no_notify": True, "mail_create_nosubscribe": True, "mail_activity_quick_update": True}
RATE_EVERY_DAYS = 20
STATEMENT_WEEKDAY = 0  # on Mondays somebody registers what came in


class Storyteller:
    """Tells one ``Story`` in its company, within the caller's transaction.

    Nothing is invented: subscriptions are sold and closed as in the form, the scheduled action bills, payments are registered with
    the native wizard, each on its day.
    """

    def __init__(self, env, story):
        self.story = story
        company = env.ref(self._full(story.company))
        self.env = env(context={**env.context, **QUIET, "allowed_company_ids": company.ids, "recurring_one_transaction": True})
        self.company = company.with_env(self.env)
        self.today = self.company._recurring_today()
        self.last_day = self.today - timedelta(days=story.quiet_days)
        self.agenda = defaultdict(list)
        self.habits = {self._ref(name): habit for name, habit in story.habits.items()}
        self.invoices_of = defaultdict(int)

    def tell(self):
        """Live every day from the first sale to the day of the last run."""
        self._fill_agenda()
        self.company.write(self.story.settings)
        day = min(self.agenda)
        self._make_rates(day)
        gc.freeze()
        while day <= self.last_day:
            self._live(day)
            day += timedelta(days=1)
            # Every day leaves environments behind, and Odoo looks through all that live each time it makes one.
            gc.collect()
        gc.unfreeze()
        self._leave()

    def _fill_agenda(self):
        for sold in self.story.sold:
            self._at(sold.sold or sold.start, self._sell, sold)
        for quoted in self.story.quoted:
            self._at(quoted.day, self._quote, quoted)
        for closed in self.story.closed:
            self._at(closed.day, self._close, closed)
        for changed in self.story.changed:
            self._at(changed.day, self._change, changed)
        for revised in self.story.revised:
            self._at(revised.day, self._revise, revised)
        for metered in self.story.metered:
            self._fill_meter(metered)
        for archived in self.story.archived:
            self._at(archived.day, self._archive, archived)

    def _fill_meter(self, metered):
        """The meter is read on the 20th day after each month of the subscription began."""
        sold = next(sold for sold in self.story.sold if sold.key == metered.subscription)
        day, quantities = self.today + sold.start + timedelta(days=20), cycle(metered.quantities)
        while day <= self.last_day:
            self._on(day, self._meter, metered, next(quantities))
            day += relativedelta(months=1)

    def _at(self, when, action, *arguments):
        """Note an action on a day of the agenda."""
        self._on(self.today + when, action, *arguments)

    def _on(self, day, action, *arguments):
        self.agenda[day].append((action, arguments))

    def _live(self, day):
        env = self.env(context={**self.env.context, "recurring_today": day})
        paid = []
        for action, arguments in self.agenda.pop(day, ()):
            if action == self._pay:
                paid.append(arguments)
            else:
                action(env, day, *arguments)
        self._bill(env, day)
        if paid:
            self._pay(env, day, paid)
        # The whole story is one transaction: what a day did to recurring revenue is recorded on that day.
        env["recurring.revenue.recording"].record_noted(forget=True)

    def _sell(self, env, _day, sold):
        subscription = env["recurring.subscription"].create(self._prepare_subscription(sold))
        self._name(subscription, sold.key)
        if not sold.draft:
            subscription.action_activate()

    def _prepare_subscription(self, sold):
        start = self.today + sold.start
        values = {
            "company_id": self.company.id,
            "partner_id": self._ref(sold.customer).id,
            "plan_id": self._ref(sold.plan).id,
            "user_id": self._ref(sold.seller).id,
            "start_date": start,
            "due_day": sold.due_day,
            "tag_ids": [Command.set([self._ref(tag).id for tag in sold.tags])],
            "line_ids": [Command.create(self._prepare_line(sold, start, *line)) for line in sold.lines],
            **sold.values,
        }
        if sold.end:
            values["end_date"] = self.today + sold.end
        if sold.revised:
            values["last_revision_date"] = self.today + sold.revised
        if sold.beneficiary:
            values["beneficiary_id"] = self._ref(sold.beneficiary).id
        if sold.currency:
            values["currency_id"] = self._ref(sold.currency).id
        return values

    def _prepare_line(self, sold, start, product, quantity, values=None):
        product = self._ref(product)
        values = {"product_id": product.id, "quantity": quantity, **(values or {})}
        if sold.opening_months:
            values["opening_until"] = start + relativedelta(months=sold.opening_months, days=-1)
            values["opening_amount"] = quantity * values.get("price_unit", product.list_price)
        return values

    def _quote(self, env, day, quoted):
        order = env["sale.order"].create(
            {
                "company_id": self.company.id,
                "partner_id": self._ref(quoted.customer).id,
                "user_id": self._ref(quoted.seller).id,
                "date_order": day,
                "validity_date": day + relativedelta(days=30),
                "recurring_plan_id": self._ref(quoted.plan).id,
                "order_line": [Command.create(self._prepare_quoted_line(*line)) for line in quoted.lines],
                **quoted.values,
            }
        )
        order.action_quotation_sent()
        self._name(order, quoted.key)

    def _prepare_quoted_line(self, product, quantity, values=None):
        values = {name: self._ref(value).id if name == "recurring_plan_id" else value for name, value in (values or {}).items()}
        return {"product_id": self._ref(product).id, "product_uom_qty": quantity, **values}

    def _close(self, env, _day, closed):
        subscription = self._ref(closed.subscription).with_env(env)
        env["recurring.close"].create({"subscription_ids": subscription.ids, "reason_id": self._ref(closed.reason).id}).action_close()

    def _change(self, env, day, changed):
        subscription = self._ref(changed.subscription).with_env(env)
        values = {name: self._ref(value).id if name == "product_id" else value for name, value in changed.values.items()}
        wizard = env["recurring.change.wizard"].create({"subscription_id": subscription.id, "kind": changed.kind, "date": day})
        if changed.product:
            line = wizard.choice_ids.filtered(lambda line: line.product_id == self._ref(changed.product))
            wizard.write({"line_id": line.id, "line_ids": [Command.set(line.ids)]})
        wizard.write(values)
        wizard.action_apply()

    def _revise(self, env, _day, revised):
        values = {"name": revised.name, "company_id": self.company.id, "user_id": self._ref("base.user_admin").id}
        if revised.percent is not None:
            values.update(method="percent", percent=revised.percent)
        if revised.subscriptions:
            values["subscription_ids"] = [Command.set([self._ref(key).id for key in revised.subscriptions])]
        revision = env["recurring.price.revision"].create(values)
        revision.action_preview()
        if not revised.draft:
            revision.action_confirm()

    def _meter(self, env, day, metered, quantity):
        lines = self._ref(metered.subscription).line_ids.filtered(lambda line: line.product_id == self._ref(metered.product))
        env["recurring.usage"].create({"line_id": lines[-1:].id, "date": day, "quantity": quantity})

    def _archive(self, _env, _day, archived):
        self._ref(archived.record).active = False

    def _bill(self, env, day):
        """The scheduled action, on days with something to do."""
        generation = env["recurring.invoice.generation"]
        due = generation._due_domain(day) & Domain([("company_id", "=", self.company.id), ("is_parked", "=", False)])
        if not env["recurring.subscription"].search_count(due, limit=1):
            return
        generation._run_company(self.company)
        run = env["recurring.billing.run"].search([("company_id", "=", self.company.id)], limit=1)
        for move in run.move_ids.sorted("id"):
            if move.state == "draft":
                self._on(day + timedelta(days=self.story.review_days), self._review, move.id)
            elif move.move_type == "out_invoice":
                self._expect_payment(move, day)

    def _review(self, env, day, move_id):
        """A person looks at a draft and posts it."""
        move = env["account.move"].browse(move_id)
        move.action_post()
        self._expect_payment(move, day)

    def _expect_payment(self, move, day):
        habit = self.habits.get(move.commercial_partner_id, PROMPT)
        n = self.invoices_of[move.commercial_partner_id]
        self.invoices_of[move.commercial_partner_id] += 1
        if habit.only is not None and n >= habit.only:
            return
        due = move.invoice_date_due + timedelta(days=habit.days[n % len(habit.days)])
        paid_on = max(due, day + timedelta(days=1))
        self._on(self._statement_day(paid_on), self._pay, move.id, habit.share)
        if habit.share < 1:
            self._on(self._statement_day(paid_on + timedelta(days=habit.rest_days)), self._pay, move.id, 1.0)

    def _statement_day(self, day):
        while day.weekday() != STATEMENT_WEEKDAY:
            day += timedelta(days=1)
        return day

    def _pay(self, env, day, paid):
        """Register the day's payments: the whole ones together, parts one by one."""
        whole = [move_id for move_id, share in paid if share == 1]
        if whole:
            self._register(env, day, whole)
        for move_id, share in paid:
            if share < 1:
                move = env["account.move"].browse(move_id)
                self._register(env, day, move.ids, amount=move.currency_id.round(move.amount_total * share))

    def _register(self, env, day, move_ids, **values):
        wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=move_ids, tracking_disable=True)
        wizard.create({"payment_date": day, "group_payment": False, **values}).action_create_payments()

    def _make_rates(self, first_day):
        for name, worth in self.story.rates.items():
            currency = self._ref(name)
            if currency == self.company.currency_id:
                continue
            currency.active = True
            days = range(-1, (self.today - first_day).days + 1, RATE_EVERY_DAYS)
            self.env["res.currency.rate"].create(
                [
                    {
                        "currency_id": currency.id,
                        "company_id": self.company.root_id.id,
                        "name": first_day + timedelta(days=n),
                        "inverse_company_rate": value,
                    }
                    for n, value in zip(days, cycle(worth), strict=False)
                ]
            )

    def _leave(self):
        """Back to the present: which lines run, and who is late, is a matter of today."""
        # What was noted on the way knows the day it was noted on: it goes first.
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env["recurring.subscription.line"]._refresh_current()
        self.env["recurring.price.revision.run"]._refresh_states()
        self.env.flush_all()

    def _full(self, name):
        return name if "." in name else f"{self.story.module}.{name}"

    def _ref(self, name):
        return self.env.ref(self._full(name))

    def _name(self, record, key):
        self.env["ir.model.data"].create(
            {"module": self.story.module, "name": key, "model": record._name, "res_id": record.id, "noupdate": True}
        )
