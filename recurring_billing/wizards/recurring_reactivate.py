from odoo import api, fields, models


class RecurringReactivate(models.TransientModel):
    """Closed subscriptions go on, from a day on."""

    _name = "recurring.reactivate"
    _description = "Reactivate Subscription"

    subscription_ids = fields.Many2many("recurring.subscription", required=True, readonly=True)
    date = fields.Date("From", required=True, default=lambda self: self._default_date(), help="The first day of service, and of billing.")

    @api.model
    def _default_date(self):
        """Today, in the company of the subscriptions."""
        commands = self.env.context.get("default_subscription_ids") or []
        ids = [each for command in commands for each in (command[2] if len(command) > 2 else [command[1]])]
        company = self.env["recurring.subscription"].browse(ids).company_id[:1] or self.env.company
        return company._recurring_today()

    def action_reactivate(self):
        """They go on at the prices that count then; the time between is not billed."""
        self.ensure_one()
        self.env["recurring.subscription.closing"].reactivate(self.subscription_ids, self.date)
        return True
