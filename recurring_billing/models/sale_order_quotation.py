from odoo import Command, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _recurring_prepare_subscriptions(self):
        """PROVISIONAL until the confirmation of orders lands: the values of the subscriptions of an order, one for each plan."""
        self.ensure_one()
        found = []
        lines = self.order_line.filtered(lambda line: line.recurring_plan_id and line.product_id and not line.display_type)
        for plan, mine in lines.grouped("recurring_plan_id").items():
            found.append(
                {
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "partner_invoice_id": self.partner_invoice_id.id,
                    "plan_id": plan.id,
                    "start_date": self.company_id._recurring_today(),
                    "pricelist_id": self.pricelist_id.id,
                    "currency_id": self.currency_id.id,
                    "fiscal_position_id": self.fiscal_position_id.id,
                    "payment_term_id": self.payment_term_id.id,
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": line.product_id.id,
                                "name": line.name,
                                "product_uom_id": line.product_uom_id.id,
                                "quantity": line.product_uom_qty,
                                "price_unit": line.price_unit,
                                "discount": line.discount,
                                "tax_ids": [Command.set(line.tax_ids.ids)],
                            }
                        )
                        for line in mine
                    ],
                }
            )
        return found
