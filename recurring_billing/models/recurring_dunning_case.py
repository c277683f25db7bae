from odoo import api, fields, models

from ..const import dunning as const


class RecurringDunningCase(models.Model):
    """What one customer owes one company, from the first reminder until nothing is owed."""

    _name = "recurring.dunning.case"
    _description = "Collection Case"
    _inherit = ["recurring.service.written", "mail.thread", "mail.activity.mixin"]
    _order = "amount_due desc, id desc"
    _rec_name = "partner_id"

    _written_by_people = frozenset(
        {"user_id", "looked_on", "activity_ids", "message_ids", "message_follower_ids", "message_main_attachment_id"}
    )

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one("recurring.dunning.policy", readonly=True)
    state = fields.Selection(const.CASE_STATES, required=True, readonly=True, default=const.CASE_OPEN, index=True)
    stage = fields.Selection(const.CASE_STAGES, required=True, readonly=True, default=const.STAGE_COMING, group_expand=True, index=True)
    amount_due = fields.Monetary("Overdue", readonly=True, default=0.0, help="What is late, less open credits, in the company's currency.")
    amount_open = fields.Monetary("Open", readonly=True, default=0.0, help="All that is open, late or not, less open credits.")
    oldest_due = fields.Date("Oldest Due Date", readonly=True)
    days_late = fields.Integer(readonly=True, default=0)
    risk = fields.Selection(const.RISKS, readonly=True, default=const.GOOD)
    user_id = fields.Many2one("res.users", "Owner", tracking=True, domain="[('share', '=', False)]", index="btree_not_null")
    last_contact_at = fields.Datetime("Last Contact", readonly=True)
    next_action_date = fields.Date("Next Action", readonly=True, index=True)
    next_action_words = fields.Char("What Comes Next", compute="_compute_next_action_words")
    next_step_id = fields.Many2one("recurring.dunning.step", readonly=True, ondelete="set null")
    quiet_why = fields.Char(readonly=True, help="Why the customer is left alone today.")
    quiet_until = fields.Date(readonly=True)
    hold_until = fields.Date(readonly=True)
    hold_reason = fields.Char(readonly=True)
    opened_on = fields.Date(readonly=True)
    closed_on = fields.Date(readonly=True)
    action_ids = fields.One2many("recurring.dunning.action", "case_id", "Actions")
    message_line_ids = fields.One2many("recurring.dunning.message", "case_id", "Time Line")

    _one_open = models.UniqueIndex("(partner_id, company_id) WHERE state = 'open'")

    @api.depends("next_step_id", "quiet_why", "quiet_until")
    @api.depends_context("lang")
    def _compute_next_action_words(self):
        silence = self.env["recurring.dunning.silence"]
        for case in self:
            # sudo: what comes next is told to whoever reads the case
            step = case.sudo().next_step_id
            words = [step.name] if step else []
            if case.quiet_why:
                words.append(silence.of_case(case.quiet_why, case.quiet_until))
            case.next_action_words = ". ".join(words) or False

    @api.model
    def _of(self, partners, company):
        """The open cases of customers, made where there is none.

        :return: dict commercial partner → case
        """
        return self.env["recurring.dunning.cases"].of(partners, company)

    def _refresh(self):
        """Bring stage and figures up to date; what owes nothing any more is closed."""
        self.env["recurring.dunning.cases"].refresh(self)
