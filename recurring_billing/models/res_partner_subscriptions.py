from odoo import api, fields, models
from odoo.fields import Domain

from .. import const

SHOWN_INVOICES = 12


class ResPartner(models.Model):
    """A customer's whole recurring life on one page: what runs and ran, for whom, what comes next, what is owed."""

    _inherit = "res.partner"

    recurring_badge = fields.Selection(const.BADGES, "Standing", compute="_compute_recurring_life", groups=const.READERS)
    recurring_since = fields.Date("Customer since", compute="_compute_recurring_life", groups=const.READERS)
    recurring_next_invoice = fields.Date("Next Invoice", compute="_compute_recurring_life", groups=const.READERS)
    recurring_invoiced = fields.Monetary(
        "Invoiced so far", compute="_compute_recurring_life", currency_field="recurring_currency_id", groups=const.READERS
    )
    recurring_open = fields.Monetary(
        "Still to pay", compute="_compute_recurring_life", currency_field="recurring_currency_id", groups=const.READERS
    )
    recurring_life_ids = fields.Many2many(
        "recurring.subscription", string="All Subscriptions", compute="_compute_recurring_life", groups=const.READERS
    )
    recurring_invoice_ids = fields.Many2many(
        "account.move", string="Latest Invoices", compute="_compute_recurring_invoice_ids", groups=const.READERS
    )

    @api.depends_context("allowed_company_ids", "uid")
    @api.depends("recurring_subscription_ids.badge", "recurring_subscription_ids.next_invoice_date")
    def _compute_recurring_life(self):
        gravest = [badge for badge, _words in const.BADGES]
        for partner in self:
            mine = self.env["recurring.subscription"].search(partner._recurring_subscription_domain(), order="start_date desc, id desc")
            badges = [badge for badge in mine.mapped("badge") if badge]
            # Somebody with one running subscription is in order, though another one is paused or waits to start.
            grave = [badge for badge in badges if badge in (const.BADGE_BLOCKED, const.BADGE_LATE)]
            running = [badge for badge in badges if badge == const.BADGE_OK]
            partner.recurring_badge = min(grave or running or badges, key=gravest.index, default=False)
            partner.recurring_since = min(mine.filtered(lambda other: other.state != const.DRAFT).mapped("start_date"), default=False)
            partner.recurring_next_invoice = min((day for day in mine.mapped("next_invoice_date") if day), default=False)
            partner.recurring_invoiced, partner.recurring_open = partner._recurring_money(mine)
            partner.recurring_life_ids = mine

    def _recurring_money(self, subscriptions):
        """What was invoiced for these subscriptions, less credit notes, and what of it is open, in the company's currency."""
        # sudo: who may see the subscriptions may know what was billed for them, without reading every invoice
        lines = self.env["account.move.line"].sudo()
        billed = Domain("recurring_subscription_id", "in", subscriptions.ids) & Domain("parent_state", "=", "posted")
        moves = lines._read_group(billed, ["company_id"], ["move_id:recordset"])
        company, today = self.env.company, self.env.company._recurring_today()
        invoiced = still_open = 0.0
        for other, mine in moves:
            currency = other.currency_id
            invoiced += currency._convert(sum(mine.mapped("amount_total_signed")), company.currency_id, company, today)
            still_open += currency._convert(sum(mine.mapped("amount_residual_signed")), company.currency_id, company, today)
        return invoiced, still_open

    @api.depends_context("allowed_company_ids", "uid")
    def _compute_recurring_invoice_ids(self):
        readable = self.env["account.move"].has_access("read")
        for partner in self:
            if not readable:
                partner.recurring_invoice_ids = False
                continue
            partner.recurring_invoice_ids = self.env["account.move"].search(
                [("invoice_line_ids.recurring_subscription_id", "in", partner.recurring_life_ids.ids)],
                order="invoice_date desc, id desc",
                limit=SHOWN_INVOICES,
            )

    def action_new_recurring_subscription(self):
        """A new subscription of this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Subscription"),
            "res_model": "recurring.subscription",
            "views": [[False, "form"]],
            "context": {"default_partner_id": self.id},
        }
