from odoo import api, fields, models

from .. import const
from .service_owned import refuse_service_owned


class SaleOrder(models.Model):
    """A quotation for another term of a subscription: accepted, the subscription goes on; else it ends."""

    _inherit = "sale.order"

    recurring_renews_id = fields.Many2one(
        "recurring.subscription",
        "Renews",
        readonly=True,
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="The subscription that goes on for another term when this quotation is accepted.",
    )
    recurring_renews_from = fields.Date("New Term From", readonly=True, copy=False)
    recurring_renews_until = fields.Date("New Term Until", readonly=True, copy=False)
    recurring_end_before = fields.Date(readonly=True, copy=False, help="The last day of service before it was accepted.")
    recurring_term_before = fields.Date(readonly=True, copy=False)
    recurring_is_renewed = fields.Boolean(readonly=True, copy=False, default=False)

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._recurring_service_owned_fields(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._recurring_service_owned_fields(), [vals])
        return super().write(vals)

    @api.model
    def _recurring_service_owned_fields(self):
        """What ties an order to the subscription it renews."""
        return {
            "recurring_renews_id",
            "recurring_renews_from",
            "recurring_renews_until",
            "recurring_end_before",
            "recurring_term_before",
            "recurring_is_renewed",
        }

    def _recurring_confirm_renew(self):
        for order in self.filtered("recurring_renews_id"):
            self.env["recurring.renewal"].accept(order)

    def _action_cancel(self):
        for order in self.filtered("recurring_is_renewed"):
            self.env["recurring.renewal"].take_back(order)
        return super()._action_cancel()

    @api.model
    def _recurring_renewal_domain(self, subscription, start):
        """Every quotation for the term that begins on a day, cancelled ones too: what a customer refused is not offered again."""
        return [
            ("recurring_renews_id", "=", subscription.id),
            ("recurring_renews_from", "=", start),
            ("recurring_purpose", "=", const.PURPOSE_RENEW),
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    recurring_renews_lineage_id = fields.Many2one(
        "recurring.lineage", "Renewed Line", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
