from odoo import Command, fields

from .common import RecurringCommon


class TestQuotationOutlook(RecurringCommon):
    """What is quoted is what is billed."""

    def make_order(self, day, lines, plan=None, **values):
        """An order of a day. A line is (price, values of the line)."""
        order = self.env(context={**self.env.context, "recurring_today": fields.Date.to_date(day)})["sale.order"].create(
            {
                "partner_id": self.make_partner().id,
                "company_id": self.company.id,
                "recurring_plan_id": plan.id if plan else False,
                "order_line": [
                    Command.create({"product_id": self.make_product(price, recurring_ok=True).id, "price_unit": price, **more})
                    for price, more in lines
                ],
                **values,
            }
        )
        return order

    def test_the_first_invoice_is_prorated_and_the_following_are_whole(self):
        plan = self.make_plan(alignment="fixed_day", anchor_day=1)
        order = self.make_order("2026-12-20", [(31.0, {"tax_ids": [Command.set(self.tax.ids)]})], plan)
        (quoted,) = self.at("2026-12-20")["recurring.quotation.outlook"].quote(order)
        first, second = quoted.invoices[:2]
        self.assertEqual((first.untaxed, first.tax, first.total), (12.0, 1.8, 13.8))
        self.assertEqual((str(first.date), first.period.days), ("2026-12-20", 12))
        self.assertEqual((second.total, str(second.date)), (35.65, "2027-01-01"))
        self.assertEqual([(stage.first.total, stage.ends) for stage in quoted.stages], [(13.8, True), (35.65, False)])
