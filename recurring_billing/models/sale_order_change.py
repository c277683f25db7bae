from odoo import fields, models
from odoo.exceptions import UserError

from .. import const


class SaleOrder(models.Model):
    """A quotation that offers a change of a subscription: accepting it makes the change."""

    _inherit = "sale.order"

    recurring_change_id = fields.Many2one(
        "recurring.change", "Offered Change", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    def _recurring_confirm_change(self):
        """Make the change that was offered. A customer who accepts is never stopped: what cannot be made any more is for a person."""
        self.ensure_one()
        if not self.env.user.share:
            self.env["recurring.change.quotation"].accept(self)
            return
        try:
            with self.env.cr.savepoint():
                self.env["recurring.change.quotation"].accept(self)
        except UserError as error:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("An accepted change could not be made"),
                note=str(error),
                user_id=self.user_id.id or self.env.ref("base.user_admin").id,
            )

    def _action_cancel(self):
        for order in self.filtered(lambda order: order.recurring_purpose == const.PURPOSE_CHANGE):
            self.env["recurring.change.quotation"].forget(order)
        return super()._action_cancel()

    def action_draft(self):
        res = super().action_draft()
        for order in self.filtered(lambda order: order.recurring_purpose == const.PURPOSE_CHANGE):
            self.env["recurring.change.quotation"].offer_again(order)
        return res

    def action_open_changed_subscription(self):
        """The subscription that the order changes."""
        self.ensure_one()
        return self.recurring_change_id.subscription_id._get_records_action()
