from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from .. import const
from ..rules import price_revision
from ..rules.charges import ADVANCE
from ..rules.money import to_decimal
from ..rules.periods import Interval

DAY = timedelta(days=1)


class RecurringPriceRevisionPreview(models.AbstractModel):
    """Find the prices that are due for a revision, what they become and from when, or why they stay. Changes no price."""

    _name = "recurring.price.revision.preview"
    _description = "Preview of a Price Revision"

    @api.private
    @api.model
    def fill(self, revision):
        """Write the rows of a draft anew; what a person decided of a price stays."""
        decided = {row.lineage_id.id: row for row in revision.line_ids if row.decided or row.price_by_hand}
        subscriptions, not_due = self._find(revision)
        rows = self.rows(revision, subscriptions)
        for vals in rows:
            self._keep_decision(vals, decided.get(vals["lineage_id"]))
        revision.line_ids.unlink()
        self.env["recurring.price.revision.line"].create(rows)
        revision.write({"previewed_on": revision.company_id._recurring_today(), "not_due_count": not_due})

    def _keep_decision(self, vals, row):
        if not row or vals["old_price"] != row.old_price:
            return
        if row.price_by_hand:
            vals.update(new_price=row.new_price, percent=row.percent, price_by_hand=True)
            if vals["reason"] == const.NO_CHANGE:
                vals.update(included=True, reason=False)
        soft = not vals["reason"] or vals["reason"] in const.REASONS_SOFT
        if row.decided and (not row.included or soft):
            vals.update(included=row.included, decided=True)

    def _find(self, revision):
        """The subscriptions concerned, and how many of them are not due yet.

        Those a person named are shown, due or not; else only what is due.
        """
        wanted = Domain([("company_id", "=", revision.company_id.id), ("state", "in", (const.ACTIVE, const.PAUSED))])
        if revision.plan_ids:
            wanted &= Domain("plan_id", "in", revision.plan_ids.ids)
        elif revision.method == const.AS_PLAN and not revision.subscription_ids:
            wanted &= Domain("plan_id.revision_kind", "!=", const.REVISE_NEVER)
        wanted &= revision._further_domain()
        if revision.subscription_ids:
            return self.env["recurring.subscription"].search(wanted & Domain("id", "in", revision.subscription_ids.ids)), 0
        due = Domain("next_revision_date", "<=", revision.due_until)
        subscriptions = self.env["recurring.subscription"].search(wanted & due)
        return subscriptions, self.env["recurring.subscription"].search_count(wanted & ~due)

    @api.private
    @api.model
    def rows(self, revision, subscriptions):
        """The rows of a revision as values, one per price that runs."""
        found = []
        percents = {}
        for subscription in subscriptions:
            effective = self._effective_day(revision, subscription)
            for lineage in subscription.line_ids.lineage_id:
                vals = self._prepare_row(revision, subscription, lineage, effective, percents)
                if vals:
                    found.append(vals)
        return found

    def _effective_day(self, revision, subscription):
        plan = subscription.plan_id
        return price_revision.effective_day(
            subscription.anchor_date,
            Interval(plan.interval_count, plan.interval_unit),
            today=revision.company_id._recurring_today(),
            notice_days=plan.revision_notice_days,
            due=self._due_day(revision, subscription),
            timing=plan.timing,
            lead_days=plan.lead_days if plan.timing == ADVANCE else 0,
            not_billed=subscription._revision_not_billed(),
        )

    def _due_day(self, revision, subscription):
        return subscription.term_end_date + DAY if revision.renews_terms else subscription.next_revision_date

    def _prepare_row(self, revision, subscription, lineage, effective, percents):
        change = self.env["recurring.subscription.change"]
        today = revision.company_id._recurring_today()
        line, end = change._price_line(lineage, effective), self._end(lineage)
        is_paused = change.is_paused_on(lineage, today)
        if not line or (end and end < today and not is_paused):
            return None
        vals = {
            "revision_id": revision.id,
            "subscription_id": subscription.id,
            "lineage_id": lineage.id,
            "line_id": line.id,
            "product_id": line.product_id.id,
            "old_price": line.price_unit,
            "new_price": line.price_unit,
            "old_mrr": line.mrr if line.billing_type == const.FIXED_PRICE else 0.0,
            "date_effective": effective,
            "included": True,
            "reason": False,
            "reason_detail": False,
        }
        self._put_new_price(vals, revision, line, percents)
        reason, detail = self._why_not(vals, revision, line, end, is_paused)
        if reason:
            vals.update(reason=reason, reason_detail=detail, included=False)
        return vals

    def _end(self, lineage):
        """The last day of the lineage, were nothing to change, or False. A pause is no end."""
        last = self.env["recurring.subscription.change"]._last(lineage)
        own = last.planned_end if last.ended_by == const.BY_PAUSE else last.date_end
        return min((end for end in (own, lineage.subscription_id.end_date) if end), default=False)

    def _put_new_price(self, vals, revision, line, percents):
        plan, effective = line.plan_id, vals["date_effective"]
        if revision.renews_terms and plan.renewal_price == const.CATALOGUE_PRICE:
            price = line._price_of_product()
            percent = price_revision.percent_between(to_decimal(line.price_unit), to_decimal(price))
            vals.update(new_price=price, percent=float(percent))
            return
        key = (plan, price_revision.month_of(effective))
        if key not in percents:
            percents[key] = self._percent(revision, plan, effective)
        percent, missing = percents[key]
        if missing:
            vals.update(reason=const.INDEX_MISSING, reason_detail=missing)
            return
        old = to_decimal(line.price_unit)
        new = price_revision.new_price(old, percent, unit=self._unit(line), rounding=const.ROUNDING_OF[plan.revision_rounding])
        vals.update(new_price=float(new), percent=float(percent))
        if revision.method == const.AS_PLAN and plan.revision_kind == const.REVISE_INDEX:
            months = price_revision.index_months(effective, plan.revision_months, plan.revision_lag)
            vals.update(index_id=plan.revision_index_id.id, index_from=months[0], index_to=months[-1])

    def _percent(self, revision, plan, effective):
        """By how much prices of a plan change, and, where that is not known, why."""
        if revision.method == const.ONE_PERCENT:
            return to_decimal(revision.percent), None
        if plan.revision_kind == const.REVISE_NEVER:
            return to_decimal(0), None
        try:
            return plan._revision_percent(effective), None
        except price_revision.MissingMonths as missing:
            index = plan.revision_index_id
            return None, self.env._("%(index)s of %(months)s is missing", index=index.name, months=index._month_names(missing.months))

    def _unit(self, line):
        """Prices are rounded to the currency, those with more places (0.0375 each) to as many as prices have."""
        currency_unit = to_decimal(line.currency_id.rounding)
        price = to_decimal(line.price_unit)
        if price % currency_unit == 0:
            return currency_unit
        return to_decimal(10.0 ** -self.env["decimal.precision"].precision_get("Product Price"))

    def _why_not(self, vals, revision, line, end, is_paused):
        """Why a price stays, as (reason, words), or (False, False)."""
        subscription, plan, effective = line.subscription_id, line.plan_id, vals["date_effective"]
        brazilian = revision.company_id._recurring_is_brazilian() or line.currency_id.name == "BRL"
        if line.billing_type == const.USAGE_PRICE:
            return const.BY_USAGE, False
        if line.fixed_total:
            return const.AGREED, False
        if brazilian and price_revision.is_void(plan.revision_months):
            return const.TOO_OFTEN, self.env._('"%(plan)s" revises every %(months)s months', plan=plan.name, months=plan.revision_months)
        if end and end < effective:
            return const.ENDS, self.env._("ends on %s", format_date(self.env, end))
        if self._other_price_planned(line, effective):
            return const.PRICE_PLANNED, False
        if vals["reason"]:
            return vals["reason"], vals["reason_detail"]
        if subscription.next_revision_date > (effective if revision.renews_terms else revision.due_until):
            return const.NOT_DUE, self.env._("from %s", format_date(self.env, subscription.next_revision_date))
        since = self._added_on(line)
        if since and price_revision.due_day(since, plan.revision_months) > effective:
            day = price_revision.due_day(since, plan.revision_months)
            return const.RECENT, self.env._("from %s", format_date(self.env, day))
        if is_paused:
            return const.STANDS_STILL, False
        return (const.NO_CHANGE, False) if vals["new_price"] == vals["old_price"] else (False, False)

    def _added_on(self, line):
        """The first day of a product that came after the subscription began, else None."""
        subscription, since = line.subscription_id, line._lineage_start()
        return since if since > (subscription.trial_end_date or subscription.start_date) else None

    def _other_price_planned(self, line, effective):
        """Whether somebody planned another price from a later day on: it would be lost."""
        known = self.env["recurring.subscription.change"]._known(line.lineage_id)
        return any(other.price_unit != line.price_unit for other in known if other.date_start >= effective and other != line)
