from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .. import const
from ..rules.money import to_decimal
from ..rules.periods import period_at
from .service_owned import refuse_service_owned


class RecurringUsage(models.Model):
    """One metered quantity of a subscription line at a time. What a period costs is in ``rules/usage.py``.

    A record belongs to what the customer has bought, through all its price changes: it is filed under the segment of the lineage that
    runs on its day. The ledger row that bills it is kept by billing; a row out of force leaves it free to be billed again.
    """

    _name = "recurring.usage"
    _description = "Usage"
    _order = "date desc, id desc"
    _rec_name = "name"
    _check_company_auto = True

    line_id = fields.Many2one(
        "recurring.subscription.line",
        "Subscription Line",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain=[("billing_type", "=", const.USAGE_PRICE)],
    )
    lineage_id = fields.Many2one(related="line_id.lineage_id", store=True, precompute=True)
    subscription_id = fields.Many2one(
        "recurring.subscription",
        compute="_compute_from_line",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="In imports the subscription and the product may stand for the line.",
    )
    product_id = fields.Many2one("product.product", compute="_compute_from_line", store=True, readonly=False, precompute=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one(related="line_id.partner_id", store=True, precompute=True, index=True)
    product_uom_id = fields.Many2one(related="line_id.product_uom_id")
    date = fields.Date("Used On", required=True, default=lambda self: self.env.company._recurring_today())
    recorded_on = fields.Date(readonly=True, copy=False, default=lambda self: self.env.company._recurring_today())
    quantity = fields.Float(
        digits=False,  # as many as the meter gives
        required=True,
        help="A correction is negative; what was used in a period never adds up to less than 0.",
    )
    name = fields.Char("Description")
    idempotency_key = fields.Char(
        "Key", copy=False, help="What the meter calls this record. The same key is never recorded twice in a company."
    )
    period_id = fields.Many2one("recurring.period", "Billed Period", readonly=True, copy=False, ondelete="restrict", index="btree_not_null")
    move_ids = fields.Many2many(related="period_id.move_ids", string="Invoices")
    state = fields.Selection(const.USAGE_STATES, "Status", compute="_compute_state", store=True, precompute=True, copy=False)

    _key_unique = models.UniqueIndex(
        "(company_id, idempotency_key) WHERE idempotency_key IS NOT NULL",
        "Usage with this key is recorded already. Nothing was recorded twice.",
    )
    _to_bill_idx = models.Index("(lineage_id, date) WHERE state IN ('to_bill', 'late')")
    _lineage_idx = models.Index("(lineage_id, date)")

    @api.depends("line_id")
    def _compute_from_line(self):
        for usage in self:
            usage.subscription_id = usage.line_id.subscription_id or usage.subscription_id
            usage.product_id = usage.line_id.product_id or usage.product_id

    @api.depends(
        "date",
        "period_id.voided",
        "line_id.opening_until",
        "lineage_id.line_ids.date_start",
        "lineage_id.line_ids.date_end",
        "subscription_id.start_date",
        "subscription_id.end_date",
        "subscription_id.trial_end_date",
    )
    def _compute_state(self):
        """Late depends on the ledger too: billing brings the states of its records up to date."""
        states = self.env["recurring.usage.billing"].states(self)
        for usage in self:
            usage.state = states[usage]

    @api.depends("product_id", "date", "quantity")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for usage in self:
            if not usage.product_id:
                usage.display_name = False
                continue
            quantity = self.env["recurring.usage.words"].number(to_decimal(usage.quantity))
            usage.display_name = f"{usage.product_id.display_name}: {quantity} ({format_date(self.env, usage.date)})"

    @api.constrains("line_id", "date")
    def _check_in_service(self):
        """Usage lies in the service of its line; in a trial it may, and costs nothing."""
        for usage in self:
            line, subscription = usage.line_id, usage.subscription_id
            if line.billing_type != const.USAGE_PRICE:
                raise ValidationError(
                    self.env._(
                        "“%s” has a fixed price per period, so no usage can be recorded for it. Choose a line billed by usage.", line.name
                    )
                )
            if subscription.state not in const.BILLED_STATES:
                raise ValidationError(self.env._("%s does not run yet. Activate it, then record its usage.", subscription.display_name))
            if not usage._is_in_service():
                raise ValidationError(usage._outside_in_words())

    def _is_in_service(self):
        self.ensure_one()
        # sudo: all segments of what was bought count
        return any(line.date_start <= self.date and line._ends_after(self.date) for line in self.sudo().lineage_id.line_ids)

    def _outside_in_words(self):
        change = self.env["recurring.subscription.change"]
        lineage = self.sudo().lineage_id  # sudo: see _is_in_service
        lines = change._running(lineage) or lineage.line_ids
        day, name = format_date(self.env, self.date), self.line_id.name
        if change.is_paused_on(lineage, self.date):
            return self.env._("“%(line)s” was paused on %(day)s, so nothing can have been used then.", line=name, day=day)
        ends = [end for end in (lines[-1].date_end, self.subscription_id.end_date) if end]
        if ends and self.date > min(ends):
            end = format_date(self.env, min(ends))
            return self.env._("“%(line)s” ended on %(end)s, so nothing can have been used on %(day)s.", line=name, end=end, day=day)
        if self.date < lines[0].date_start:
            start = format_date(self.env, lines[0].date_start)
            return self.env._("“%(line)s” starts on %(start)s, so nothing can have been used on %(day)s.", line=name, start=start, day=day)
        return self.env._("“%(line)s” did not run on %(day)s, so nothing can have been used then.", line=name, day=day)

    @api.constrains("line_id", "date", "quantity")
    def _check_totals(self):
        self._check_totals_of(self.lineage_id)

    @api.model
    def _check_totals_of(self, lineages):
        """In no full period usage adds up to less than nothing."""
        # sudo: all of what was used counts, whoever may see it
        usage = self.env["recurring.usage"].sudo()
        corrected = [
            lineage for (lineage,) in usage._read_group([("lineage_id", "in", lineages.ids), ("quantity", "<", 0)], ["lineage_id"])
        ]
        for lineage in corrected:
            totals = {}
            terms = lineage.subscription_id._billing_terms()
            for day, quantity in usage._read_group([("lineage_id", "=", lineage.id)], ["date:day"], ["quantity:sum"]):
                full = period_at(terms.anchor, terms.interval, day)
                totals[full] = totals.get(full, 0) + to_decimal(quantity)
            for full, total in totals.items():
                if total < 0:
                    raise ValidationError(
                        self.env._(
                            "Usage of “%(line)s” from %(first)s to %(last)s would add up to %(total)s. It cannot be less than 0.",
                            line=lineage.line_ids[:1].name,
                            first=format_date(self.env, full.start),
                            last=format_date(self.env, full.last_day),
                            total=total,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._service_owned_fields(), vals_list)
        vals_list = [self._with_line(vals) for vals in vals_list]
        records = super().create(vals_list)
        records._file_under_segment()
        records._refresh_billing_dates()
        return records

    def write(self, vals):
        refuse_service_owned(self, self._service_owned_fields(), [vals])
        if vals.keys() & self._fields_fixed_by_billing():
            self._check_not_billed()
        before = self.subscription_id
        res = super().write(vals)
        if vals.keys() & {"line_id", "date"}:
            self._file_under_segment()
        if vals.keys() & self._fields_fixed_by_billing():
            self._refresh_billing_dates(before)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        self._check_not_billed()

    def unlink(self):
        lineages, subscriptions = self.lineage_id, self.subscription_id
        res = super().unlink()
        self._check_totals_of(lineages.exists())
        self.browse()._refresh_billing_dates(subscriptions.exists())
        return res

    @api.model
    def record(self, records):
        """Record usage by RPC, safely repeated: a key that is known with the same values is not recorded again.

        Each record is a dict: ``line_id`` (id or external id), or ``subscription`` (number) and ``product`` (internal reference or
        external id); ``date`` (ISO); ``quantity``; ``key``, what the meter calls it; ``description``. All are recorded or none.

        :return: the ids of the records, in the given order; a repetition gives the same ones.
        :raises AccessError: for a user who may not record usage.
        :raises UserError: saying which record is wrong, and why; a known key with other values is.
        """
        return self.env["recurring.usage.recording"].record(records).ids

    def action_open_invoices(self):
        """The invoices that bill this usage."""
        return self.period_id.action_open_invoices()

    @api.model
    def _service_owned_fields(self):
        """What billing itself keeps; see ``refuse_service_owned``."""
        return {"period_id", "recorded_on", "state"}

    @api.model
    def _fields_fixed_by_billing(self):
        return {"line_id", "subscription_id", "product_id", "date", "quantity", "idempotency_key"}

    def _is_billed(self):
        """Whether a ledger row in force bills it."""
        self.ensure_one()
        # sudo: every billed period counts, whoever may see it
        period = self.sudo().period_id
        return bool(period) and not period.voided

    def _check_not_billed(self):
        for usage in self:
            if usage._is_billed():
                raise UserError(
                    self.env._(
                        "%(usage)s is billed, so it can neither change nor be deleted. Record a correction: the difference, below zero if "
                        "there was less, on the same day.",
                        usage=usage.display_name,
                    )
                )

    @api.model
    def _with_line(self, vals):
        """An import may name the subscription and the product instead of the line."""
        if vals.get("line_id"):
            return {name: value for name, value in vals.items() if name not in ("subscription_id", "product_id")}
        line = self.env["recurring.usage.recording"].line_of(
            self.env["recurring.subscription"].browse(vals.get("subscription_id")),
            self.env["product.product"].browse(vals.get("product_id")),
            fields.Date.to_date(vals.get("date")) or self.env.company._recurring_today(),
        )
        return {**vals, "line_id": line.id}

    def _file_under_segment(self):
        """The segment of the lineage that runs on the day."""
        for usage in self:
            # sudo: all segments of what was bought count
            running = usage.sudo().lineage_id.line_ids.filtered(
                lambda line, day=usage.date: line.date_start <= day and line._ends_after(day)
            )
            if running and usage.line_id not in running:
                usage.line_id = running[0]

    def _refresh_billing_dates(self, subscriptions=None):
        """Late usage brings an invoice by itself only where none comes any more."""
        subscriptions = self.subscription_id if subscriptions is None else subscriptions | self.subscription_id
        ended = subscriptions.filtered(lambda subscription: not subscription.next_invoice_date or subscription.end_date)
        ended._hold_against_runs()
        ended._refresh_billing_dates()

    def _refresh_states(self):
        """After the ledger changed."""
        self.env.add_to_compute(self._fields["state"], self)
