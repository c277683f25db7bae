from odoo import api, fields, models
from odoo.fields import Domain

from .. import const


class SaleOrder(models.Model):
    """The subscriptions that an order makes or extends; the work is done by the service ``recurring.order.confirmation``."""

    _inherit = "sale.order"

    subscription_ids = fields.One2many("recurring.subscription", "order_id", "Subscriptions", copy=False, groups=const.READERS)
    subscription_count = fields.Integer(compute="_compute_subscription_count")
    recurring_purpose = fields.Selection(
        const.ORDER_PURPOSES,
        "Subscription Purpose",
        compute="_compute_recurring_purpose",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        copy=False,
        help="What its confirmation does: new subscriptions, more for one that runs, a change of it, or its renewal.",
    )
    recurring_extends_id = fields.Many2one(
        "recurring.subscription",
        "Adds to Subscription",
        copy=False,
        check_company=True,
        index="btree_not_null",
        help="The subscription that gets the recurring lines of this order. Empty: they become subscriptions of their own.",
    )
    recurring_customer_id = fields.Many2one(related="partner_id.commercial_partner_id", string="Company or Person")
    recurring_start = fields.Selection(
        const.ORDER_STARTS,
        "Subscription Starts",
        required=True,
        default=const.START_SIGNATURE,
        help="On activation: the subscription waits until somebody, or another program, activates it.",
    )
    recurring_start_date = fields.Date("First Day", copy=False, help="The first day of service.")

    def _compute_subscription_count(self):
        may_read = self.env["recurring.subscription"].has_access("read")
        for order in self:
            order.subscription_count = len(order._recurring_subscriptions()) if may_read else 0

    @api.depends("recurring_extends_id")
    def _compute_recurring_purpose(self):
        for order in self:
            purpose = order.recurring_purpose or const.PURPOSE_NEW
            if order.recurring_extends_id and purpose == const.PURPOSE_NEW:
                purpose = const.PURPOSE_EXTEND
            elif not order.recurring_extends_id and purpose == const.PURPOSE_EXTEND:
                purpose = const.PURPOSE_NEW
            order.recurring_purpose = purpose

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("recurring_extends_id") and "recurring_plan_id" not in vals:
                # As in the form: what is added is billed as the rest.
                vals["recurring_plan_id"] = self.env["recurring.subscription"].browse(vals["recurring_extends_id"]).plan_id.id
        return super().create(vals_list)

    @api.onchange("recurring_extends_id")
    def _onchange_recurring_extends_id(self):
        if self.recurring_extends_id:
            self.recurring_plan_id = self.recurring_extends_id.plan_id
            if self.recurring_extends_id.pricelist_id:
                self.pricelist_id = self.recurring_extends_id.pricelist_id

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed_subscriptions(self):
        self.env["recurring.order.cancellation"].forget(self)

    def _confirmation_error_message(self):
        return super()._confirmation_error_message() or self._recurring_start_missing()

    def _recurring_start_missing(self):
        """What to say when nothing tells the day to start on; False when all is well."""
        self.ensure_one()
        if self.recurring_start == const.START_DATE and not self.recurring_start_date and self._recurring_lines():
            return self.env._("%s starts on a date, but none is given. Choose the first day of service.", self.display_name)
        if any(line.product_uom_qty < 0 for line in self._recurring_lines()):
            return self.env._("A subscription cannot have a negative quantity. To give money back, use a discount.")
        return False

    def _action_confirm(self):
        res = super()._action_confirm()
        for order in self:
            order._recurring_confirm()
        return res

    def _recurring_confirm(self):
        """Do what the order is for: ``_recurring_confirm_<purpose>()``."""
        self.ensure_one()
        self._recurring_keep_amounts()
        if self._recurring_lines() or self.recurring_purpose not in (const.PURPOSE_NEW, const.PURPOSE_EXTEND):
            getattr(self, f"_recurring_confirm_{self.recurring_purpose}")()

    def _recurring_follow(self):
        """The subscriptions follow an order that was confirmed and changed since, as far as they are not billed."""
        for order in self.filtered(lambda order: order.recurring_purpose in (const.PURPOSE_NEW, const.PURPOSE_EXTEND)):
            order._recurring_confirm()

    def _recurring_confirm_new(self):
        self.env["recurring.order.confirmation"].make(self)

    def _recurring_confirm_extend(self):
        self.env["recurring.order.confirmation"].extend(self)

    def _action_cancel(self):
        for order in self:
            self.env["recurring.order.cancellation"].cancel(order)
        return super()._action_cancel()

    def action_open_subscriptions(self):
        """The subscriptions that came from these orders, or were extended by them."""
        subscriptions = self._recurring_subscriptions()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_subscription")
        action.update(domain=[("id", "in", subscriptions.ids)], context={"create": False})
        if len(subscriptions) == 1:
            action.update(views=[(False, "form")], res_id=subscriptions.id)
        return action

    def _recurring_subscriptions(self):
        """The subscriptions of the orders' lines, as far as the user may see them: those they made and those they extended."""
        mine = Domain("order_id", "in", self.ids) | Domain("line_ids.sale_line_id.order_id", "in", self.ids)
        return self.env["recurring.subscription"].search(mine | Domain("id", "in", self.recurring_extends_id.ids))

    def _recurring_lines(self):
        """The lines that are sold as a subscription."""
        return self.order_line.filtered(lambda line: line._is_recurring() and line.product_uom_qty)

    def _recurring_prepare_subscriptions(self):
        """The subscriptions that the confirmation of the order makes, as values; writes nothing.

        :return: list of dict, one per plan, as ``create()`` of a subscription takes them, with ``line_ids`` as commands
        """
        self.ensure_one()
        return self.env["recurring.order.preparation"].prepare(self)
