"""What guards the ledger is there, or nothing is installed and nothing is billed."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.hooks import pre_init_hook

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestInstallation(RecurringCommon):
    def test_the_exclusion_constraint_is_in_the_database(self):
        self.env.cr.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'recurring_period_no_double_billing'")
        (definition,) = self.env.cr.fetchone()
        self.assertIn("EXCLUDE USING gist (lineage_id WITH =, daterange(start, live_end) WITH &&)", definition)

    def test_a_run_refuses_to_bill_when_the_constraint_is_missing(self):
        subscription = self.subscribe("2024-03-01")
        self.env.cr.execute("ALTER TABLE recurring_period DROP CONSTRAINT recurring_period_no_double_billing")
        with self.assertRaisesRegex(UserError, "lacks the constraint recurring_period_no_double_billing"):
            self.bill("2024-03-01", subscription)
        self.assertFalse(self.invoices(subscription))

    def test_the_scheduled_action_fails_when_the_constraint_is_missing(self):
        subscription = self.subscribe("2024-03-01")
        self.env.cr.execute("ALTER TABLE recurring_period DROP CONSTRAINT recurring_period_no_double_billing")
        with self.assertLogs("odoo.addons.base.models.ir_cron", "ERROR") as logs, self.assertRaises(AssertionError):
            self.run_cron("2024-03-01")
        self.assertIn("lacks the constraint", logs.output[0])
        self.assertFalse(self.invoices(subscription))

    def test_the_hook_leaves_an_extension_that_is_there(self):
        self.env.cr.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        pre_init_hook(self.env)
        self.assertTrue(self.has_extension())

    def test_the_hook_creates_the_extension(self):
        self.env.cr.execute("DROP EXTENSION IF EXISTS btree_gist CASCADE")
        pre_init_hook(self.env)
        self.assertTrue(self.has_extension())

    def test_without_the_right_to_create_it_the_hook_stops_with_instructions(self):
        self.env.cr.execute("DROP EXTENSION IF EXISTS btree_gist CASCADE")
        self.env.cr.execute("CREATE ROLE recurring_test_without_rights")
        self.env.cr.flush()
        self.env.cr.execute("SET LOCAL ROLE recurring_test_without_rights")
        with self.assertRaises(UserError) as caught:
            pre_init_hook(self.env)
        self.env.cr.execute("RESET ROLE")
        self.assertFalse(self.has_extension())
        said = str(caught.exception)
        self.assertIn("permission denied", said)
        self.assertIn("CREATE EXTENSION btree_gist", said)
        self.assertIn(f'"{self.env.cr.dbname}"', said)

    def has_extension(self):
        self.env.cr.execute("SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'")
        return self.env.cr.fetchone() == (1,)
