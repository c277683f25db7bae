from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

AHEAD = timedelta(days=30)


class RecurringChargeSwitch(models.TransientModel):
    """Switching automatic charging on, after having seen what it would charge; or off."""

    _name = "recurring.charge.switch"
    _description = "Automatic Charging"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    is_on = fields.Boolean(compute="_compute_is_on")
    first_day = fields.Date(
        "Charge Invoices Due From",
        default=lambda self: self.env.company._recurring_today(),
        help="Invoices due earlier stay open and are never charged by themselves; each can still be charged with its button.",
    )
    line_ids = fields.One2many("recurring.charge.switch.line", "wizard_id", compute="_compute_line_ids", store=True, readonly=True)
    summary = fields.Char(compute="_compute_summary")

    @api.depends("company_id")
    def _compute_is_on(self):
        for wizard in self:
            wizard.is_on = wizard.company_id.recurring_charge

    @api.depends("company_id", "first_day")
    def _compute_line_ids(self):
        for wizard in self:
            moves = wizard._moves()
            wizard.line_ids = [Command.clear(), *(Command.create(wizard._prepare_line(move)) for move in moves)]

    def _moves(self):
        """Invoices that would be charged within the next days."""
        # sudo(False): stored fields are computed with all rights, and a request may name any company
        self.company_id._origin.sudo(False)._recurring_check_works_here()
        service = self.env["recurring.payment.collection"]
        until = self.company_id._recurring_today() + AHEAD
        domain = service.due_domain(self.company_id, until=until, since=self.first_day or until)
        return self.env["account.move"].search(domain, order="invoice_date_due, id")

    def _prepare_line(self, move):
        # sudo: who switches charging on sees which cards would be charged
        mine = move.sudo().with_company(move.company_id)
        token = mine._recurring_payment_token()
        return {
            "move_id": move.id,
            "date": max(move.recurring_next_charge_date or move.invoice_date_due or self.first_day, self.company_id._recurring_today()),
            "amount": mine._recurring_amount_to_charge(by_hand=True),
            "card": token.display_name if token else False,
            "problem": mine._recurring_no_card(token) or False,
        }

    @api.depends("line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for wizard in self:
            charged = wizard.line_ids.filtered(lambda line: not line.problem)
            totals = {}
            for line in charged:
                totals[line.currency_id] = totals.get(line.currency_id, 0.0) + line.amount
            amounts = ", ".join(format_amount(self.env, total, currency) for currency, total in totals.items())
            if charged:
                wizard.summary = self.env._(
                    "Within 30 days %(count)s cards would be charged: %(amounts)s.", count=len(charged), amounts=amounts
                )
            else:
                wizard.summary = self.env._("Nothing would be charged within 30 days.")

    def action_switch_on(self):
        """From now on saved cards are charged."""
        self._check_manager()
        if not self.first_day or self.first_day < self.company_id._recurring_today():
            raise UserError(self.env._("Choose today or a later day: older invoices are charged only with their own button."))
        self._switch({"recurring_charge": True, "recurring_charge_from": self.first_day})
        self.env["recurring.payment.collection"].wake()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_switch_off(self):
        """Nothing is charged by itself any more; what is under way is ended."""
        self._check_manager()
        self._switch({"recurring_charge": False})
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _switch(self, vals):
        # sudo: managers of recurring billing may decide this, without being administrators of companies
        self.company_id.sudo().write(vals)

    def _check_manager(self):
        self.ensure_one()
        if not self.env.user.has_group("recurring_billing.group_manager"):
            raise AccessError(self.env._("Only managers of Recurring Billing switch automatic charging on or off."))
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("This is not one of your companies."))


class RecurringChargeSwitchLine(models.TransientModel):
    """One invoice that would be charged."""

    _name = "recurring.charge.switch.line"
    _description = "Invoice That Would Be Charged"

    wizard_id = fields.Many2one("recurring.charge.switch", required=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", "Invoice")
    partner_id = fields.Many2one(related="move_id.partner_id", related_sudo=False)
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    date = fields.Date("On")
    amount = fields.Monetary()
    card = fields.Char()
    problem = fields.Char("Why Not")
