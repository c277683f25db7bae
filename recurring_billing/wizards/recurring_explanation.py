from odoo import api, fields, models


class RecurringExplanation(models.TransientModel):
    """The dialog "Why this amount?" of an invoice line or of a ledger row."""

    _name = "recurring.explanation"
    _description = "Why This Amount?"

    move_line_id = fields.Many2one("account.move.line", readonly=True, ondelete="cascade")
    period_id = fields.Many2one("recurring.period", readonly=True, ondelete="cascade")
    body = fields.Html(compute="_compute_body", sanitize=False)
    period_ids = fields.Many2many("recurring.period", string="Billed Periods", compute="_compute_period_ids")

    @api.depends("move_line_id", "period_id")
    @api.depends_context("lang")
    def _compute_body(self):
        explanation = self.env["recurring.amount.explanation"]
        for dialog in self:
            line, row = dialog.move_line_id, dialog.period_id
            paragraphs = explanation.of_line(line) if line else explanation.of_row(row) if row else []
            dialog.body = self.env["ir.qweb"]._render(
                "recurring_billing.amount_explanation", {"paragraphs": paragraphs, "link": self._link}
            )

    @api.depends("move_line_id", "period_id")
    def _compute_period_ids(self):
        explanation, history = self.env["recurring.amount.explanation"], self.env["recurring.amount.history"]
        for dialog in self:
            # sudo: finding the rows; shown are those the reader may see
            rows = explanation.rows_of(dialog.move_line_id.sudo()) if dialog.move_line_id else dialog.period_id.sudo()
            earlier = rows.browse(other.id for row in rows if row.price_known for other in history.of(row).earlier)
            found = (rows | rows.credits_id | earlier).with_env(self.env)
            dialog.period_ids = found._filtered_access("read")

    @api.model
    def _open(self, **values):
        """The action that opens the dialog.

        :param values: ``move_line_id`` or ``period_id``; the caller must be allowed to read it.
        """
        dialog = self.create(values)
        (dialog.move_line_id or dialog.period_id).check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why This Amount?"),
            "res_model": self._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _link(self, invoices):
        """Name and address of those of the invoices the reader may open."""
        readable = invoices.with_env(self.env)._filtered_access("read") if invoices else []
        return [(invoice.display_name, f"/odoo/account.move/{invoice.id}") for invoice in readable]
