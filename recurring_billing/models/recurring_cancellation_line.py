from odoo import fields, models

from .. import const


class RecurringCancellationLine(models.Model):
    """One subscription of a cancellation: what became of it, and what was charged and lost."""

    _name = "recurring.cancellation.line"
    _description = "Cancelled Subscription"
    _order = "cancellation_id desc, id"
    _rec_name = "subscription_id"

    cancellation_id = fields.Many2one("recurring.cancellation", required=True, readonly=True, ondelete="cascade", index=True)
    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="cancellation_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True, precompute=True)
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True, precompute=True)
    reason_id = fields.Many2one(related="cancellation_id.reason_id", store=True, precompute=True)
    user_id = fields.Many2one(related="cancellation_id.user_id")
    date = fields.Date(related="cancellation_id.date", store=True, precompute=True)
    exception_reason = fields.Char(related="cancellation_id.exception_reason")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    state = fields.Selection(const.CANCELLATION_STATES, required=True, readonly=True, default=const.CANCELLATION_TO_DO, index=True)
    message = fields.Char("What Stands Against It", readonly=True)
    last_day = fields.Date(readonly=True)
    exit_fee = fields.Monetary(readonly=True, help="What leaving within the minimum term costs, untaxed; also where it was waived.")
    fee_id = fields.Many2one("recurring.one.off", "Exit Fee Charged", readonly=True, ondelete="set null")
    change_id = fields.Many2one("recurring.change", readonly=True, ondelete="set null", index="btree_not_null")
    mrr = fields.Monetary("MRR", readonly=True, currency_field="company_currency_id", help="When it was decided.")

    def action_open_subscription(self):
        self.ensure_one()
        return self.subscription_id._get_records_action()
