from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount

from .. import const
from ..rules import usage
from ..rules.money import to_decimal
from ..rules.usage_account import UsageSegment


class RecurringSubscriptionLine(models.Model):
    """A line may be metered: it has no price per period, but a price for what was used in it, billed at its end."""

    _inherit = "recurring.subscription.line"
    _rec_names_search = ["name", "subscription_id", "partner_id"]

    billing_type = fields.Selection(
        const.BILLING_TYPES,
        "Billed By",
        required=True,
        default=const.FIXED_PRICE,
        help="A fixed price per period, or what was used in it.",
    )
    usage_model = fields.Selection(
        const.USAGE_MODELS,
        "Price of Usage",
        default=usage.FLAT,
        help="One price: the unit price of the line. By tier: each unit at the price of its tier. By volume: all units at the price of "
        "the tier that the whole quantity reaches. By package: begun packages are paid whole.",
    )
    usage_tier_ids = fields.One2many("recurring.usage.tier", "line_id", "Tiers", copy=True)
    usage_flat_fee = fields.Monetary(
        "Basic Fee", help="Due for every period at any quantity, whole for a partial period too. Prorated fees: use a line of their own."
    )
    usage_allowance = fields.Float("Included", digits=(16, 6), help="The quantity of a period that is free. The tiers begin after it.")
    usage_label = fields.Char("Usage", compute="_compute_usage_label", help="What usage costs.")
    usage_ids = fields.One2many("recurring.usage", "line_id", "Usage Records")
    usage_row_count = fields.Integer(compute="_compute_usage_row_count", help="How often usage of this line was billed.")

    @api.constrains("billing_type", "usage_model", "usage_tier_ids", "usage_flat_fee", "usage_allowance", "price_unit")
    def _check_usage_price(self):
        for line in self.filtered(lambda line: line.billing_type == const.USAGE_PRICE):
            problem = usage.NO_TIER if not line.usage_model else usage.price_problem(line._usage_price())
            if problem:
                raise ValidationError(
                    self.env._(
                        "The price of usage of “%(line)s”: %(problem)s", line=line.name, problem=self._usage_problem_in_words(problem)
                    )
                )

    @api.constrains("billing_type", "lineage_id")
    def _check_one_billing_type(self):
        for lineage in self.lineage_id:
            if len(set(lineage.line_ids.mapped("billing_type"))) > 1:
                raise ValidationError(
                    self.env._(
                        "“%s” goes on from another line, so it is billed the same way. End it and add a new line instead.",
                        lineage.line_ids[-1:].name,
                    )
                )

    @api.constrains("billing_type", "fixed_total", "discount_ids")
    def _check_usage_has_no_offer(self):
        for line in self.filtered(lambda line: line.billing_type == const.USAGE_PRICE):
            if line.fixed_total or line.discount_ids:
                raise ValidationError(
                    self.env._(
                        "“%s” is billed by usage: agreed totals and discounts for some periods are for fixed prices. Give the line a "
                        "discount instead.",
                        line.name,
                    )
                )

    def _usage_problem_in_words(self, problem):
        words = {
            usage.NO_TIER: self.env._("there is no tier. Say what a unit costs."),
            usage.ONE_TIER: self.env._("one price for all has one tier, without a limit."),
            usage.NOT_ASCENDING: self.env._("the limit of each tier must be above the one before it."),
            usage.OPEN_TOO_EARLY: self.env._("only one tier, the last, has no limit (0)."),
            usage.NOT_OPEN: self.env._("the last tier must have no limit (0), so that every quantity has a price."),
            usage.BAD_SIZE: self.env._("a package holds more than zero units."),
            usage.NEGATIVE_PRICE: self.env._("a price cannot be negative."),
            usage.NEGATIVE_FEE: self.env._("the basic fee cannot be negative."),
            usage.NEGATIVE_ALLOWANCE: self.env._("the included quantity cannot be negative."),
        }
        return words[problem]

    @api.depends("billing_type")
    def _compute_amounts(self):
        """What will be used is not known: metered lines count neither in the amount per period nor in the MRR."""
        res = super()._compute_amounts()
        metered = self.filtered(lambda line: line.billing_type == const.USAGE_PRICE)
        metered.amount_untaxed = metered.amount_total = 0.0
        return res

    @api.depends(
        "billing_type",
        "usage_model",
        "usage_flat_fee",
        "usage_allowance",
        "price_unit",
        "usage_tier_ids.up_to",
        "usage_tier_ids.unit_price",
        "usage_tier_ids.package_size",
    )
    @api.depends_context("lang")
    def _compute_usage_label(self):
        for line in self:
            metered = line.billing_type == const.USAGE_PRICE
            line.usage_label = ", ".join(line._usage_price_in_words()) if metered else False

    @api.depends("subscription_id.name", "partner_id")
    @api.depends_context("show_subscription")
    def _compute_display_name(self):
        """With the context key ``show_subscription``, as where a line is chosen among all: subscription and customer before it."""
        if not self.env.context.get("show_subscription"):
            return super()._compute_display_name()
        for line in self:
            of_whom = (line.subscription_id.name, line.partner_id.name, line.product_id.display_name)
            line.display_name = " · ".join(text for text in of_whom if text)
        return None

    def _compute_usage_row_count(self):
        for line in self:
            line.usage_row_count = len(line._origin._usage_rows()) if line._origin else 0

    def _usage_price_in_words(self):
        currency = self.currency_id or self.env.company.currency_id
        number = self.env["recurring.usage.words"].number
        price = self._usage_price()
        found = []
        if price.flat_fee:
            found.append(self.env._("basic fee %s", format_amount(self.env, float(price.flat_fee), currency)))
        if price.allowance:
            found.append(self.env._("%s included", number(price.allowance)))
        for tier in price.tiers:
            cost = number(tier.unit_price, 2)
            if price.model == usage.PACKAGE:
                cost = self.env._("%(price)s per %(size)s", price=cost, size=number(tier.package_size))
            if tier.up_to is None:
                found.append(self.env._("above: %s", cost) if len(price.tiers) > 1 else cost)
            else:
                found.append(self.env._("up to %(limit)s: %(price)s", limit=number(tier.up_to), price=cost))
        return found

    def action_edit_usage(self):
        """Open how the line is billed: by a fixed price or by usage, and what usage costs."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.product_id.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("recurring_billing.view_recurring_subscription_line_usage_form").id, "form")],
            "target": "new",
        }

    # Prices of what is billed stay

    def write(self, vals):
        if not self._usage_price_fields() & vals.keys():
            return super().write(vals)
        for line in self:
            if line._changes(vals, {"billing_type"}) and line._is_billed():
                raise UserError(
                    self.env._("“%s” was billed, so how it is billed cannot change. End it and add a new line instead.", line.name)
                )
        billed = self.filtered(lambda line: line._is_metered_and_billed() and line._changes_usage_price(vals))
        for line in billed:
            line._reprice_usage(vals)
        rest = (self - billed).with_context(recurring_tiers_of_line=True)
        return super(RecurringSubscriptionLine, rest).write(vals) if rest else True

    @api.model_create_multi
    def create(self, vals_list):
        lines = super(RecurringSubscriptionLine, self.with_context(recurring_tiers_of_line=True)).create(vals_list)
        return lines.with_env(self.env)

    @api.model
    def _usage_price_fields(self):
        return {"billing_type", "usage_model", "usage_tier_ids", "usage_flat_fee", "usage_allowance", "price_unit", "discount"}

    def _changes_usage_price(self, vals):
        if "usage_tier_ids" in vals and self._tiers_after(vals["usage_tier_ids"]) != [tier._values() for tier in self.usage_tier_ids]:
            return True
        scalars = self._usage_price_fields() - {"usage_tier_ids"}
        if vals.get("usage_model", self.usage_model) != usage.FLAT:
            scalars.discard("price_unit")
        return bool(self._changes(vals, scalars))

    def _check_price_not_fixed(self, vals):
        res = super()._check_price_not_fixed(vals)
        for line in self.filtered(lambda line: line._is_metered_and_billed() and line.usage_model != usage.FLAT):
            if line._changes(vals, {"price_unit", "quantity"}):
                raise UserError(
                    self.env._("“%s” is billed by usage, and its price is in its tiers. Change them in the line itself.", line.name)
                )
        return res

    def _reprice_usage(self, vals):
        """Another price of usage counts from the first period that is not billed: the line ends there and a successor goes on."""
        self.ensure_one()
        if not self.billed_until or (self.date_end and self.date_end < self.billed_until):
            raise UserError(self.env._('The line "%s" is billed to its end, so its price cannot change any more.', self.name))
        values = dict(vals)
        if "usage_tier_ids" in vals:
            values["usage_tier_ids"] = [Command.create(tier) for tier in self._tiers_after(vals["usage_tier_ids"])]
        self.env["recurring.subscription.change"].reprice_usage(self, values)

    def _tiers_after(self, commands):
        """The values of the tiers once these commands of a form are carried out."""
        tiers = {tier.id: tier._values() for tier in self.usage_tier_ids}
        added = []
        for code, *arguments in commands:
            if code == Command.CREATE:
                added.append({**self.env["recurring.usage.tier"]._values_by_default(), **arguments[1]})
            elif code == Command.UPDATE:
                tiers[arguments[0]].update(arguments[1])
            elif code in (Command.DELETE, Command.UNLINK):
                tiers.pop(arguments[0], None)
            elif code in (Command.CLEAR, Command.SET):
                kept = arguments[1] if code == Command.SET else []
                tiers = {number: values for number, values in tiers.items() if number in kept}
        return [*tiers.values(), *added]

    def _is_metered_and_billed(self):
        return self.billing_type == const.USAGE_PRICE and self._is_billed()

    def _is_billed(self):
        return super()._is_billed() or bool(self._usage_rows(limit=1))

    def _usage_rows(self, limit=None):
        # sudo: every billed period counts, whoever may see it
        rows = self.env["recurring.period"].sudo()
        return rows.search([("line_id", "in", self.ids), ("kind", "=", const.USAGE), ("voided", "=", False)], limit=limit)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        res = super()._unlink_except_billed()
        # sudo: every record of usage counts, whoever may see it
        used = self.env["recurring.usage"].sudo().search([("line_id", "in", self.ids)], limit=1)
        rows = self._usage_rows(limit=1)
        if used or rows:
            name = (used.line_id or rows.line_id).name
            raise UserError(self.env._("The line “%s” has usage, so it cannot be deleted. Give it a last day instead.", name))
        return res

    # Towards the rules

    def _segment(self):
        """A metered line has no price per period: it takes no part in what is charged for time."""
        return None if self.billing_type == const.USAGE_PRICE else super()._segment()

    def _usage_segment(self):
        """The metered line as the rules take it, or None where the trial, the end or an opening position leaves nothing of it."""
        self.ensure_one()
        if self.billing_type != const.USAGE_PRICE:
            return None
        start = self._paid_from()
        if self.opening_until:
            start = max(start, self.opening_until + timedelta(days=1))
        ends = [day for day in (self.date_end, self.subscription_id.end_date) if day]
        end = min(ends) + timedelta(days=1) if ends else None
        if end is not None and end <= start:
            return None
        return self._as_imagined(UsageSegment(self.id, self.lineage_id.id, start, end, self._usage_price()))

    def _usage_tax_factor(self):
        """What one unit of money of usage comes to with its taxes."""
        hundred = self._prepare_base_line()
        hundred.update(price_unit=100.0, quantity=1.0, discount=0.0)
        self.env["account.tax"]._add_tax_details_in_base_line(hundred, self.company_id)
        return hundred["tax_details"]["raw_total_included_currency"] / 100

    def _usage_price(self):
        """What usage costs, as the rules take it."""
        self.ensure_one()
        if self.usage_model == usage.FLAT:
            tiers = (usage.Tier(None, to_decimal(self.price_unit)),)
        else:
            tiers = tuple(tier._tier() for tier in self.usage_tier_ids.sorted(lambda tier: (not tier.up_to, tier.up_to)))
        return usage.UsagePrice(
            self.usage_model, tiers, to_decimal(self.usage_flat_fee), to_decimal(self.usage_allowance), to_decimal(self.discount)
        )
