from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import const
from ..rules.charges import Segment
from ..rules.money import Price, to_decimal
from .service_owned import refuse_service_owned


class RecurringSubscriptionLine(models.Model):
    """What is billed every period: a segment of a lineage at one price, from its first to its last day.

    In the interface and in imports ``date_end`` is the last day, that day included; the rules see ``[start, end)``.
    """

    _name = "recurring.subscription.line"
    _description = "Subscription Line"
    _inherit = ["analytic.mixin"]
    _order = "subscription_id, sequence, date_start, id"
    _check_company_auto = True

    subscription_id = fields.Many2one("recurring.subscription", required=True, ondelete="cascade", index=True)
    lineage_id = fields.Many2one("recurring.lineage", required=True, readonly=True, ondelete="restrict", index=True, copy=False)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True, precompute=True, index=True)
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True, precompute=True)
    state = fields.Selection(related="subscription_id.state")
    ended_by = fields.Selection(const.ENDED_BY, "Ended by", readonly=True, copy=False, help="Why the line ends on its last day.")
    planned_end = fields.Date(readonly=True, copy=False, help="The last day it had before a pause or an end cut it short.")
    superseded = fields.Boolean(
        readonly=True, default=False, copy=False, help="Its price counts no more: another line of the same days took its place."
    )

    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )
    name = fields.Text("Description", compute="_compute_name", store=True, readonly=False, required=True, precompute=True)
    product_uom_id = fields.Many2one(
        "uom.uom", "Unit", compute="_compute_product_uom_id", store=True, readonly=False, required=True, precompute=True
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    price_unit = fields.Float(
        "Unit Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Price of one unit for one full period, in the currency of the subscription.",
    )
    discount = fields.Float("Disc.%", digits="Discount", default=0.0)
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
    )
    beneficiary_id = fields.Many2one("res.partner", check_company=True)

    date_start = fields.Date("First Day", compute="_compute_date_start", store=True, readonly=False, required=True, precompute=True)
    date_end = fields.Date("Last Day", help="The last day of service, that day included. Empty: open-ended.", copy=False)
    opening_until = fields.Date(
        "Billed Until",
        copy=False,
        help="For subscriptions that come from elsewhere: the last day that was already billed there. Billing goes on the day after.",
    )
    opening_amount = fields.Monetary(
        "Billed Amount",
        copy=False,
        help="What was billed elsewhere for the running period; 0 if that is not known.",
    )
    billed_until = fields.Date(
        related="lineage_id.billed_until", string="First Day not Billed", help="Everything before this day is billed."
    )
    period_ids = fields.One2many("recurring.period", "line_id", "Billed Periods")

    is_current = fields.Boolean(
        compute="_compute_is_current", store=True, help="Runs today, or is the next to start: it counts in the amount per period."
    )
    is_running = fields.Boolean(compute="_compute_is_current", store=True, help="Runs today, after its trial: it counts in the MRR.")
    amount_untaxed = fields.Monetary("Untaxed", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)
    mrr = fields.Monetary(
        "MRR",
        compute="_compute_mrr",
        store=True,
        currency_field="company_currency_id",
        help="What is booked of the line today: monthly recurring revenue, without taxes, after discounts, in company currency.",
    )

    _quantity_not_negative = models.Constraint("CHECK(quantity >= 0)", "A quantity cannot be negative.")
    _discount_valid = models.Constraint("CHECK(discount BETWEEN 0 AND 100)", "A discount lies between 0 and 100 percent.")

    @api.constrains("date_start", "date_end", "opening_until")
    def _check_dates(self):
        for line in self:
            if max(day for day in (line.date_start, line.date_end, line.opening_until) if day) > const.LATEST:
                raise ValidationError(
                    self.env._('The dates of the line "%s" lie too far ahead. Leave the last day empty for no end.', line.name)
                )
            # A line closed before its first day ends on the eve of it: an empty segment.
            if line.date_end and line.date_end < line.date_start - timedelta(days=1):
                raise ValidationError(
                    self.env._(
                        'The line "%(line)s" would end on %(end)s, before it starts on %(start)s. '
                        "Choose a last day on or after its first day.",
                        line=line.name,
                        end=format_date(self.env, line.date_end),
                        start=format_date(self.env, line.date_start),
                    )
                )

    @api.constrains("subscription_id", "lineage_id", "date_start", "date_end")
    def _check_lineage_order(self):
        """Segments of a lineage never overlap, and all belong to its subscription."""
        for line in self:
            if line.lineage_id.subscription_id != line.subscription_id:
                raise ValidationError(
                    self.env._('The line "%s" stays with its subscription. End it there and add a new one here.', line.name)
                )
        for lineage in self.lineage_id:
            last_day = None
            for line in lineage.line_ids.filtered(lambda line: not line._is_empty()).sorted("date_start"):
                if last_day is not None and (last_day is False or line.date_start <= last_day):
                    raise ValidationError(
                        self.env._(
                            'The line "%(line)s" starts on %(start)s, while the line it continues still runs. End that one first.',
                            line=line.name,
                            start=format_date(self.env, line.date_start),
                        )
                    )
                last_day = line.date_end

    @api.constrains("subscription_id", "product_id")
    def _check_product_company(self):
        self.filtered("product_id")._check_company(["product_id"])

    @api.depends("product_id", "partner_id")
    def _compute_name(self):
        for line in self:
            if not line.product_id:
                continue
            partner = line.subscription_id.partner_id
            product = line.product_id.with_context(lang=partner.lang or self.env.lang, partner_id=partner.id)
            line.name = product.get_product_multiline_description_sale()

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_uom_id or line.product_id.uom_id

    @api.depends("subscription_id.start_date")
    def _compute_date_start(self):
        """A line of a subscription that does not run yet starts with it; one added later starts today."""
        for line in self:
            subscription = line.subscription_id
            today = (subscription.company_id or self.env.company)._recurring_today()
            if not subscription.activated_on:  # the day is not written yet while an import creates it in the state active
                line.date_start = subscription.start_date or today
            else:
                line.date_start = line.date_start or max(subscription.start_date, today)

    @api.depends("product_id", "subscription_id.fiscal_position_id", "subscription_id.company_id")
    def _compute_tax_ids(self):
        for line in self:
            company = line.subscription_id.company_id or self.env.company
            taxes = line.product_id.with_company(company).taxes_id._filter_taxes_by_company(company)
            line.tax_ids = line.subscription_id.fiscal_position_id.map_tax(taxes)

    @api.depends("product_id", "partner_id")
    def _compute_analytic_distribution(self):
        """What the analytic distribution models say, as on the line of a sale order."""
        found = {}
        for line in self:
            product, partner = line.product_id, line.partner_id
            key = (product, partner, line.company_id)
            if key not in found:
                found[key] = self.env["account.analytic.distribution.model"]._get_distribution(
                    {
                        "product_id": product.id,
                        "product_categ_id": product.categ_id.id,
                        "partner_id": partner.id,
                        "partner_category_id": partner.category_id.ids,
                        "company_id": line.company_id.id,
                    }
                )
            line.analytic_distribution = found[key] or line.analytic_distribution

    @api.depends(
        "date_start",
        "date_end",
        "lineage_id.line_ids.date_start",
        "lineage_id.line_ids.date_end",
        "lineage_id.follows_id.line_ids.date_end",
        "subscription_id.start_date",
        "subscription_id.end_date",
        "subscription_id.trial_end_date",
    )
    def _compute_is_current(self):
        for line in self:
            today = (line.company_id or self.env.company)._recurring_today()
            # What replaces another product counts from when that has ended.
            not_ended = (line | line.lineage_id.line_ids | line.lineage_id.follows_id.line_ids).filtered(
                lambda other, today=today, mine=line.subscription_id: (
                    other.subscription_id == mine and other._ends_after(today) and not other._is_empty()
                )
            )
            line.is_current = line == min(not_ended, key=lambda other: other.date_start or today, default=None)
            line.is_running = line.is_current and line._paid_from() <= today

    def _is_empty(self):
        """Whether the line has no day of its own: only its price may count."""
        self.ensure_one()
        return bool(self.date_end and self.date_end < self.date_start)

    def _ends_after(self, day):
        """Whether the line still runs on the day, or starts later."""
        ends = [end for end in (self.date_end, self.subscription_id.end_date) if end]
        return not ends or min(ends) >= day

    def _paid_from(self):
        """The first day that is billed: the line's own, the subscription's, or the end of the trial."""
        subscription = self.subscription_id
        return max(day for day in (self.date_start, subscription.start_date, subscription.trial_end_date) if day)

    @api.depends("quantity", "price_unit", "discount", "tax_ids", "currency_id", "product_id", "partner_id")
    def _compute_amounts(self):
        for line in self:
            company = line.company_id or self.env.company
            base_line = line._prepare_base_line()
            self.env["account.tax"]._add_tax_details_in_base_line(base_line, company)
            self.env["account.tax"]._round_base_lines_tax_details([base_line], company)
            line.amount_untaxed = base_line["tax_details"]["total_excluded_currency"]
            line.amount_total = base_line["tax_details"]["total_included_currency"]

    def _prepare_base_line(self):
        self.ensure_one()
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            self,
            tax_ids=self.tax_ids,
            quantity=self.quantity,
            partner_id=self.subscription_id.partner_id,
            currency_id=self.currency_id or self.company_id.currency_id or self.env.company.currency_id,
            rate=1.0,
        )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._service_owned_fields(), vals_list)
        missing = [vals for vals in vals_list if not vals.get("lineage_id")]
        if missing:
            # sudo: lineages are the ledger's own records, nobody writes them by hand
            lineages = self.env["recurring.lineage"].sudo().create([{"subscription_id": vals["subscription_id"]} for vals in missing])
            for vals, lineage in zip(missing, lineages, strict=True):
                vals["lineage_id"] = lineage.id
        lines = super().create(vals_list)
        lines._record_opening_position()
        lines.subscription_id._refresh_billing_dates()
        return lines

    @api.model
    def _service_owned_fields(self):
        """What billing itself keeps; see ``refuse_service_owned``."""
        return {
            "mrr",
            "amount_untaxed",
            "amount_total",
            "is_current",
            "is_running",
            "billed_until",
            "ended_by",
            "planned_end",
            "superseded",
        }

    def write(self, vals):
        refuse_service_owned(self, self._service_owned_fields(), [vals])
        self.subscription_id._hold_against_runs()
        self._check_write_on_billed(vals)
        if vals.keys() & {"date_end", "opening_amount", "opening_until"}:
            self._check_growth(vals)
        # A new product brings its own price, as in the form.
        sold_anew = self.filtered(lambda line: line._changes(vals, {"product_id"})) if "price_unit" not in vals else self.browse()
        later = self._split_for_new_price(vals)
        res = super(RecurringSubscriptionLine, self - later).write(vals) if self - later else True
        for line in sold_anew:
            line.price_unit = line._price_of_product()
        if "opening_until" in vals or "opening_amount" in vals:
            self.env["recurring.coverage"].record_opening(self.filtered(lambda line: line.subscription_id.state in const.BILLED_STATES))
        if vals.keys() & {"date_start", "date_end", "price_unit", "quantity", "discount", "lineage_id"}:
            self.subscription_id._refresh_billing_dates()
        return res

    def unlink(self):
        self.subscription_id._hold_against_runs()
        self._unlink_except_billed()
        subscriptions, lineages = self.subscription_id, self.lineage_id
        self._give_days_back()
        # sudo: what the ledger knows of a line that was never billed goes with it
        self.env["recurring.period"].sudo().search([("line_id", "in", self.ids)]).with_context(recurring_ledger_discard=True).unlink()
        res = super().unlink()
        lineages.sudo().filtered(lambda lineage: not lineage.line_ids).unlink()
        subscriptions.exists()._refresh_billing_dates()
        return res

    def _record_opening_position(self):
        """Write what was billed elsewhere into the ledger, once the subscription runs."""
        running = self.filtered(lambda line: line.opening_until and line.subscription_id.state in const.BILLED_STATES)
        if running:
            self.env["recurring.coverage"].record_opening(running)

    def _segment(self):
        """The line as the rules take it, or None when the trial or the end leaves nothing of it."""
        self.ensure_one()
        subscription = self.subscription_id
        start = self._paid_from()
        # A day beyond the latest is refused once the record is written; there may be no day after it.
        ends = [day for day in (self.date_end, subscription.end_date) if day and day <= const.LATEST]
        end = min(ends) + timedelta(days=1) if ends else None
        if end is not None and end <= start:
            return None
        return Segment(self.id, self.lineage_id.id, start, end, self._price(), bool(self.lineage_id.follows_id), self._offer())

    def _price(self):
        return Price(to_decimal(self.price_unit), to_decimal(self.quantity), to_decimal(self.discount))

    @api.model
    def _refresh_current(self):
        """Called daily: lines whose flags are of another day, so that amounts per period and MRR follow the calendar; then what ended is
        closed.
        """
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._recurring_today()
            ended = Domain("date_end", "<", today) | Domain("subscription_id.end_date", "<", today)
            begun = Domain([("date_start", "<=", today), ("subscription_id.trial_end_date", "<=", today)])
            stale = (Domain("is_current", "=", True) & ended) | (Domain("is_running", "=", False) & begun & ~ended)
            lines = self.search(Domain("company_id", "=", company.id) & stale).lineage_id.line_ids
            self.env.add_to_compute(self._fields["is_current"], lines)
            self.env.add_to_compute(self._fields["is_running"], lines)
            lines.modified(["is_current", "is_running"])
            self.env.flush_all()
        self.env["recurring.subscription"]._refresh_all_paused()
        self.env["recurring.subscription"]._refresh_all_late()
        self.env["recurring.subscription"]._close_ended()
