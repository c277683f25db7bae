from odoo import fields, models

from ..const import statement as const


class RecurringStatement(models.Model):
    """A statement of one customer as it was sent or printed on a day."""

    _name = "recurring.statement"
    _inherit = ["recurring.service.written"]
    _description = "Customer Statement"
    _order = "batch_id desc, id"
    _rec_name = "partner_id"

    batch_id = fields.Many2one("recurring.statement.batch", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="batch_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade")
    day = fields.Date(related="batch_id.day", store=True, precompute=True)
    amount_open = fields.Monetary("Open", readonly=True, help="What was open on that day, less credits, in the company's currency.")
    amount_overdue = fields.Monetary("Overdue", readonly=True)
    state = fields.Selection(const.STATES, required=True, readonly=True, default=const.WAITING, index=True)
    reason = fields.Char(readonly=True)
    said = fields.Char(readonly=True, help="The day and the amounts on the paper, in short.")
    attachment_id = fields.Many2one("ir.attachment", "PDF", readonly=True, ondelete="set null")
    message_id = fields.Many2one("recurring.dunning.message", readonly=True, index="btree_not_null", ondelete="set null")
    message_state = fields.Selection(related="message_id.state", string="E-mail")

    _once = models.UniqueIndex("(batch_id, partner_id)", "This customer is in this batch already.")

    def action_open_pdf(self):
        """Look at what was sent or printed."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/web/content/{self.attachment_id.id}?download=true", "target": "self"}

    def action_retry(self):
        """Try again what failed: the reason is removed."""
        failed = self.filtered(lambda statement: statement.state == const.FAILED)
        failed.batch_id._check_may_work()
        # sudo: kept by the service; who may work on it was checked
        failed.sudo().write({"state": const.WAITING, "reason": False})
        failed.batch_id._wake()
        return True
