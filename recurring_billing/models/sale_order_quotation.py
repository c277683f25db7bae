from odoo import Command, api, fields, models

from .. import const


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
        "recurring_start",
        "recurring_start_date",
        "recurring_extends_id",
        "recurring_coupon_id",
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
            order.recurring_quotation = (
                self.env["ir.qweb"]._render("recurring_billing.quotation_block", {"block": block}) if block else False
            )

    def _recurring_quotation_block(self):
        """What the quotation says of what is recurring, in the language of the environment; empty where nothing is."""
        self.ensure_one()
        if not self.partner_id or not self._recurring_lines():
            return {}
        return self.env["recurring.quotation.words"].block(self)

    def _recurring_quotation_values(self):
        """The values of the subscriptions that the quotation speaks of.

        :return: list of dict, as ``_recurring_prepare_subscriptions()``
        """
        self.ensure_one()
        if self.recurring_purpose == const.PURPOSE_RENEW and self.recurring_renews_id:
            return [self._recurring_renewed(values) for values in self._recurring_prepare_subscriptions()]
        if self.recurring_purpose not in (const.PURPOSE_NEW, const.PURPOSE_EXTEND):
            return []
        return self._recurring_prepare_subscriptions()

    def _recurring_renewed(self, values):
        """The values of a subscription as the new term of the one that is renewed: without trial, on its schedule, for the term."""
        # sudo: who may read a quotation may read what it is for
        anchor, start = self.recurring_renews_id.sudo().anchor_date, self.recurring_renews_from
        lines = [Command.create({**line, "date_start": start}) for _command, _id, line in values["line_ids"]]
        term = {"start_date": start, "trial_end_date": start, "anchor_date": anchor, "end_date": self.recurring_renews_until}
        return {**values, **term, "line_ids": lines}

    def _recurring_quoted_on(self):
        """The day a quotation is counted from: today; of a confirmed order the day its subscriptions began to be billed."""
        self.ensure_one()
        today = self.company_id._recurring_today()
        if self.recurring_purpose == const.PURPOSE_RENEW and self.recurring_renews_from:
            return min(today, self.recurring_renews_from)
        # sudo: what an order says does not depend on who reads it
        made = self.sudo().order_line.subscription_line_ids if self.state == "sale" else []
        days = [
            line.date_start if line.subscription_id == self.recurring_extends_id else line.subscription_id.activated_on for line in made
        ]
        return min((day for day in days if day), default=today)

    def _recurring_one_off_lines(self):
        """The lines that are sold once."""
        return self.order_line.filtered(lambda line: not (line._is_recurring() or line.display_type or line.is_downpayment))

    def _recurring_one_off_total(self):
        """What the lines that are sold once come to with their taxes, in the currency of the order."""
        self.ensure_one()
        bases = [line._prepare_base_line_for_taxes_computation() for line in self._recurring_one_off_lines()]
        taxes = self.env["account.tax"]
        taxes._add_tax_details_in_base_lines(bases, self.company_id)
        taxes._round_base_lines_tax_details(bases, self.company_id)
        return taxes._get_tax_totals_summary(bases, self.currency_id, self.company_id)["total_amount_currency"]
