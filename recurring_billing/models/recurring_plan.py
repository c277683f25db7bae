from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import const
from ..rules import billing_dates, charges, periods, proration
from ..rules.periods import Interval


class RecurringPlan(models.Model):
    """How something is billed: how often, aligned to what, in advance or in arrears, prorated how, invoiced how."""

    _name = "recurring.plan"
    _description = "Billing Plan"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", index=True, help="Empty: the plan may be used in every company.")
    description = fields.Html(translate=True, sanitize=True, help="What the customer gets, shown on quotations and in the portal.")

    interval_count = fields.Integer("Every", required=True, default=1)
    interval_unit = fields.Selection(const.UNITS, "Unit", required=True, default=periods.MONTH)
    interval_label = fields.Char("Billed", compute="_compute_interval_label")
    alignment = fields.Selection(
        const.ALIGNMENTS,
        "Periods Begin",
        required=True,
        default=const.ANNIVERSARY,
        help="On the day the subscription starts, or on a fixed day of the month for everybody; "
        "the first and the last period may then be partial.",
    )
    anchor_day = fields.Integer("Day", default=1, help="Day of the month, 1 to 31. 31 means the last day of every month.")
    anchor_month = fields.Selection(
        const.MONTHS, "Month", default="0", required=True, help="For quarters and years: a month in which a period begins."
    )
    timing = fields.Selection(
        const.TIMINGS,
        "Invoiced",
        required=True,
        default=charges.ADVANCE,
        help="In advance: a period is due at its start. In arrears: at its end.",
    )
    lead_days = fields.Integer(
        "Days Ahead", help="Invoice this many days before the period begins. The due date still counts from the period."
    )
    proration = fields.Selection(const.PRORATIONS, "Partial Periods", required=True, default=proration.ACTUAL)
    trial_count = fields.Integer("Trial", help="The first days, weeks or months cost nothing. 0: no trial.")
    trial_unit = fields.Selection(const.UNITS, default=periods.DAY, required=True)
    term_count = fields.Integer("Minimum Term", help="How long the customer commits to stay. 0: no commitment.")
    term_unit = fields.Selection(const.UNITS, default=periods.MONTH, required=True)
    renewal = fields.Selection(const.RENEWALS, "After the Minimum Term", required=True, default=const.RENEW)
    notice_days = fields.Integer("Notice (Days)", help="How many days ahead the customer announces a cancellation.")

    invoice_mode = fields.Selection(
        const.INVOICE_MODES,
        "Invoices",
        required=True,
        default=const.MODE_POST,
        help="Post and send: sent in the background once sending is switched on in the settings; listed as To Send until then. "
        "With charging: the saved card is charged on the due date, once charging is switched on in the settings.",
    )
    fiscal_wait = fields.Selection(
        const.FISCAL_WAITS,
        "Fiscal Document",
        required=True,
        default=const.AS_COMPANY,
        help="Whether a posted invoice waits for its fiscal document before it is sent or charged.",
    )
    invoice_date_policy = fields.Selection(const.INVOICE_DATES, "Invoice Date", required=True, default=billing_dates.RUN_DATE)
    grouping = fields.Selection(
        const.GROUPINGS,
        "Invoices per Customer",
        required=True,
        default=const.PER_SUBSCRIPTION,
        help="One invoice for all the subscriptions of an invoice address that a run bills, where journal, currency, fiscal position, due "
        "date and the way of invoicing are the same.",
    )
    catch_up = fields.Selection(const.CATCH_UPS, "Missed Periods", required=True, default=const.SEPARATE)
    credit_way = fields.Selection(
        const.CREDIT_WAYS,
        "Credits",
        required=True,
        default=const.NEXT_INVOICE,
        help="Where money back goes when the invoice concerned is paid. While it is open, a credit note always reduces it at once.",
    )
    early_end = fields.Selection(
        const.EARLY_ENDS,
        "Unused Time",
        required=True,
        default=const.AT_DATE,
        help="What happens to time that is billed when a customer leaves.",
    )
    pause_from = fields.Selection(const.PAUSES_FROM, "Pauses Begin", required=True, default=const.AT_DATE)
    business_days = fields.Boolean(
        "Due on Business Days",
        help="A due date on a weekend or a public holiday of the company's working calendar moves to the next business day.",
    )

    subscription_ids = fields.One2many("recurring.subscription", "plan_id")
    subscription_count = fields.Integer("Active Subscriptions", compute="_compute_subscription_figures")
    mrr = fields.Monetary("MRR", compute="_compute_subscription_figures", currency_field="currency_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")

    _interval_positive = models.Constraint("CHECK(interval_count > 0)", "A plan is billed every 1 or more days, weeks, months or years.")
    _counts_not_negative = models.Constraint(
        "CHECK(lead_days >= 0 AND trial_count >= 0 AND term_count >= 0 AND notice_days >= 0)",
        "Days ahead, trial, minimum term and notice cannot be negative. Use 0 for none.",
    )
    _anchor_day_valid = models.Constraint(
        "CHECK(anchor_day BETWEEN 1 AND 31)", "The day of the month lies between 1 and 31 (31 is the last day)."
    )

    @api.constrains("interval_count", "interval_unit", "trial_count", "trial_unit", "term_count", "term_unit")
    def _check_intervals(self):
        for plan in self:
            for interval in (plan._interval(), plan._trial(), plan._term()):
                if interval and max(interval.months / 12, interval.days / 366) > periods.LONGEST_YEARS:
                    raise ValidationError(
                        self.env._(
                            'The plan "%(plan)s" counts more than %(years)s years. Choose a smaller number.',
                            plan=plan.name,
                            years=periods.LONGEST_YEARS,
                        )
                    )

    @api.constrains("alignment", "interval_unit")
    def _check_alignment(self):
        for plan in self:
            if plan.alignment == const.FIXED_DAY and not plan._interval().months:
                raise ValidationError(
                    self.env._(
                        'The plan "%s" is billed in days or weeks, which have no fixed day of the month. '
                        "Let its periods begin on the day the subscription starts.",
                        plan.name,
                    )
                )

    @api.constrains("renewal", "term_count")
    def _check_renewal(self):
        for plan in self:
            if plan.renewal != const.RENEW and not plan.term_count:
                raise ValidationError(
                    self.env._('The plan "%s" ends or is renewed after its minimum term, so please say how long that is.', plan.name)
                )

    @api.constrains("company_id")
    def _check_company_of_subscriptions(self):
        for plan in self.filtered("company_id"):
            # sudo: subscriptions of companies the user does not see count as well
            others = plan.sudo().subscription_ids.company_id - plan.company_id
            if others:
                raise ValidationError(
                    self.env._(
                        'The plan "%(plan)s" is used by subscriptions of %(companies)s. Leave its company empty.',
                        plan=plan.name,
                        companies=", ".join(others.mapped("name")),
                    )
                )

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    @api.depends("subscription_ids.state", "subscription_ids.mrr")
    @api.depends_context("allowed_company_ids")
    def _compute_subscription_figures(self):
        groups = self.env["recurring.subscription"]._read_group(
            [("plan_id", "in", self.ids), ("company_id", "in", self.env.companies.ids)],
            ["plan_id", "company_id", "state"],
            ["__count", "mrr:sum"],
        )
        for plan in self:
            mine = [(company, state, count, mrr) for grouped, company, state, count, mrr in groups if grouped == plan]
            plan.subscription_count = sum(count for _company, state, count, _mrr in mine if state == const.ACTIVE)
            plan.mrr = sum(
                company.currency_id._convert(mrr, plan.currency_id, company, company._recurring_today())
                for company, _state, _count, mrr in mine
            )

    def write(self, vals):
        changed = self._schedule_fields() & vals.keys()
        if changed:
            self._check_schedule_unused(changed, vals)
        if vals.get("active") is False:
            self._check_not_in_use()
        res = super().write(vals)
        if self._schedule_fields() & vals.keys() or "lead_days" in vals:
            # sudo: subscriptions of companies the user does not see follow the plan as well
            subscriptions = self.sudo().subscription_ids
            if self._schedule_fields() & vals.keys():
                # Nothing is billed yet, see _check_schedule_unused: trial and anchor follow the plan.
                for name in ("trial_end_date", "anchor_date"):
                    self.env.add_to_compute(subscriptions._fields[name], subscriptions)
            subscriptions._refresh_billing_dates()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._check_not_in_use()

    def action_open_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_subscription")
        return dict(
            action,
            domain=[("plan_id", "=", self.id)],
            context={"default_plan_id": self.id, "search_default_active_subscriptions": 1},
        )

    @api.model
    def _schedule_fields(self):
        """The fields that decide which periods there are and what a part of one costs."""
        return {
            "interval_count",
            "interval_unit",
            "alignment",
            "anchor_day",
            "anchor_month",
            "timing",
            "proration",
            "trial_count",
            "trial_unit",
        }

    def _check_schedule_unused(self, names, vals):
        for plan in self:
            if not any(plan[name] != vals[name] for name in names):
                continue
            # sudo: billed periods of subscriptions the user does not see count as well
            if (
                self.env["recurring.period"]
                .sudo()
                .search_count([("subscription_id.plan_id", "=", plan.id), ("voided", "=", False)], limit=1)
            ):
                raise UserError(
                    self.env._(
                        'The plan "%s" has billed periods, so how often, when and how partial periods are billed cannot change any '
                        "more. Duplicate the plan, change the copy and use it for new subscriptions.",
                        plan.name,
                    )
                )

    def _check_not_in_use(self):
        for plan in self:
            # sudo: subscriptions the user does not see count as well
            in_use = self.env["recurring.subscription"].sudo().search_count([("plan_id", "=", plan.id), ("state", "!=", const.CLOSED)])
            if in_use:
                raise UserError(
                    self.env._(
                        'The plan "%(plan)s" is used by %(count)s subscriptions that are not closed. '
                        "Close them first, then archive the plan.",
                        plan=plan.name,
                        count=in_use,
                    )
                )

    def _interval(self):
        self.ensure_one()
        return Interval(self.interval_count, self.interval_unit)

    def _trial(self):
        self.ensure_one()
        return Interval(self.trial_count, self.trial_unit) if self.trial_count else None

    def _term(self):
        self.ensure_one()
        return Interval(self.term_count, self.term_unit) if self.term_count else None

    def _anchor(self, start, paid_from):
        """The anchor of a subscription of this plan: see RULES "Periods and dates".

        :param start: the first day of the subscription.
        :param paid_from: the first day after its trial.
        """
        self.ensure_one()
        if self.alignment == const.FIXED_DAY:
            return periods.aligned_anchor(paid_from, self._interval(), self.anchor_day, int(self.anchor_month))
        return paid_from
