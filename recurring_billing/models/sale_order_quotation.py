from odoo import Command, api, fields, models
from odoo.tools import format_date


class SaleOrder(models.Model):
    """What a quotation says of what is recurring."""

    _inherit = "sale.order"

    recurring_quotation = fields.Html(
        compute="_compute_recurring_quotation",
        sanitize=False,
        help="What is recurring on this order: the first invoices, what comes after them, and the terms.",
    )

    @api.depends(
        "partner_id",
        "partner_invoice_id",
        "recurring_plan_id",
        "pricelist_id",
        "currency_id",
        "fiscal_position_id",
        "payment_term_id",
        "order_line.recurring_plan_id",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.tax_ids",
    )
    @api.depends_context("lang")
    def _compute_recurring_quotation(self):
        for order in self:
            block = order._recurring_quotation_block()
            order.recurring_quotation = block and self.env["ir.qweb"]._render("recurring_billing.quotation_block", {"block": block})

    def _recurring_quotation_block(self):
        """What the quotation says of what is recurring, in the language of the environment; empty where nothing is."""
        self.ensure_one()
        if not self.partner_id or not self._recurring_lines():
            return {}
        return self.env["recurring.quotation.words"].block(self)

    def _recurring_lines(self):
        """The lines that are billed period by period."""
        return self.order_line.filtered(lambda line: line.recurring_plan_id and line.product_id and not line.display_type)

    def _recurring_one_off_lines(self):
        """The lines that are sold once."""
        return self.order_line.filtered(lambda line: not line.recurring_plan_id and not line.display_type)

    def _recurring_one_off_total(self):
        """What the lines that are sold once come to with their taxes, in the currency of the order."""
        self.ensure_one()
        bases = [line._prepare_base_line_for_taxes_computation() for line in self._recurring_one_off_lines()]
        taxes = self.env["account.tax"]
        taxes._add_tax_details_in_base_lines(bases, self.company_id)
        taxes._round_base_lines_tax_details(bases, self.company_id)
        return taxes._get_tax_totals_summary(bases, self.currency_id, self.company_id)["total_amount_currency"]

    def _recurring_start_in_words(self, start):
        """When a subscription starts."""
        return format_date(self.env, start)

    def _recurring_prepare_subscriptions(self):
        """PROVISIONAL until the confirmation of orders lands: the values of the subscriptions of an order, one for each plan."""
        self.ensure_one()
        found = []
        for plan, mine in self._recurring_lines().grouped("recurring_plan_id").items():
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
