from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import dunning as const
from ..const import service as service_const
from .service_owned import refuse_service_owned


class SaleOrder(models.Model):
    """New orders of customers who owe: taken with a warning, or refused, as a step of the collection policy says."""

    _inherit = "sale.order"

    recurring_debt_effect = fields.Selection(const.ORDER_EFFECTS, compute="_compute_recurring_debt_effect")
    recurring_debt_words = fields.Char(compute="_compute_recurring_debt_effect")
    recurring_debt_allowed = fields.Boolean("Allowed Despite Debts", readonly=True, default=False, copy=False)

    @api.depends("partner_id", "partner_invoice_id", "company_id", "state", "recurring_debt_allowed")
    @api.depends_context("lang")
    def _compute_recurring_debt_effect(self):
        effects = self._recurring_debt_effects()
        words = {
            const.ORDERS_WARN: self.env._("This customer has debts that are late. Talk about them before you confirm the order."),
            const.ORDERS_REFUSE: self.env._("This customer has debts that are late, so new orders wait until they are paid."),
        }
        for order in self:
            effect = effects.get(order, const.ORDERS_KEPT)
            order.recurring_debt_effect, order.recurring_debt_words = effect, words.get(effect, False)

    def _recurring_debt_effects(self):
        """What is said to each order that is not confirmed yet: the gravest of its customer and its payer."""
        waiting = self.filtered(lambda order: order.state in ("draft", "sent") and not order.recurring_debt_allowed)
        customers = waiting.partner_id.commercial_partner_id | waiting.partner_invoice_id.commercial_partner_id
        # sudo: whoever sells must know that orders are stopped, without reading cases
        cases = (
            self.env["recurring.dunning.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", customers.ids),
                    ("company_id", "in", waiting.company_id.ids),
                    ("orders_effect", "!=", const.ORDERS_KEPT),
                ]
            )
        )
        gravity = [effect for effect, _words in const.ORDER_EFFECTS]
        found = {}
        for order in waiting:
            mine = order.partner_id.commercial_partner_id | order.partner_invoice_id.commercial_partner_id
            effects = [case.orders_effect for case in cases if case.partner_id in mine and case.company_id == order.company_id]
            found[order] = max(effects, key=gravity.index, default=const.ORDERS_KEPT)
        return found

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_debt_allowed"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_debt_allowed"}, [vals])
        return super().write(vals)

    def _recurring_refused(self):
        effects = self._recurring_debt_effects()
        return self.filtered(lambda order: effects.get(order) == const.ORDERS_REFUSE)

    def action_confirm(self):
        """Staff reads why the order waits. An order the customer has paid online is taken: its money is here."""
        refused = self.browse() if self.env.su else self._recurring_refused()
        if refused:
            raise UserError(
                self.env._(
                    "%(orders)s cannot be confirmed: the customer has debts that are late. Once they are paid it can, or somebody of "
                    "Collections or Billing presses “Allow This Order”.",
                    orders=", ".join(refused.mapped("display_name")),
                )
            )
        return super().action_confirm()

    def _validate_order(self):
        """What a customer signs on the web page, and has not paid, waits for the seller: nobody is told of debts there."""
        refused = self._recurring_refused()
        for order in refused:
            order.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Signed, but not confirmed"),
                note=self.env._("The customer accepted the quotation and has debts that are late. Decide whether the order is taken."),
                user_id=(order.user_id or self.env.ref("base.user_admin")).id,
            )
        return super(SaleOrder, self - refused)._validate_order() if self - refused else None

    def action_recurring_allow_debts(self):
        """Somebody who collects takes the responsibility for this order."""
        self.check_access("write")
        if not any(self.env.user.has_group(group) for group in service_const.WHO_COLLECTS):
            raise AccessError(self.env._("Orders of customers with debts are allowed by the groups Collections, Manager and Billing."))
        # sudo: kept by us; who may allow it was checked
        self.sudo().recurring_debt_allowed = True
        for order in self:
            order._message_log(body=self.env._("%s allows this order although the customer has debts.", self.env.user.name))
        return True
