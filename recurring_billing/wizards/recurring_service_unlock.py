from odoo import api, fields, models
from odoo.tools import format_date


class RecurringServiceUnlock(models.TransientModel):
    """A customer's services run for some days although the debt stands."""

    _name = "recurring.service.unlock"
    _description = "Unlock on Trust"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    note = fields.Char("Why", help="What the customer said: it stays in the history.")
    block_ids = fields.Many2many("recurring.service.block", string="Services", compute="_compute_offer")
    words = fields.Char(compute="_compute_offer")
    left = fields.Integer(compute="_compute_offer")

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_offer(self):
        service = self.env["recurring.service.state"]
        for wizard in self:
            blocks, until, left = service.trust_offer(wizard.partner_id, wizard.company_id)
            wizard.block_ids, wizard.left = blocks, left
            if not blocks:
                wizard.words = self.env._("No service of this customer is withheld right now.")
            elif left:
                wizard.words = self.env._(
                    "Runs until %(day)s, that day included, and is withheld again afterwards unless the debt is paid.",
                    day=format_date(self.env, until),
                )
            else:
                wizard.words = self.env._("This customer was trusted as often as the collection policy allows within twelve months.")

    def action_unlock(self):
        self.ensure_one()
        self.env["recurring.service.state"].trust(self.partner_id, self.company_id, self.note or "")
        return {"type": "ir.actions.act_window_close"}
