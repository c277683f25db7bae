from odoo import models

from ..const import dunning as const


class ResUsers(models.Model):
    """Nobody's debts are forgotten because the person who looked after them left."""

    _inherit = "res.users"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._recurring_leave_cases()
        return super().write(vals)

    def action_archive(self):
        # Odoo deletes the tasks of who leaves.
        self._recurring_leave_cases()
        return super().action_archive()

    def _recurring_leave_cases(self):
        """The open cases of these users, and their tasks about cases, are nobody's in particular, so that they come up for all."""
        # sudo: who archives a user need not work on cases
        cases = self.env["recurring.dunning.case"].sudo().search([("user_id", "in", self.ids), ("state", "=", const.CASE_OPEN)])
        cases.user_id = False
        tasks = self.env["mail.activity"].sudo().search([("res_model", "=", cases._name), ("user_id", "in", self.ids)])
        tasks.with_context(mail_activity_quick_update=True).user_id = self.env.ref("base.user_root")
