from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class RecurringOneOffBatch(models.Model):
    """The one-offs that one action added to several subscriptions: what still waits of them is taken back as one action, too."""

    _name = "recurring.one.off.batch"
    _description = "One-Off Charges Added Together"
    _order = "id desc"

    name = fields.Char("Description", required=True, readonly=True)
    reason = fields.Text(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True, help="Empty: of several companies.")
    one_off_ids = fields.One2many("recurring.one.off", "batch_id", "One-Off Charges")
    count = fields.Integer(compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")

    @api.depends("one_off_ids.state")
    def _compute_counts(self):
        for batch in self:
            batch.count = len(batch.one_off_ids)
            batch.waiting_count = len(batch._waiting())

    def _waiting(self):
        return self.one_off_ids.filtered(lambda one_off: one_off.state == const.ONE_OFF_WAITING)

    def action_withdraw(self):
        """Withdraw everything that still waits; what is billed stays."""
        self.ensure_one()
        waiting = self._waiting()
        if not waiting:
            raise UserError(self.env._("Nothing of this waits any more. What is billed is taken back one by one, with Undo on its line."))
        return waiting.action_withdraw()
