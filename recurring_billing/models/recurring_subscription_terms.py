from datetime import timedelta, timezone

from odoo import api, fields, models

from .. import const
from ..rules import lineages, terms
from ..rules.money import to_decimal


class RecurringSubscription(models.Model):
    """The contract's terms: which one runs, when it may end, what leaving costs."""

    _inherit = "recurring.subscription"

    term_start_date = fields.Date(
        "Term Since",
        copy=False,
        help="The first day of the minimum term, where it was agreed anew, by a renewal say. Empty: the first paid day.",
    )
    term_end_date = fields.Date(
        "Term Until",
        compute="_compute_term_end_date",
        store=True,
        help="The last day of the running term. Empty: the customer is not committed.",
    )
    terms_in_words = fields.Text("Terms", compute="_compute_terms_in_words")

    @api.depends("trial_end_date", "start_date", "term_start_date", "plan_id.term_count", "plan_id.term_unit", "plan_id.renewal")
    def _compute_term_end_date(self):
        for subscription in self:
            term = subscription._running_term() if subscription.plan_id and subscription.start_date else None
            subscription.term_end_date = term.last_day if term else False

    @api.depends(
        "plan_id",
        "start_date",
        "trial_end_date",
        "term_start_date",
        "amount_untaxed",
        "plan_id.exit_fee_kind",
        "plan_id.exit_fee_amount",
        "plan_id.exit_fee_percent",
        "plan_id.notice_days",
        "plan_id.end_on",
        "plan_id.early_end",
        "plan_id.withdrawal_days",
    )
    @api.depends_context("lang")
    def _compute_terms_in_words(self):
        for subscription in self:
            subscription.terms_in_words = "\n".join(subscription._terms_in_words()) if subscription.plan_id else False

    def _terms_in_words(self):
        """What the contract says of staying and leaving: list of sentences. Takes records in memory too."""
        self.ensure_one()
        company = self.company_id or self.env.company
        start = self.term_start_date or self.trial_end_date or self.start_date
        currency = self.currency_id or company.currency_id
        return self.plan_id._terms_in_words(self.amount_untaxed, start, currency, company)

    # Towards the rules

    def _contract(self):
        """What was agreed, as the rules take it."""
        self.ensure_one()
        plan, start = self.plan_id, self.term_start_date or self.trial_end_date or self.start_date
        return terms.Contract(
            start=start,
            anchor=self.anchor_date or start,
            interval=plan._interval(),
            term=plan._term(),
            renews=plan._renews_by_terms(),
            notice_days=plan.notice_days,
            ends=plan.end_on,
        )

    def _running_term(self, day=None):
        """The term that runs on a day (default today) as a period, or None."""
        return terms.running_term(self._contract(), day or (self.company_id or self.env.company)._recurring_today())

    def _earliest_last_day(self, today=None):
        """The earliest last day the contract allows without an exit fee, were notice given today."""
        return terms.earliest_last_day(self._contract(), today or self.company_id._recurring_today())

    def _earliest_last_day_with_fee(self, today=None):
        """As ``_earliest_last_day``, where leaving the minimum term early is possible for an exit fee."""
        bound = self.plan_id.exit_fee_kind == terms.NO_FEE
        return terms.earliest_last_day(self._contract(), today or self.company_id._recurring_today(), bound=bound)

    def _exit_fee(self, first_day_off):
        """What it costs to leave, with the given day as the first without service; Decimal, untaxed, in its currency."""
        self.ensure_one()
        plan, term = self.plan_id, terms.minimum_term(self._contract())
        if plan.exit_fee_kind == terms.NO_FEE or not term or first_day_off >= term.end:
            return to_decimal(0)
        rounding = to_decimal(self.currency_id.rounding)
        remaining = self._remaining_amount(max(first_day_off, term.start), term.end) if plan.exit_fee_kind == terms.PERCENT else 0
        return terms.exit_fee(plan._exit_fee(self.currency_id, self.company_id), term, first_day_off, remaining, rounding)

    def _remaining_amount(self, since, until):
        """What the days from one up to before another would still cost, untaxed; usage is not known and does not count."""
        segments, factors = [], {}
        for line in self.line_ids:
            segment = line._segment()
            if not segment:
                continue
            if line.ended_by == const.BY_PAUSE:
                # A pause does not make leaving free: what is paused was agreed to go on.
                segment = segment._replace(end=line.planned_end + timedelta(days=1) if line.planned_end else None)
            segments.append(segment)
            factors[segment.key] = line._untaxed_factor()
        rounding = to_decimal(self.currency_id.rounding)
        settled = dict.fromkeys((segment.lineage for segment in segments), since)
        found = lineages.by_lineage(self._billing_terms(), segments, lineages.Ledger(), settled, rounding)
        return terms.remaining_amount(found, since, until, factors)

    def _withdrawal_deadline(self):
        """The last day on which the customer may withdraw, or None."""
        self.ensure_one()
        return terms.withdrawal_deadline(self._withdrawal_since(), self.plan_id.withdrawal_days)

    def _withdrawal_since(self):
        """The day from which the days to withdraw are counted: the first day of service, or the signature where that was later.

        What continues another subscription is no new contract.
        """
        if self.predecessor_id:
            # sudo: the subscription it continues counts, whoever may see it
            return self.sudo().predecessor_id._withdrawal_since()
        # sudo: as the order it was sold by
        order = self.sudo().order_id
        signed = order.signed_on or order.date_order if order.state == "sale" else None
        return (
            max(self.start_date, self.company_id._recurring_local(signed.replace(tzinfo=timezone.utc)).date())
            if signed
            else self.start_date
        )

    @api.model
    def _refresh_terms(self):
        """Called daily: terms that are over."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._recurring_today()
            over = self.search([("company_id", "=", company.id), ("term_end_date", "<", today), ("state", "!=", const.CLOSED)])
            self.env.add_to_compute(self._fields["term_end_date"], over)
        self.env.flush_all()
