from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..services.notification import notification

DAYS_BACK = 3
MOST = 200


class RecurringIdentityConfirm(models.TransientModel):
    """An administrator looks at what may have been charged elsewhere, and says that this is the live database."""

    _name = "recurring.identity.confirm"
    _description = "Calls to Outside"

    stopped = fields.Char("Why", compute="_compute_state")
    last_seen = fields.Datetime("Known to be Live until", compute="_compute_state")
    address_before = fields.Char("Address Then", compute="_compute_state")
    address = fields.Char("Address Now", compute="_compute_state")
    transaction_ids = fields.Many2many("payment.transaction", string="Latest Payments", compute="_compute_state")
    is_compared = fields.Boolean("I compared these payments with the list at the payment provider, and this is the live database")
    note = fields.Text("What You Found", help="Kept with the confirmation.")
    history_ids = fields.Many2many("recurring.identity", string="Earlier Confirmations", compute="_compute_state")

    @api.depends_context("uid")
    def _compute_state(self):
        identity = self.env["recurring.identity"]
        known = identity._latest()
        for wizard in self:
            wizard.stopped = identity._why_stopped() or False
            wizard.last_seen = known.last_seen
            wizard.address_before = known.address
            wizard.address = self.env["recurring.identity.check"].now().address
            wizard.transaction_ids = wizard.stopped and wizard._latest_payments(known.last_seen)
            wizard.history_ids = identity.search([], limit=MOST)

    def _latest_payments(self, last_seen):
        """What was asked of providers shortly before the database was last known to be live, and whatever has no answer yet."""
        moment = (last_seen or fields.Datetime.now()) - timedelta(days=DAYS_BACK)
        latest = Domain("last_state_change", ">=", moment) & Domain("state", "!=", "draft")
        return self.env["payment.transaction"].search(latest | Domain("state", "in", ("pending", "authorized")), limit=MOST)

    def action_confirm(self):
        self.ensure_one()
        if not self.stopped:
            raise UserError(self.env._("This is the live database already; there is nothing to confirm."))
        if not self.is_compared:
            raise UserError(self.env._("Compare the latest payments with the provider first, then tick the box."))
        self.env["recurring.identity"].confirm(self.note or "")
        return notification(self.env._("Confirmed. Charges, messages and notices leave this database again."))
