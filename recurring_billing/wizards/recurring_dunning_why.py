from odoo import api, fields, models


class RecurringDunningWhy(models.TransientModel):
    """The dialog "Why me, and why not yesterday?" of a message."""

    _name = "recurring.dunning.why"
    _description = "Why This Message?"

    message_id = fields.Many2one("recurring.dunning.message", required=True, readonly=True, ondelete="cascade")
    body = fields.Html(compute="_compute_body", sanitize=False)

    @api.depends("message_id")
    @api.depends_context("lang")
    def _compute_body(self):
        for dialog in self:
            # Whoever calls from outside may name any message.
            dialog.message_id.check_access("read")
            paragraphs = self.env["recurring.dunning.reasons"].of(dialog.message_id)
            dialog.body = self.env["ir.qweb"]._render("recurring_billing.dunning_reasons", {"paragraphs": paragraphs})

    @api.model
    def _open(self, message):
        """The action that opens the dialog."""
        message.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why this message, and why not earlier?"),
            "res_model": self._name,
            "res_id": self.create({"message_id": message.id}).id,
            "views": [(False, "form")],
            "target": "new",
        }
