from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import const

SHOWN_DAYS = 31


class RecurringPreview(models.TransientModel):
    """What will be billed up to a day? Totals by company, currency and plan, and every line behind them. Nothing is billed."""

    _name = "recurring.preview"
    _description = "Billing Preview"

    horizon = fields.Date(
        "Up to",
        required=True,
        default=lambda self: fields.Date.add(self.env.company._recurring_today(), days=SHOWN_DAYS),
        help="The runs of every day up to this one are imagined, by the present lines, prices and discounts.",
    )
    subscription_ids = fields.Many2many("recurring.subscription", string="Selected Subscriptions")
    company_ids = fields.Many2many("res.company", string="Companies", help="Empty: all companies you work in.")
    plan_ids = fields.Many2many("recurring.plan", string="Plans", help="Empty: every plan.")
    line_ids = fields.One2many("recurring.preview.line", "preview_id", "Lines", readonly=True)
    total_ids = fields.One2many("recurring.preview.total", "preview_id", "Totals", readonly=True)
    is_done = fields.Boolean(readonly=True)
    line_count = fields.Integer(readonly=True)
    held_count = fields.Integer(readonly=True)

    @api.depends("horizon")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = self.env._("What will be billed up to %s?", format_date(self.env, preview.horizon))

    def action_preview(self):
        """Look ahead, and show the totals."""
        self.ensure_one()
        if self.subscription_ids:
            subscriptions = self.subscription_ids
        else:
            domain = Domain("company_id", "in", (self.company_ids or self.env.companies).ids)
            if self.plan_ids:
                domain &= Domain("plan_id", "in", self.plan_ids.ids)
            subscriptions = self.env["recurring.subscription"].search(
                domain & self.env["recurring.invoice.generation"]._due_domain(self.horizon)
            )
        values = self.env["recurring.billing.preview"].lines(subscriptions, self.horizon)
        self.line_ids.unlink()
        self.env["recurring.preview.line"].create([{**each, "preview_id": self.id} for each in values])
        self.write(
            {
                "is_done": True,
                "line_count": len(values),
                "held_count": len({each["subscription_id"] for each in values if each["attention"] in const.PREVIEW_HELD}),
                "total_ids": [Command.clear(), *(Command.create(total) for total in self._totals())],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("recurring_billing.view_recurring_preview_result").id, "form")],
            "target": "current",
        }

    def _totals(self):
        """By company, currency and plan: what will be billed, and what is held back until a person does something."""
        keys = ["company_id", "currency_id", "plan_id"]
        found = {}
        lines = self.env["recurring.preview.line"]
        for is_held in (False, True):
            held = Domain("attention", "in", const.PREVIEW_HELD)
            domain = Domain("preview_id", "=", self.id) & (held if is_held else ~held)
            for company, currency, plan, subscriptions, untaxed, total in lines._read_group(
                domain, keys, ["subscription_id:count_distinct", "amount_untaxed:sum", "amount_total:sum"]
            ):
                values = found.setdefault(
                    (company, currency, plan), {name: record.id for name, record in zip(keys, (company, currency, plan), strict=True)}
                )
                if is_held:
                    values.update(held_subscription_count=subscriptions, held_total=total)
                else:
                    values.update(subscription_count=subscriptions, amount_untaxed=untaxed, amount_total=total)
        for (company, currency, plan, kind), count in self._documents().items():
            name = "credit_count" if kind == const.PREVIEW_CREDIT else "invoice_count"
            found[company, currency, plan][name] = count
        return [found[key] for key in sorted(found, key=lambda key: [record.display_name for record in key])]

    def _documents(self):
        """How many invoices and credit notes there will be, by company, currency, plan and kind."""
        documents = {}
        for line in self.line_ids:
            if line.attention not in const.PREVIEW_HELD:
                key = (line.company_id, line.currency_id, line.plan_id, line.kind)
                documents.setdefault(key, set()).add((line.subscription_id.id, line.number))
        return {key: len(found) for key, found in documents.items()}

    def action_open_lines(self):
        """Every line, to group, export and look at in a pivot."""
        return self._open_lines({})

    def action_open_held(self):
        """The lines that wait for a person."""
        return self._open_lines({"search_default_held": 1, "show_remark": True})

    def _open_lines(self, context):
        if not self.line_count:
            raise UserError(self.env._("Nothing is due up to %s. Choose a later day.", format_date(self.env, self.horizon)))
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_preview_line")
        return dict(action, display_name=self.display_name, domain=[("preview_id", "=", self.id)], context=context)

    def action_again(self):
        """Ask again, with another day or choice."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_preview")
        context = {
            "default_horizon": fields.Date.to_string(self.horizon),
            "default_subscription_ids": [Command.set(self.subscription_ids.ids)],
            "default_company_ids": [Command.set(self.company_ids.ids)],
            "default_plan_ids": [Command.set(self.plan_ids.ids)],
        }
        return dict(action, context=context)


class RecurringPreviewLine(models.TransientModel):
    """One line of one invoice or credit note that will be made."""

    _name = "recurring.preview.line"
    _description = "Line of a Billing Preview"
    _order = "company_id, run_date, subscription_id, number, id"

    preview_id = fields.Many2one("recurring.preview", required=True, readonly=True, ondelete="cascade", index=True)
    subscription_id = fields.Many2one("recurring.subscription", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    plan_id = fields.Many2one("recurring.plan", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    kind = fields.Selection(const.PREVIEW_KINDS, readonly=True)
    number = fields.Integer("Document", readonly=True, help="Lines of a subscription with the same number stand on one document.")
    name = fields.Text("Description", readonly=True)
    start = fields.Date("From", readonly=True)
    last_day = fields.Date("To", readonly=True)
    due_on = fields.Date("Period Due", readonly=True)
    bill_on = fields.Date("Can be Billed from", readonly=True)
    run_date = fields.Date("Billed on", readonly=True, help="The day of the run: today for what is due already.")
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    amount = fields.Monetary("Price", readonly=True, help="In the tax basis of the price.")
    amount_untaxed = fields.Monetary("Untaxed", readonly=True)
    amount_total = fields.Monetary("Total", readonly=True)
    attention = fields.Selection(const.PREVIEW_ATTENTIONS, readonly=True)
    is_parked = fields.Boolean("Parked", readonly=True)
    has_problem = fields.Boolean("Will be Parked", readonly=True)
    is_catch_up = fields.Boolean("Old Work to Confirm", readonly=True)
    is_locked = fields.Boolean("Locked Month", readonly=True)
    has_draft = fields.Boolean("Draft Waits", readonly=True)
    remark = fields.Text("What to Know", readonly=True)

    def action_open_subscription(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }


class RecurringPreviewTotal(models.TransientModel):
    """One line of the totals: a company, a currency and a plan."""

    _name = "recurring.preview.total"
    _description = "Total of a Billing Preview"

    preview_id = fields.Many2one("recurring.preview", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    plan_id = fields.Many2one("recurring.plan", readonly=True)
    subscription_count = fields.Integer("Subscriptions", readonly=True)
    invoice_count = fields.Integer("Invoices", readonly=True)
    credit_count = fields.Integer("Credit Notes", readonly=True)
    amount_untaxed = fields.Monetary("Untaxed", readonly=True)
    amount_total = fields.Monetary("Total", readonly=True)
    held_subscription_count = fields.Integer("Held Back", readonly=True, help="Subscriptions that are not billed until a person acts.")
    held_total = fields.Monetary("Amount Held Back", readonly=True)
