from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from .. import const


class RecurringRevenueEvent(models.Model):
    """One movement of monthly recurring revenue: what was booked or released of a line on a day.

    Append-only: written by ``recurring.revenue.recording`` alone, never edited, never deleted; a mistake is taken back by another event of
    the same day. Only ``kind`` may be told anew by the service, because it follows from all movements of the customer: what was *new* is an
    *expansion* once an earlier subscription is recorded.
    """

    _name = "recurring.revenue.event"
    _description = "MRR Movement"
    _order = "effective_date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="restrict", index=True)
    payer_id = fields.Many2one("res.partner", readonly=True, ondelete="restrict", help="Who pays the invoices.")
    subscription_id = fields.Many2one("recurring.subscription", readonly=True, ondelete="set null", index=True)
    line_id = fields.Many2one("recurring.subscription.line", readonly=True, ondelete="set null", index=True)
    lineage_id = fields.Many2one("recurring.lineage", readonly=True, ondelete="set null", index="btree_not_null")
    plan_id = fields.Many2one("recurring.plan", required=True, readonly=True, ondelete="restrict", index=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="restrict")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="restrict", index=True)
    country_id = fields.Many2one("res.country", readonly=True, ondelete="restrict")
    kind = fields.Selection(const.REVENUE_KINDS, "Movement", required=True, readonly=True, index=True)
    amount = fields.Monetary("MRR", required=True, readonly=True, help="Booked (or, negative, released) a month, in company currency.")
    currency_rate = fields.Float(
        "Rate", readonly=True, default=1.0, digits=0, help="Company currency for one of the subscription's; fixed on the effective day."
    )
    effective_date = fields.Date("Effective", required=True, readonly=True, index=True)
    recorded_on = fields.Datetime("Recorded", required=True, readonly=True, help="When it was written: later than it counts, if told late.")
    paused = fields.Boolean(
        readonly=True, default=False, required=True, help="It comes from a pause, or takes one back: the customer did not leave."
    )
    reason = fields.Selection(const.REVENUE_REASONS, required=True, readonly=True)

    _customer_idx = models.Index("(company_id, partner_id, effective_date)")

    @api.depends("kind", "amount", "effective_date", "subscription_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            # sudo: a movement is named after what it is of, which its reader need not be allowed to open
            event.display_name = self.env._(
                "%(subscription)s: %(kind)s of %(amount)s on %(day)s",
                subscription=event.subscription_id.sudo().name or event.partner_id.sudo().display_name,
                kind=kinds.get(event.kind, ""),
                amount=format_amount(self.env, event.amount, event.currency_id),
                day=format_date(self.env, event.effective_date),
            )

    @api.model
    def _search(self, *args, **kwargs):
        """Who looks sees what this transaction has changed, too."""
        if not self._is_recording():
            self.env["recurring.revenue.recording"].record_noted()
        return super()._search(*args, **kwargs)

    @api.model_create_multi
    def create(self, vals_list):
        # A superuser alone is not enough: RPC and imports never have the key's object.
        if not self._is_recording():
            raise UserError(self.env._("MRR movements are written by recurring billing itself. Change the subscription instead."))
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super; nothing of it is ever written
        raise UserError(self.env._("MRR movements are never edited. Change the subscription: what differs becomes another movement."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("MRR movements are never deleted. Change the subscription: what differs becomes another movement."))

    def _is_recording(self):
        return self.env.context.get("recurring_revenue_recording") is const.RECORDING

    def action_open_subscription(self):
        """The subscription behind a movement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }
