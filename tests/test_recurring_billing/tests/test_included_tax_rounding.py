"""What the ledger says is what the invoice says, also where rounding and taxes meet."""

from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestIncludedTaxRounding(RecurringCommon):
    def test_a_discounted_price_with_tax_included_costs_what_the_ledger_says(self):
        """249.95 less 10 % are 224.955, so 224.96; taken apart unrounded, 204.50 and 20.45 of tax would make 224.95."""
        tax = self.make_tax(10, price_include_override="tax_included")
        subscription = self.subscribe("2026-04-01", 249.95, line={"discount": 10.0, "tax_ids": tax.ids})
        self.bill("2026-04-01", subscription)
        line = self.invoices(subscription).invoice_line_ids
        self.assertEqual(subscription.period_ids.amount, 224.96)
        self.assertEqual((line.price_subtotal, line.price_total), (204.51, 224.96))
