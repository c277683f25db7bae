from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .. import const
from ..rules import periods
from ..rules.charges import Terms
from .service_owned import refuse_service_owned


class RecurringSubscription(models.Model):
    """One customer, one plan, one anchor: what is billed together, to whom, and since when."""

    _name = "recurring.subscription"
    _description = "Subscription"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "next_invoice_date, id desc"
    _check_company_auto = True

    name = fields.Char("Number", required=True, readonly=True, copy=False, default=lambda self: self.env._("New"))
    state = fields.Selection(
        const.SUBSCRIPTION_STATES, required=True, default=const.DRAFT, copy=False, index=True, tracking=True, group_expand=True
    )
    health = fields.Selection(const.HEALTHS, compute="_compute_health", search="_search_health")
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company, tracking=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        help="Who has the subscription, and pays for it unless the invoice address says otherwise.",
    )
    partner_invoice_id = fields.Many2one(
        "res.partner",
        "Invoice Address",
        compute="_compute_partner_invoice_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        check_company=True,
    )
    beneficiary_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        help="Who uses it, where somebody else pays: the pupil, the employee.",
    )
    plan_id = fields.Many2one("recurring.plan", required=True, index=True, tracking=True, ondelete="restrict", check_company=True)
    interval_label = fields.Char(related="plan_id.interval_label")
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        default=lambda self: self.env.user,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    client_order_ref = fields.Char("Customer Reference", copy=False)
    note = fields.Html("Terms and Notes", help="Printed on every invoice of the subscription.")

    start_date = fields.Date(required=True, default=lambda self: self.env.company._recurring_today(), tracking=True)
    end_date = fields.Date(
        "Last Day",
        tracking=True,
        copy=False,
        help="The last day of service, that day included. Empty: it goes on until it is closed.",
    )
    trial_end_date = fields.Date("Paid From", compute="_compute_trial_end_date", store=True, precompute=True)
    anchor_date = fields.Date(
        "Anchor",
        compute="_compute_anchor_date",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        copy=False,
        help="Every period begins a whole number of intervals from this date.",
    )
    next_invoice_date = fields.Date(
        "Next Invoice", readonly=True, copy=False, index=True, help="The first day on which something not yet billed is due."
    )
    catch_up_confirmed_until = fields.Date(
        readonly=True, copy=False, help="Old work due up to this day was confirmed by a person and is billed."
    )
    activated_on = fields.Date(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    close_reason_id = fields.Many2one("recurring.close.reason", readonly=True, copy=False, tracking=True)

    pricelist_id = fields.Many2one(
        "product.pricelist",
        compute="_compute_pricelist_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        ondelete="restrict",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        compute="_compute_fiscal_position_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="Empty: the company's first sales journal.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment Terms",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    cash_rounding_id = fields.Many2one("account.cash.rounding", help="How cash amounts of its invoices are rounded.")
    due_day = fields.Integer(
        help="Invoices are due on the first such day of a month (5, 10, 15…; 31 is the last). 0: the payment terms decide."
    )
    invoice_mode = fields.Selection(const.INVOICE_MODES, "Invoices", help="Empty: as the plan says.")

    line_ids = fields.One2many("recurring.subscription.line", "subscription_id", "Lines", copy=True, domain=[("superseded", "=", False)])
    lineage_ids = fields.One2many("recurring.lineage", "subscription_id")
    period_ids = fields.One2many("recurring.period", "subscription_id", "Billed Periods")
    issue_ids = fields.One2many("recurring.billing.issue", "subscription_id", "Billing Issues")
    is_parked = fields.Boolean(
        compute="_compute_is_parked", store=True, index=True, help="Left out of billing until its open issue is solved."
    )

    amount_untaxed = fields.Monetary("Untaxed per Period", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total per Period", compute="_compute_amounts", store=True)
    mrr = fields.Monetary(
        "MRR",
        compute="_compute_mrr",
        store=True,
        currency_field="company_currency_id",
        help="Monthly recurring revenue: the untaxed amount per period after discounts, brought to a month, in company currency.",
    )

    _due_day_valid = models.Constraint(
        "CHECK(due_day BETWEEN 0 AND 31)", "The due day lies between 1 and 31 (31 is the last day), or is 0 for none."
    )
    _due_idx = models.Index("(company_id, next_invoice_date) WHERE next_invoice_date IS NOT NULL")

    @api.constrains("start_date", "end_date")
    def _check_dates(self):
        for subscription in self:
            if max(subscription.start_date, subscription.end_date or subscription.start_date) > const.LATEST:
                raise ValidationError(
                    self.env._("The dates of %s lie too far ahead. Leave the last day empty for no end.", subscription.display_name)
                )
            if subscription.end_date and subscription.end_date < subscription.start_date:
                raise ValidationError(
                    self.env._(
                        "%(subscription)s would end on %(end)s, before it starts on %(start)s. Choose a last day on or after the start.",
                        subscription=subscription.display_name,
                        end=format_date(self.env, subscription.end_date),
                        start=format_date(self.env, subscription.start_date),
                    )
                )

    @api.depends("name", "partner_id")
    @api.depends_context("show_customer")
    def _compute_display_name(self):
        """The number; with the context key ``show_customer``, as in the calendar, the customer after it."""
        show_customer = self.env.context.get("show_customer")
        for subscription in self:
            customer = show_customer and subscription.partner_id.name
            subscription.display_name = f"{subscription.name} · {customer}" if customer else subscription.name

    @api.depends("partner_id")
    def _compute_partner_invoice_id(self):
        for subscription in self:
            partner = subscription.partner_id
            subscription.partner_invoice_id = partner and partner.address_get(["invoice"])["invoice"]

    @api.depends("user_id", "partner_id", "company_id")
    def _compute_team_id(self):
        for subscription in self:
            subscription.team_id = subscription.team_id or (
                self.env["crm.team"].with_company(subscription.company_id)._get_default_team_id(user_id=subscription.user_id.id)
            )

    @api.depends("start_date", "plan_id")
    def _compute_trial_end_date(self):
        for subscription in self:
            start = subscription.start_date
            subscription.trial_end_date = start and periods.trial_end(
                start, subscription.plan_id._trial() if subscription.plan_id else None
            )

    @api.depends("plan_id", "start_date", "trial_end_date")
    def _compute_anchor_date(self):
        for subscription in self:
            start, paid_from = subscription.start_date, subscription.trial_end_date
            if subscription.plan_id and start:
                subscription.anchor_date = subscription.plan_id._anchor(start, paid_from or start)
            else:
                subscription.anchor_date = start

    @api.depends("partner_id", "company_id")
    def _compute_pricelist_id(self):
        for subscription in self:
            if subscription.pricelist_id and subscription.state != const.DRAFT:
                continue
            partner = subscription.partner_id.with_company(subscription.company_id)
            subscription.pricelist_id = partner.property_product_pricelist

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for subscription in self:
            subscription.currency_id = subscription.pricelist_id.currency_id or subscription.company_id.currency_id

    @api.depends("partner_id", "partner_invoice_id", "company_id")
    def _compute_fiscal_position_id(self):
        for subscription in self:
            positions = self.env["account.fiscal.position"].with_company(subscription.company_id)
            partner, address = subscription.partner_id, subscription.partner_invoice_id
            subscription.fiscal_position_id = positions._get_fiscal_position(partner, address) if partner else False

    @api.depends("partner_id", "company_id")
    def _compute_payment_term_id(self):
        for subscription in self:
            partner = subscription.partner_id.with_company(subscription.company_id)
            subscription.payment_term_id = partner.property_payment_term_id

    @api.depends("issue_ids.state")
    def _compute_is_parked(self):
        parked = self.env["recurring.billing.issue"]._read_group(
            Domain("subscription_id", "in", self.ids) & self.env["recurring.billing.issue"]._parking_domain(), ["subscription_id"]
        )
        parked_ids = {subscription.id for (subscription,) in parked}
        for subscription in self:
            subscription.is_parked = subscription.id in parked_ids

    @api.depends("line_ids.amount_untaxed", "line_ids.amount_total", "line_ids.is_current")
    def _compute_amounts(self):
        for subscription in self:
            lines = subscription.line_ids.filtered("is_current")
            subscription.amount_untaxed = sum(lines.mapped("amount_untaxed"))
            subscription.amount_total = sum(lines.mapped("amount_total"))

    @api.depends("line_ids.mrr")
    def _compute_mrr(self):
        for subscription in self:
            subscription.mrr = sum(subscription.line_ids.mapped("mrr"))

    @api.depends("is_parked", "line_ids")
    def _compute_health(self):
        late = set(self._late_subscription_ids(self.ids))
        for subscription in self:
            if subscription.is_parked:
                subscription.health = const.HEALTH_ISSUE
            elif subscription._origin.id in late:
                subscription.health = const.HEALTH_LATE
            else:
                subscription.health = const.HEALTH_OK

    def _search_health(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("id", "in", self._late_subscription_ids())
        domains = {
            const.HEALTH_ISSUE: Domain("is_parked", "=", True),
            const.HEALTH_LATE: Domain("is_parked", "=", False) & late,
            const.HEALTH_OK: Domain("is_parked", "=", False) & ~late,
        }
        return Domain.OR(domains[health] for health in value if health in domains)

    def _late_subscription_ids(self, ids=None):
        """The subscriptions with an invoice that is past its due date and not paid.

        sudo: who may see a subscription may see whether it is paid, without seeing the invoice.
        """
        domain = Domain("recurring_subscription_id", "!=", False) if ids is None else Domain("recurring_subscription_id", "in", ids)
        domain &= self.env["account.move"]._recurring_overdue_domain("move_id.")
        return [
            subscription.id for (subscription,) in self.env["account.move.line"].sudo()._read_group(domain, ["recurring_subscription_id"])
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("name") or vals["name"] == self.env._("New"):
                company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
                vals["name"] = self.env["ir.sequence"].with_company(company).next_by_code("recurring.subscription")
        refuse_service_owned(self, self._service_owned_fields(), vals_list)
        subscriptions = super().create(vals_list)
        subscriptions._on_state_reached(subscriptions)
        subscriptions._refresh_billing_dates()
        return subscriptions

    def write(self, vals):
        refuse_service_owned(self, self._service_owned_fields(), [vals])
        before = {subscription: subscription.state for subscription in self} if "state" in vals else {}
        priced = self._prices_before(vals)
        if vals.keys() & self._fields_fixed_by_billing():
            self._check_not_billed_yet(vals)
        if vals.get("state") in (const.DRAFT, const.WAITING):
            self._check_nothing_in_force()
        res = super().write(vals)
        changed = self.filtered(lambda subscription: before.get(subscription, subscription.state) != subscription.state)
        changed._on_state_reached(changed.filtered(lambda subscription: before[subscription] not in const.BILLED_STATES))
        changed.filtered(lambda subscription: before[subscription] == const.CLOSED and subscription.state == const.ACTIVE)._take_back_end()
        self._price_in_new_currency(priced)
        if vals.keys() & {"plan_id", "anchor_date", "start_date", "end_date", "state", "line_ids", "partner_id"}:
            self._refresh_billing_dates()
        return res

    def copy_data(self, default=None):
        default = dict(default or {})
        today = self.env.company._recurring_today()
        default.setdefault("start_date", today)
        vals_list = super().copy_data(default)
        for subscription, vals in zip(self, vals_list, strict=True):
            current = subscription._lines_of(today)
            if "line_ids" not in default:
                vals["line_ids"] = [
                    Command.create(data) for data in current.copy_data({"date_start": default["start_date"], "date_end": False})
                ]
        return vals_list

    def _lines_of(self, day):
        """Of each lineage the line that runs on the day, or is the next to; not the prices and products planned for later."""
        left = self.line_ids.filtered(lambda line: not line._is_empty() and (not line.date_end or line.date_end >= day))
        lineages = left.lineage_id.filtered(lambda lineage: not left & lineage.follows_id.line_ids)
        return left.browse([(left & lineage.line_ids).sorted("date_start")[:1].id for lineage in lineages])

    @api.model
    def _service_owned_fields(self):
        """What billing itself keeps; see ``refuse_service_owned``."""
        return {"next_invoice_date", "is_parked", "catch_up_confirmed_until", "mrr", "amount_untaxed", "amount_total"}

    def _hold_against_runs(self):
        """Wait for a run that bills these subscriptions, and make it and this change see each other: whoever is second starts again."""
        if self.ids:
            query = "SELECT id FROM recurring_subscription WHERE id IN %s ORDER BY id FOR NO KEY UPDATE"
            self.env.execute_query(SQL(query, self._ids))

    def _refresh_billing_dates(self):
        """Compute anew what is covered and when something is due next."""
        if self:
            self.env["recurring.coverage"].refresh(self)

    def _billing_terms(self):
        """The subscription's terms as the rules take them."""
        self.ensure_one()
        plan = self.plan_id
        return Terms(self.anchor_date, plan._interval(), plan.timing, plan.proration, plan.lead_days)

    def _effective_invoice_mode(self):
        self.ensure_one()
        return self.invoice_mode or self.plan_id.invoice_mode

    def _waits_for_fiscal_document(self):
        """Whether its invoices wait for a fiscal document: the plan says so, or leaves it to the company."""
        self.ensure_one()
        choice = self.plan_id.fiscal_wait
        return choice == const.WAIT or (choice == const.AS_COMPANY and self.company_id.recurring_wait_fiscal)

    def _responsible_user(self):
        """Who looks after billing problems: the salesperson, else the person named in the settings, else an administrator."""
        self.ensure_one()
        candidates = self.user_id | self.company_id.recurring_responsible_id
        return candidates.filtered(lambda user: user.active and not user.share)[:1] or self.env.ref("base.user_admin")
