from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_amount, format_date

from .. import const

ONE_LINE = (const.WIZARD_REPRICE, const.WIZARD_REPLACE)
NEW_PRODUCT = (const.WIZARD_REPLACE, const.WIZARD_ADD)
NO_LINE = (const.WIZARD_ADD, const.WIZARD_SWITCH)


class RecurringChangeWizard(models.TransientModel):
    """Change a subscription: what, from when on, and what it does to the next invoices, before it is made."""

    _name = "recurring.change.wizard"
    _description = "Change Subscription"

    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id", related_sudo=False)
    company_id = fields.Many2one(related="subscription_id.company_id", related_sudo=False)
    partner_id = fields.Many2one(related="subscription_id.partner_id", related_sudo=False)
    kinds = fields.Json(compute="_compute_choices", help="What can be changed.")
    kind = fields.Selection(const.WIZARD_KINDS, "What Changes", required=True, default=const.WIZARD_REPRICE)
    whens = fields.Json(compute="_compute_choices", help="From when on.")
    when = fields.Selection(const.WHENS, "From When", required=True, default=const.WHEN_NOW)
    date = fields.Date(
        "First Day",
        required=True,
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        help="The first day it counts. A day in the past changes what is billed already: the difference is credited and charged.",
    )
    choice_ids = fields.Many2many("recurring.subscription.line", compute="_compute_choice_ids")
    line_id = fields.Many2one(
        "recurring.subscription.line",
        compute="_compute_lines",
        store=True,
        readonly=False,
        domain="[('id', 'in', choice_ids)]",
    )
    line_ids = fields.Many2many(
        "recurring.subscription.line",
        string="Lines",
        compute="_compute_lines",
        store=True,
        readonly=False,
        domain="[('id', 'in', choice_ids)]",
    )
    product_id = fields.Many2one("product.product", "New Product", check_company=True, domain="[('sale_ok', '=', True)]")
    plan_id = fields.Many2one("recurring.plan", "New Plan", check_company=True, domain="[('id', '!=', old_plan_id)]")
    old_plan_id = fields.Many2one(related="subscription_id.plan_id", related_sudo=False, string="Present Plan")
    price_ids = fields.One2many(
        "recurring.change.wizard.price", "wizard_id", "Prices", compute="_compute_price_ids", store=True, readonly=False
    )
    price_unit = fields.Float("Unit Price", digits="Product Price", compute="_compute_price", store=True, readonly=False)
    price_proposed = fields.Float(digits="Product Price", compute="_compute_price", store=True)
    price_subject = fields.Json(compute="_compute_price", store=True, help="What the price was proposed for.")
    quantity = fields.Float(digits="Product Unit", compute="_compute_quantity", store=True, readonly=False)
    discount = fields.Float("Disc.%", digits="Discount", compute="_compute_quantity", store=True, readonly=False)
    counting_id = fields.Many2one(
        "recurring.subscription.line", compute="_compute_quantity", store=True, help="The line whose price counts on the day."
    )
    reason = fields.Char(help="Why, for the history.")
    summary = fields.Char(compute="_compute_summary")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    is_possible = fields.Boolean(compute="_compute_preview")

    # What can be chosen

    @api.depends("subscription_id")
    def _compute_choices(self):
        change = self.env["recurring.subscription.change"]
        for wizard in self:
            subscription = wizard.subscription_id
            offered = {kind for kind, _label in const.WIZARD_KINDS if kind in NO_LINE or wizard._choices(kind)} - {const.WIZARD_END}
            if subscription.state == const.CLOSED:
                offered -= {*NO_LINE}
            if subscription.state == const.PAUSED:
                offered -= {const.WIZARD_SWITCH}
            wizard.kinds = [kind for kind, _label in const.WIZARD_KINDS if kind in offered]
            term = subscription and change.term_boundary(subscription, wizard._today())
            wizard.whens = [when for when, _label in const.WHENS if when != const.WHEN_TERM or term]

    def _today(self):
        return (self.subscription_id.company_id or self.env.company)._recurring_today()

    @api.depends("when", "subscription_id")
    def _compute_date(self):
        for wizard in self:
            wizard.date = wizard._day_of(wizard.when) or wizard.date or wizard._today()

    def _day_of(self, when):
        """The first day that a choice means; None for a date of one's own."""
        change, subscription, today = self.env["recurring.subscription.change"], self.subscription_id, self._today()
        if not subscription:
            return None
        if when == const.WHEN_NOW:
            return max(today, subscription.start_date) if subscription.start_date else today
        if when == const.WHEN_NEXT:
            return change.next_boundary(subscription, today)
        return change.term_boundary(subscription, today) if when == const.WHEN_TERM else None

    @api.onchange("date")
    def _onchange_date(self):
        if self.date and self.date != (self._day_of(self.when) or self.date):
            self.when = const.WHEN_DATE

    @api.depends("subscription_id", "kind", "date")
    def _compute_choice_ids(self):
        """One line of each lineage: the one that stands for it now."""
        for wizard in self:
            wizard.choice_ids = wizard._choices(wizard.kind)

    def _choices(self, kind):
        change = self.env["recurring.subscription.change"]
        lines = self.subscription_id.line_ids
        lasts = lines.browse([change._last(lineage).id for lineage in lines.lineage_id])
        return lasts.filtered(lambda line: self._fits(line, kind))

    def _fits(self, line, kind):
        """Whether the kind of change can be made of a lineage, by the line that stands for it."""
        over = bool(line.date_end and line.date_end < (self.date or self._today()))
        ended = line.ended_by == const.BY_CHANGE or (line.ended_by in (const.BY_END, False) and over)
        return {
            const.WIZARD_PAUSE: not ended and line.ended_by != const.BY_PAUSE,
            const.WIZARD_RESUME: line.ended_by == const.BY_PAUSE,
            const.WIZARD_REOPEN: bool(line.date_end) and line.ended_by in (const.BY_END, False),
        }.get(kind, not ended)

    @api.depends("subscription_id", "kind")
    def _compute_lines(self):
        for wizard in self:
            lines = wizard._choices(wizard.kind)._origin
            # Which product to remove is for the person to say, unless there is only one.
            wizard.line_ids = lines if wizard.kind != const.WIZARD_REMOVE or len(lines) == 1 else False
            if not wizard.line_id or wizard.line_id not in lines:
                wizard.line_id = lines[:1]

    # Prices

    def _counting(self):
        """The line whose price counts on the day."""
        line = self.line_id
        if not line or not self.date:
            return line
        return self.env["recurring.subscription.change"]._price_line(line.lineage_id, self.date)

    @api.depends("line_id", "kind")
    def _compute_quantity(self):
        for wizard in self:
            counting = wizard._counting() if wizard.kind != const.WIZARD_ADD else wizard.line_id.browse()
            wizard.counting_id = counting
            wizard.quantity, wizard.discount = (counting.quantity, counting.discount) if counting else (1.0, 0.0)

    @api.onchange("date")
    def _onchange_date_of_price(self):
        """On a day with another price, that is what changes; a price that was typed stays."""
        counting = self._counting()
        if self.kind in ONE_LINE and self.counting_id != counting:
            self._compute_quantity()
            self._compute_price()

    @api.depends("line_id", "product_id", "kind", "quantity")
    def _compute_price(self):
        """The catalogue's price for product and quantity; one that was agreed by hand, or typed here, stays."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for wizard in self:
            proposed, subject = wizard._proposed_price(), [wizard.kind, wizard.line_id._origin.id, wizard.product_id._origin.id]
            typed = wizard.price_subject == subject and float_compare(wizard.price_unit, wizard.price_proposed, precision_digits=digits)
            if not typed:
                wizard.price_unit = proposed
            wizard.price_proposed, wizard.price_subject = proposed, subject

    def _proposed_price(self):
        counting = self._counting()
        if self.kind in NEW_PRODUCT and self.product_id:
            return self._price_listed(self.product_id)
        if self.kind == const.WIZARD_ADD or not counting:
            return 0.0
        if counting.price_manual or self.quantity == counting.quantity or counting._is_agreed(counting.price_unit):
            return counting.price_unit
        return counting._price_of_product(quantity=self.quantity)

    def _price_listed(self, product):
        line = self.env["recurring.subscription.line"].new(
            {"subscription_id": self.subscription_id.id, "product_id": product.id, "quantity": self.quantity}
        )
        return line._price_of_product()

    @api.depends("plan_id", "kind", "date")
    def _compute_price_ids(self):
        for wizard in self:
            subscription = wizard.subscription_id._origin
            if wizard.kind != const.WIZARD_SWITCH or not wizard.plan_id or not wizard.date or not subscription:
                wizard.price_ids = [Command.clear()]
                continue
            offer = self.env["recurring.plan.switch"].offer(subscription, wizard.plan_id._origin, wizard.date)
            wizard.price_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "line_id": each["line"].id,
                            "listed": each["listed"] or 0.0,
                            "is_listed": each["listed"] is not None,
                            "kept": each["kept"],
                            "price": each["price"],
                        }
                    )
                    for each in offer
                ),
            ]

    # In words

    @api.depends("kind", "date", "line_id", "line_ids", "price_unit", "quantity", "discount")
    def _compute_summary(self):
        change = self.env["recurring.subscription.change"]
        for wizard in self:
            wizard.summary = False
            subscription, lines = wizard.subscription_id._origin, wizard._chosen()._origin
            if subscription.successor_id:
                wizard.summary = self.env._("It goes on as %s. Change that one to change what comes after.", subscription.successor_id.name)
            if not wizard.date or not lines:
                continue
            if wizard.kind == const.WIZARD_REPLACE and change.is_paused_on(lines.lineage_id, wizard.date):
                wizard.summary = self.env._("The line is paused. The new product runs, and is billed, from this day on.")
            day = self.env["recurring.change.application"].first_day(subscription, wizard._asked(), wizard.date)
            if day != wizard.date:
                wizard.summary = self.env._("The plan lets the running period end first: it counts from %s.", format_date(self.env, day))

    @api.depends("kind", "date", "line_id", "line_ids", "product_id", "plan_id", "price_ids.price", "price_unit", "quantity", "discount")
    def _compute_preview(self):
        for wizard in self:
            if not wizard._is_complete():
                wizard.update({"preview": False, "is_possible": False})
                continue
            found = self.env["recurring.change.preview"].compare(wizard.subscription_id._origin, wizard._asked(), wizard.date)
            wizard.preview = wizard._preview_as_html(found)
            wizard.is_possible = "problem" not in found

    def _is_complete(self):
        if not self.subscription_id or not self.date or (self.kind in NEW_PRODUCT and not self.product_id):
            return False
        if self.kind == const.WIZARD_REPRICE and self.line_id:
            counting = self._counting()
            return any(self[name] != counting[name] for name in ("price_unit", "quantity", "discount"))
        return bool(self.plan_id) if self.kind == const.WIZARD_SWITCH else self.kind == const.WIZARD_ADD or bool(self._chosen())

    def _preview_as_html(self, found):
        currency, company_currency = self.currency_id, self.company_id.currency_id

        def money(amount, of=currency):
            return format_amount(self.env, of.round(amount), of)

        def documents(side):
            return [
                {
                    "day": format_date(self.env, each.day),
                    "name": each.name,
                    "total": money(each.total),
                    "is_credit": each.total < 0,
                    "lines": [(text, money(amount)) for text, amount in each.lines],
                }
                for each in found.get(side, [])
            ]

        values = {"problem": found.get("problem"), "before": documents("before"), "after": documents("after")}
        if not values["problem"]:
            difference = found["mrr_after"] - found["mrr_before"]
            values.update(
                credits=found["credits"],
                money_now=money(found["money_now"]),
                is_less=found["money_now"] < 0,
                mrr_before=money(found["mrr_before"], company_currency),
                mrr_after=money(found["mrr_after"], company_currency),
                mrr_difference=("+" if difference > 0 else "") + money(difference, company_currency),
                mrr_sign=(difference > 0) - (difference < 0),
                day=format_date(self.env, found["date"]),
            )
        return self.env["ir.qweb"]._render("recurring_billing.change_preview", values)

    # What is asked for

    def _chosen(self):
        self.ensure_one()
        if self.kind in NO_LINE:
            return self.line_id.browse()
        return self.line_id if self.kind in ONE_LINE else self.line_ids

    def _asked(self):
        """What is asked for, as ``recurring.change.application`` takes it."""
        self.ensure_one()
        asked = {"kind": self.kind, "line_ids": self._chosen()._origin.ids}
        if self.kind in (*ONE_LINE, *NEW_PRODUCT):
            asked.update({name: self[name] for name in ("price_unit", "quantity", "discount")}, product_id=self.product_id._origin.id)
        if self.kind == const.WIZARD_SWITCH:
            prices = {str(each.line_id._origin.id): each.price for each in self.price_ids}
            asked.update(plan_id=self.plan_id._origin.id, prices=prices)
        return asked

    def _check_complete(self):
        # By RPC the wizard may name anything: what is shown and changed is what the user may change.
        self.subscription_id.check_access("write")
        if self.kind == const.WIZARD_SWITCH and not self.plan_id:
            raise UserError(self.env._("Choose the new plan."))

    def action_apply(self):
        """Make the change. What differs from what is billed is credited and charged by the next run."""
        self.ensure_one()
        self._check_complete()
        change = self.env["recurring.change.application"].apply(
            self.subscription_id, self._asked(), self.date, **({"reason": self.reason} if self.reason else {})
        )
        change._tell()
        return True

    def action_preview(self):
        """Show the wizard again, with what the next documents will be."""
        self.ensure_one()
        self._check_complete()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Change Subscription"),
        }

    def action_quote(self):
        """Send the change to the customer as a quotation: it is made when the customer accepts."""
        self.ensure_one()
        self._check_complete()
        order = self.env["recurring.change.quotation"].quote(self.subscription_id, self._asked(), self.date, self.reason)
        return order._get_records_action(name=self.env._("Quotation"), context={"create": False})
