from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..services.invoice_generation import BILLED_AT_ONCE


class RecurringBillNow(models.TransientModel):
    """Bill now: first a dry count of what would happen, then the run."""

    _name = "recurring.bill.now"
    _description = "Bill Now"

    subscription_ids = fields.Many2many("recurring.subscription", string="Selected Subscriptions")
    company_id = fields.Many2one("res.company", help="Empty: all companies you work in.")
    plan_id = fields.Many2one("recurring.plan", help="Empty: every plan.")
    horizon = fields.Date(
        "Bill up to",
        required=True,
        default=lambda self: self.env.company._recurring_today(),
        help="Everything due on or before this day is billed. Invoices are dated today.",
    )
    count_ids = fields.One2many("recurring.bill.now.count", "wizard_id", "Dry Count", compute="_compute_count_ids", store=True)
    is_empty = fields.Boolean(compute="_compute_is_empty")

    @api.depends("horizon", "subscription_ids", "company_id", "plan_id")
    def _compute_count_ids(self):
        for wizard in self:
            counts = self.env["recurring.invoice.generation"].dry_count(wizard._due(), wizard.horizon) if wizard.horizon else {}
            wizard.count_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "company_id": company.id,
                            "currency_id": currency.id,
                            "subscription_count": count["subscriptions"],
                            "invoice_count": count["invoices"],
                            "parked_count": count["parked"],
                            "amount": count["amount"],
                        }
                    )
                    for company, by_currency in counts.items()
                    for currency, count in by_currency.items()
                    if count["invoices"] or count["parked"]
                ),
            ]

    @api.depends("count_ids")
    def _compute_is_empty(self):
        for wizard in self:
            wizard.is_empty = not wizard.count_ids

    def action_bill(self):
        """Bill, and show the runs."""
        self.ensure_one()
        due = self._due()
        if not due:
            raise UserError(
                self.env._(
                    "Nothing is due up to %s. Choose a later day, or look at the next invoice dates.", format_date(self.env, self.horizon)
                )
            )
        generation = self.env["recurring.invoice.generation"]
        bill = generation.bill if len(due) <= BILLED_AT_ONCE else generation.bill_in_background
        runs = bill(due, self.horizon)
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_billing_run")
        if len(runs) == 1:
            return dict(action, views=[(False, "form")], res_id=runs.id, context={})
        return dict(action, domain=[("id", "in", runs.ids)], context={})

    def _due(self):
        domain = self.env["recurring.invoice.generation"]._due_domain(self.horizon)
        if self.subscription_ids:
            return self.subscription_ids._origin.filtered_domain(domain).filtered(lambda subscription: not subscription.is_parked)
        domain &= fields.Domain([("is_parked", "=", False), ("company_id", "in", (self.company_id or self.env.companies).ids)])
        if self.plan_id:
            domain &= fields.Domain("plan_id", "=", self.plan_id.id)
        return self.env["recurring.subscription"].search(domain)


class RecurringBillNowCount(models.TransientModel):
    """One line of the dry count: a company and a currency."""

    _name = "recurring.bill.now.count"
    _description = "Dry Count"

    wizard_id = fields.Many2one("recurring.bill.now", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    subscription_count = fields.Integer("Subscriptions", readonly=True)
    invoice_count = fields.Integer("Invoices", readonly=True)
    parked_count = fields.Integer("Will be Parked", readonly=True)
    amount = fields.Monetary(readonly=True, help="In the tax basis of the prices.")
