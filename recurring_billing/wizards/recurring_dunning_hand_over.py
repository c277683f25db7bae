from odoo import fields, models


class RecurringDunningHandOver(models.TransientModel):
    """Somebody else goes on with one or many cases."""

    _name = "recurring.dunning.hand.over"
    _description = "Hand Over"

    case_ids = fields.Many2many("recurring.dunning.case", string="Cases", required=True)
    user_id = fields.Many2one(
        "res.users",
        "New Owner",
        required=True,
        domain=lambda self: [("share", "=", False), ("all_group_ids", "in", self._worker_groups().ids)],
    )
    note = fields.Text()

    def _worker_groups(self):
        return self.env.ref("recurring_billing.group_collections") | self.env.ref("account.group_account_invoice")

    def action_hand_over(self):
        """Hand over."""
        self.ensure_one()
        self.env["recurring.dunning.work"].hand_over(self.case_ids, self.user_id, self.note or "")
        return {"type": "ir.actions.act_window_close"}
