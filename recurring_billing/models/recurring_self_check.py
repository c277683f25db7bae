from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..const import self_check as const
from .service_owned import refuse_service_owned

MAY_CHECK = ("recurring_billing.group_manager", "account.group_account_invoice")


class RecurringSelfCheck(models.Model):
    """How billing and collections were one day, as they looked at themselves."""

    _name = "recurring.self.check"
    _description = "Self-Check"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "day desc, id desc"
    _rec_name = "day"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    day = fields.Date(required=True, readonly=True, index=True)
    checked_at = fields.Datetime("Looked At", readonly=True)
    state = fields.Selection(const.STATES, required=True, readonly=True, default=const.OK)
    finding_ids = fields.One2many("recurring.self.check.finding", "check_id", "Findings", readonly=True)
    finding_count = fields.Integer("What Was Found", compute="_compute_finding_count", store=True)
    told = fields.Char(readonly=True, help="The kinds of findings that managers were told.")

    _once = models.UniqueIndex("(company_id, day)", "This day was looked at already.")

    @api.depends("finding_ids")
    def _compute_finding_count(self):
        for check in self:
            check.finding_count = len(check.finding_ids)

    @api.depends("day", "company_id")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._("Self-check of %s", format_date(self.env, check.day))

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._kept_by_services(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._kept_by_services(), [vals])
        return super().write(vals)

    @api.model
    def _kept_by_services(self):
        return {"company_id", "day", "checked_at", "state", "finding_ids", "finding_count", "told"}

    def action_check_now(self):
        """Look now, and show what was found; from a check, or from the list of them."""
        self._check_may_check()
        company = self[:1].company_id or self.env.company
        # sudo: who may look was checked; the check sees everything of the company
        check = self.env["recurring.self.check.service"].sudo().check(company)
        return check.with_env(self.env)._get_records_action(name=self.env._("Self-Check"))

    def _check_may_check(self):
        if not self.env.su and not any(self.env.user.has_group(group) for group in MAY_CHECK):
            raise AccessError(self.env._("The self-check is started by managers of Recurring Billing and by the group Billing."))
