"""What the tests stand on: three companies with charts, factories, a clock, and billing as the product does it.

def test_a_month(self):
    subscription = self.subscribe("2024-01-31", 50.0)
    run = self.bill("2024-02-01", subscription)
"""

from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, api, fields
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class RecurringCommon(TransactionCase):
    """Factories and a clock. The environment works in the company Harbor Gym (USD), as the superuser, with mail as it really is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("test_recurring_billing.company_usd")
        cls.company_brl = cls.env.ref("test_recurring_billing.company_brl")
        cls.company_eur = cls.env.ref("test_recurring_billing.company_eur")
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids, "tz": "UTC", "lang": "en_US"})
        cls.company = cls.company.with_env(cls.env)
        cls.responsible = cls.make_user("rita", "recurring_billing.group_manager", name="Rita Responsible")
        (cls.company | cls.company_brl | cls.company_eur).recurring_responsible_id = cls.responsible
        cls.currency_eur = cls.env.ref("base.EUR")
        cls.tax = cls.make_tax(15)
        cls.income = cls.make_account("400900", "income")

    def setUp(self):
        """What Odoo caches as stable (names of fields, languages) is kept for the next test of the class, unless this test changed any.

        Odoo forgets it after each test; to read it again is a tenth of the work of a short one.
        """
        stable = {}
        self.addCleanup(self._remember_stable, stable)  # the last of the clean-ups, after Odoo has cleared its caches
        super().setUp()
        self.registry.cache_invalidated.discard("stable")
        self.addCleanup(self._keep_stable, stable, self.registry.cache_sequences["stable"])  # the first of them

    def _keep_stable(self, stable, sequence):
        registry = self.registry
        if "stable" not in registry.cache_invalidated and registry.cache_sequences["stable"] == sequence:
            stable.update(registry._Registry__caches["stable"])

    def _remember_stable(self, stable):
        for key, value in stable.items():
            self.registry._Registry__caches["stable"][key] = value

    # Factories

    @classmethod
    def make_user(cls, login, *groups, name=None, companies=None, **values):
        """A user with exactly these groups."""
        companies = companies or (cls.company | cls.company_brl | cls.company_eur)
        return new_test_user(
            cls.env,
            login=f"test_{login}",
            context={"no_reset_password": True},
            groups=",".join(groups or ("base.group_user",)),
            name=name or login.title(),
            email=f"{login}@example.com",
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
            **{"lang": "en_US", **values},
        )

    @classmethod
    def make_account(cls, code, account_type, company=None, **values):
        company = company or cls.company
        return (
            cls.env["account.account"]
            .with_company(company)
            .create(
                {"name": f"Test {code}", "code": code, "account_type": account_type, "company_ids": [Command.set(company.ids)], **values}
            )
        )

    @classmethod
    def make_tax(cls, percent, company=None, **values):
        company = company or cls.company
        return (
            cls.env["account.tax"]
            .with_company(company)
            .create({"name": f"{percent} %", "amount": percent, "type_tax_use": "sale", "company_id": company.id, **values})
        )

    @classmethod
    def make_partner(cls, name="Ana", **values):
        """A customer of no particular company, with nothing that dates an invoice otherwise."""
        return cls.env["res.partner"].create(
            {"name": name, "company_id": False, "lang": "en_US", "property_payment_term_id": False, **values}
        )

    @classmethod
    def make_product(cls, price=50.0, name="Gym", **values):
        return cls.env["product.product"].create(
            {"name": name, "type": "service", "list_price": price, "taxes_id": [Command.clear()], **values}
        )

    @classmethod
    def make_plan(cls, **values):
        """A monthly plan, in advance, prorated by the day, that posts."""
        return cls.env["recurring.plan"].create({"name": "Monthly", **values})

    @classmethod
    def subscribe(cls, start, price=50.0, *, plan=None, partner=None, product=None, line=None, lines=None, activate=True, **values):
        """A subscription with one line, active unless told.

        :param line: values of its line; ``lines``: values of several.
        """
        plan = plan or cls.make_plan()
        partner = partner or cls.make_partner()
        if lines is None:
            product = product or cls.make_product(price)
            lines = [{"product_id": product.id, "price_unit": price, **(line or {})}]
        subscription = cls.env["recurring.subscription"].create(
            {
                "partner_id": partner.id,
                "plan_id": plan.id,
                "start_date": start,
                "user_id": False,
                "line_ids": [Command.create(vals) for vals in lines],
                **values,
            }
        )
        if activate:
            subscription.with_context(recurring_today=fields.Date.to_date(start)).action_activate()
        return subscription

    @classmethod
    def make_rate(cls, currency, day, units_per_company_unit, company=None):
        """A rate of a currency: how many of it the company's currency buys."""
        currency.active = True
        return cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": day,
                "rate": units_per_company_unit,
                "company_id": (company or cls.company).id,
            }
        )

    # Clock and billing

    def at(self, day):
        """The environment on a day."""
        return self.env(context={**self.env.context, "recurring_today": fields.Date.to_date(day)})

    @contextmanager
    def committing(self, day, user=None, companies=None):
        """An environment on a day in a cursor of its own, which may commit, as a request of the browser has it."""
        context = {**self.env.context, "recurring_today": fields.Date.to_date(day)}
        if companies:
            context["allowed_company_ids"] = companies.ids
        self.env.flush_all()
        with self.in_test_mode(), self.registry.cursor() as cr:
            yield api.Environment(cr, user.id if user else self.env.uid, context)
        self.env.invalidate_all()

    def in_test_mode(self):
        """Other cursors share the test's transaction; a test over HTTP is in that mode all along."""
        return nullcontext() if isinstance(self, HttpCase) else self.enter_registry_test_mode()

    def bill(self, day, subscriptions, horizon=None, user=None, companies=None):
        """Bill these subscriptions on a day; gives the run (or runs, one per company)."""
        with self.committing(day, user, companies) as env:
            mine = env["recurring.subscription"].browse(subscriptions.ids)
            ids = env["recurring.invoice.generation"].bill(mine, fields.Date.to_date(horizon)).ids
        return self.env["recurring.billing.run"].browse(ids)

    def trigger(self, cron, *days):
        """Let a scheduled action run on each of these days, the way Odoo's scheduler does."""
        cron = self.env.ref(f"recurring_billing.{cron}")
        for day in days:
            with self.in_test_mode(), self.scheduler_at(day):
                self.assertIs(cron.method_direct_trigger(), True)  # a failed action gives a dictionary
        self.env.invalidate_all()

    def scheduler_at(self, day):
        """Scheduled actions that start meanwhile start on this day: their own code, in its context."""
        model, today = self.registry["ir.cron"], fields.Date.to_date(day)
        start = model._callback

        def start_on_the_day(job, *arguments):
            return start(job.with_context(recurring_today=today), *arguments)

        return patch.object(model, "_callback", start_on_the_day)

    def run_cron(self, day):
        """Let the scheduled action run on a day, the way Odoo's scheduler does; gives the run of Harbor Gym on that day."""
        self.trigger("cron_bill", day)
        return self.env["recurring.billing.run"].search([("company_id", "=", self.company.id), ("trigger", "=", "scheduled")], limit=1)

    def press(self, day, records, method, *arguments, user=None, companies=None):
        """Press a button of some records on a day as a user; gives what it gives."""
        with self.committing(day, user, companies) as env:
            return getattr(env[records._name].browse(records.ids), method)(*arguments)

    # Looking at what came out

    def invoices(self, subscription):
        """Its invoices, oldest first."""
        lines = self.env["account.move.line"].search([("recurring_subscription_id", "in", subscription.ids)])
        return lines.move_id.sorted("id")

    def periods(self, subscription):
        """What the ledger holds in force: (first day, last day, amount) by date."""
        rows = subscription.period_ids.filtered(lambda period: not period.voided).sorted("start")
        return [(str(row.start), str(row.last_day), row.amount) for row in rows]

    def issue(self, subscription):
        """Its open billing issue."""
        return self.env["recurring.billing.issue"].search([("subscription_id", "=", subscription.id), ("state", "=", "open")])

    def assertBilled(self, run, subscriptions, invoices, untaxed=None):
        """The figures of a run, and that it did what it says."""
        self.assertEqual((run.state, run.subscription_count, run.invoice_count), ("done", subscriptions, invoices))
        self.assertEqual(len(run.move_ids), invoices)
        if untaxed is not None:
            self.assertAlmostEqual(run.amount_untaxed, untaxed)
            self.assertAlmostEqual(sum(run.move_ids.mapped("amount_untaxed_signed")), untaxed)

    def assertNothingBilled(self, run):
        self.assertBilled(run, 0, 0, 0.0)
        self.assertFalse(run.parked_count)

    @staticmethod
    def frozen(moment):
        """The machine's own clock stands still at a moment (UTC)."""
        return freeze_time(moment)
