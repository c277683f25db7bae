from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from ..rules.money import to_decimal
from ..rules.one_off import worth_of_days
from ..rules.periods import period_at

CHARGE, CREDIT, DAYS = "charge", "credit", "days"


class RecurringOneOffAdd(models.TransientModel):
    """Charge or credit something once on one or many subscriptions: how much, why, and on which invoice it will be."""

    _name = "recurring.one.off.add"
    _description = "Add One-Off Charge"

    subscription_ids = fields.Many2many("recurring.subscription", string="Subscriptions", required=True)
    kind = fields.Selection(
        [(CHARGE, "A charge"), (CREDIT, "A credit"), (DAYS, "A credit for some days without service")],
        "What",
        required=True,
        default=CHARGE,
    )
    product_id = fields.Many2one("product.product", domain="[('sale_ok', '=', True)]", help="Gives text, taxes and account.")
    name = fields.Char("Description", compute="_compute_name", store=True, readonly=False, help="What the invoice says.")
    quantity = fields.Float(digits="Product Unit", default=1.0)
    price_unit = fields.Float(
        "Amount", digits="Product Price", compute="_compute_price_unit", store=True, readonly=False, help="Of one, before tax is added."
    )
    days = fields.Integer("Days without Service", default=1)
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._recurring_today(),
        help="When it happened. It goes on the first invoice made on this day or later.",
    )
    when = fields.Selection(const.ONE_OFF_WHEN, "Billed", required=True, default=const.NEXT_INVOICE)
    reason = fields.Text(help="For the history: why it is charged or credited.")
    line_ids = fields.One2many("recurring.one.off.add.line", "wizard_id", "Preview", compute="_compute_line_ids", store=True)
    count = fields.Integer(compute="_compute_count")

    @api.depends("product_id", "kind", "days")
    def _compute_name(self):
        for wizard in self:
            if wizard.kind == DAYS:
                wizard.name = (
                    self.env._("1 day without service") if wizard.days == 1 else self.env._("%s days without service", wizard.days)
                )
            else:
                wizard.name = wizard.product_id.name

    @api.depends("product_id")
    def _compute_price_unit(self):
        for wizard in self:
            wizard.price_unit = wizard.product_id.lst_price

    @api.depends("subscription_ids", "kind", "product_id", "name", "quantity", "price_unit", "days", "date", "when")
    def _compute_line_ids(self):
        for wizard in self:
            values = wizard._prepare_one_offs() if wizard._is_complete() else []
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "subscription_id": vals["subscription_id"],
                            "name": vals["name"],
                            "amount": vals["quantity"] * vals["price_unit"],
                            **wizard._prepare_when(self.env["recurring.subscription"].browse(vals["subscription_id"])),
                        }
                    )
                    for vals in values
                ),
            ]

    @api.depends("line_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.line_ids)

    def action_add(self):
        """Add them, and show what waits where there are several."""
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept with the charge or credit."))
        if not self._is_complete():
            raise UserError(self.env._("Choose a product and an amount above 0, or how many days were without service."))
        values = self._prepare_one_offs()
        if not values:
            raise UserError(self.env._("None of these subscriptions has a price to give back. Choose a credit of an amount instead."))
        companies = self.subscription_ids.company_id
        # sudo: who may add one-offs may add several; the one-offs themselves need the user's own rights
        batch = self.env["recurring.one.off.batch"].sudo()
        if len(self.subscription_ids) > 1:
            batch = batch.create({"name": self.name, "reason": self.reason, "company_id": companies.id if len(companies) == 1 else False})
        one_offs = self.env["recurring.one.off"].create([dict(vals, batch_id=batch.id) for vals in values])
        self._log(one_offs)
        if not batch:
            return True
        return {
            "type": "ir.actions.act_window",
            "name": batch.name,
            "res_model": batch._name,
            "res_id": batch.id,
            "views": [(False, "form")],
        }

    def _log(self, one_offs):
        bodies = {
            subscription.id: self.env._(
                "One-off: %(what)s. Reason: %(reason)s", what=", ".join(mine.mapped("display_name")), reason=self.reason
            )
            for subscription, mine in one_offs.grouped("subscription_id").items()
        }
        one_offs.subscription_id._message_log_batch(bodies=bodies)

    def _is_complete(self):
        if self.kind == DAYS:
            return self.days > 0 and bool(self.date and self.name)
        return bool(self.product_id and self.name and self.quantity > 0 and self.price_unit > 0 and self.date)

    def _prepare_one_offs(self):
        """The values of what is added: one for each subscription; of days without service, one for each product that runs."""
        found = []
        # sudo(False): stored fields are computed with all rights, and a request may name any subscription
        self.subscription_ids._origin.sudo(False).check_access("read")
        for subscription in self.subscription_ids._origin:
            shared = {"subscription_id": subscription.id, "reason": self.reason, "date": self.date, "when": self.when}
            if self.kind == DAYS:
                found += [{**shared, **vals} for vals in self._prepare_days(subscription)]
            else:
                sign = -1 if self.kind == CREDIT else 1
                price = sign * self.price_unit
                found.append(
                    {**shared, "product_id": self.product_id.id, "name": self.name, "quantity": self.quantity, "price_unit": price}
                )
        return found

    def _prepare_days(self, subscription):
        plan, rounding = subscription.plan_id, to_decimal(subscription.currency_id.rounding)
        full = period_at(subscription.anchor_date, plan._interval(), self.date)
        for line in subscription.line_ids.filtered("is_current"):
            price = line._price_of_the_day().per_period
            worth = worth_of_days(price, self.days, full, plan._interval(), plan.proration, rounding)
            if worth <= 0 or line.billing_type == const.USAGE_PRICE:
                continue
            yield {
                "product_id": line.product_id.id,
                "name": f"{self.name}: {line.product_id.name}",
                "quantity": 1.0,
                "price_unit": -float(worth),
                "tax_ids": [Command.set(line.tax_ids.ids)],
                "analytic_distribution": line.analytic_distribution,
            }

    def _prepare_when(self, subscription):
        """The day of the invoice it will be on, and which one that is."""
        today = subscription.company_id._recurring_today()
        alone = max(self.date, today)
        day = subscription.next_invoice_date
        if subscription.state not in const.BILLED_STATES:
            return {"bill_on": False, "where": self.env._("After the subscription is activated")}
        if self.when == const.AT_ONCE and (not day or day > alone):
            return {"bill_on": alone, "where": self.env._("By itself")}
        if not day:
            return {"bill_on": alone, "where": self.env._("By itself: no invoice is to come")}
        if max(day, today) < self.date:
            return {"bill_on": False, "where": self.env._("On the first invoice from %s on", format_date(self.env, self.date))}
        return {"bill_on": max(day, today), "where": self.env._("On the next invoice")}


class RecurringOneOffAddLine(models.TransientModel):
    """A line of the preview."""

    _name = "recurring.one.off.add.line"
    _description = "Preview of a One-Off Charge"

    wizard_id = fields.Many2one("recurring.one.off.add", required=True, ondelete="cascade")
    subscription_id = fields.Many2one("recurring.subscription", readonly=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", related_sudo=False)
    currency_id = fields.Many2one(related="subscription_id.currency_id", related_sudo=False)
    name = fields.Char("Description", readonly=True)
    amount = fields.Monetary(readonly=True, help="In the tax basis of the price.")
    bill_on = fields.Date("Invoice On", readonly=True)
    where = fields.Char(readonly=True)
