from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class RecurringPriceRevisionNotice(models.Model):
    """What one customer is told of the new prices of one subscription."""

    _name = "recurring.price.revision.notice"
    _description = "Notice of New Prices"
    _order = "date_effective, id"
    _rec_name = "subscription_id"

    revision_id = fields.Many2one("recurring.price.revision", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="revision_id.company_id", store=True, index=True)
    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True)
    email = fields.Char(related="partner_id.email")
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    line_ids = fields.One2many("recurring.price.revision.line", "notice_id", "Prices")
    date_effective = fields.Date("New Price From", readonly=True)
    send_until = fields.Date(readonly=True, help="The last day on which the notice reaches the customer as early as the plan says.")
    state = fields.Selection(const.NOTICE_STATES, required=True, default=const.NOTICE_TO_SEND, readonly=True, index=True)
    told_on = fields.Date(readonly=True)
    old_total = fields.Monetary("Old per Period", compute="_compute_totals")
    new_total = fields.Monetary("New per Period", compute="_compute_totals")

    _subscription_unique = models.UniqueIndex("(revision_id, subscription_id)", "A revision is told once per subscription.")

    @api.depends("line_ids.old_price", "line_ids.new_price", "line_ids.line_id")
    def _compute_totals(self):
        for notice in self:
            old, new = (sum(row._amount_at(row[name]) for row in notice.line_ids) for name in ("old_price", "new_price"))
            notice.old_total, notice.new_total = notice.currency_id.round(float(old)), notice.currency_id.round(float(new))

    def action_send(self):
        """Put the e-mails into Odoo's queue, each in the customer's language."""
        self._check_manager()
        self.env["recurring.price.revision.run"].send(self.filtered(lambda notice: notice.state == const.NOTICE_TO_SEND))
        return True

    def action_told(self):
        """The customer was told in another way: by letter, by phone."""
        self._check_manager()
        waiting = self.filtered(lambda notice: notice.state == const.NOTICE_TO_SEND)
        # sudo: notices are written by the service alone
        waiting.sudo().write({"state": const.NOTICE_BY_HAND, "told_on": self.env.company._recurring_today()})
        return True

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("recurring_billing.group_manager"):
            raise UserError(self.env._("Notices of new prices are sent by a manager of Recurring Billing."))
