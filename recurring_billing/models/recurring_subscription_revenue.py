from odoo import fields, models


class RecurringSubscription(models.Model):
    _inherit = "recurring.subscription"

    revenue_event_ids = fields.One2many("recurring.revenue.event", "subscription_id", "MRR Movements")
    revenue_recorded_on = fields.Datetime(readonly=True, copy=False, help="When its MRR movements were last brought up to date.")

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & self._revenue_fields():
            self.env["recurring.revenue.recording"].note(self)
        return res

    def _revenue_fields(self):
        """What says whose revenue it is, or how much of it there is."""
        return {
            "state",
            "company_id",
            "currency_id",
            "partner_id",
            "partner_invoice_id",
            "plan_id",
            "user_id",
            "team_id",
            "start_date",
            "end_date",
            "anchor_date",
        }

    def _service_owned_fields(self):
        return super()._service_owned_fields() | {"revenue_recorded_on", "revenue_event_ids"}

    def action_open_revenue_events(self):
        """The MRR movements of these subscriptions."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_revenue_event")
        return dict(
            action, domain=[("subscription_id", "in", self.ids)], context={}, views=[(False, "list"), (False, "graph"), (False, "pivot")]
        )
