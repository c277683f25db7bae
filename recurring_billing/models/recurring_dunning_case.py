from odoo import fields, models

from ..const import dunning as const


class RecurringDunningCase(models.Model):
    """What one customer owes one company, from the first reminder until nothing is owed."""

    _name = "recurring.dunning.case"
    _description = "Collection Case"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "amount_due desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one("recurring.dunning.policy", readonly=True)
    state = fields.Selection(const.CASE_STATES, required=True, readonly=True, default=const.CASE_OPEN, index=True)
    stage = fields.Selection(const.CASE_STAGES, required=True, readonly=True, default=const.STAGE_COMING, group_expand=True, index=True)
    amount_due = fields.Monetary("Overdue", readonly=True, help="What is late, less open credits, in the company's currency.")
    amount_open = fields.Monetary("Open", readonly=True, help="All that is open, late or not, less open credits.")
    oldest_due = fields.Date("Oldest Due Date", readonly=True)
    days_late = fields.Integer(readonly=True)
    risk = fields.Selection(const.RISKS, readonly=True, default=const.GOOD)
    user_id = fields.Many2one("res.users", "Owner", tracking=True, domain="[('share', '=', False)]", index="btree_not_null")
    last_contact_at = fields.Datetime("Last Contact", readonly=True)
    next_action_date = fields.Date("Next Action", readonly=True, index=True)
    next_action_words = fields.Char("What Comes Next", readonly=True)
    hold_until = fields.Date(readonly=True)
    hold_reason = fields.Char(readonly=True)
    opened_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    action_ids = fields.One2many("recurring.dunning.action", "case_id", "Actions")
    message_line_ids = fields.One2many("recurring.dunning.message", "case_id", "Time Line")

    _one_open = models.UniqueIndex("(partner_id, company_id) WHERE state = 'open'")
