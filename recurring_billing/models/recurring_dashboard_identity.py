from odoo import fields, models


class RecurringDashboard(models.Model):
    _inherit = "recurring.dashboard"

    stopped = fields.Char(compute="_compute_stopped", help="Why no charge, message or notice leaves this database.")
    may_confirm = fields.Boolean(compute="_compute_stopped")

    def _compute_stopped(self):
        why = self.env["recurring.identity"]._why_stopped()
        for card in self:
            card.stopped = card.is_total and why
            card.may_confirm = self.env.user.has_group("base.group_system")
