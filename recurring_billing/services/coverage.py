from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .. import const
from ..rules import charges, periods
from ..rules.money import to_decimal
from ..rules.terms import ImaginedEnds


class Postponed(set):
    """Ids of the subscriptions whose dates are computed anew at the end. A class of its own, which no RPC caller can send."""


class RecurringCoverage(models.AbstractModel):
    """What is wanted, what is billed, and so what is due: reads lines and ledger, asks the rules, writes the dates that follow."""

    _name = "recurring.coverage"
    _description = "Coverage of Subscriptions"

    @api.private
    @api.model
    def due_rows(self, subscriptions, horizon, without=None):
        """What is to be credited and charged up to the horizon.

        :param without: ledger rows to imagine away, because the draft that holds them is made again.
        :return: dict subscription → (charges, credits and usage, the ledger rows read for it)
        """
        settled = self._settled(subscriptions) if not without else {}
        rows = self._rows_in_force(subscriptions, settled, without)
        due = {
            subscription: charges.due_rows(
                subscription._billing_terms(),
                self._segments(subscription),
                rows[subscription.id],
                horizon,
                rounding=to_decimal(subscription.currency_id.rounding),
                settled=settled,
            )
            for subscription in subscriptions
        }
        usage = self.env["recurring.usage.billing"].due_rows(due, horizon, without)
        return {subscription: ([*found, *usage.get(subscription, [])], rows[subscription.id]) for subscription, found in due.items()}

    @api.private
    @api.model
    def next_charge(self, subscription, rows, horizon):
        """When the next charge is billed once the credits of the horizon are made, and what is due then in all.

        :param rows: the ledger rows read for the subscription.
        :return: (date, total) or (None, 0)
        """
        terms, segments = subscription._billing_terms(), self._segments(subscription)
        settled = self._settled(subscription)
        rounding = to_decimal(subscription.currency_id.rounding)
        due_on = charges.next_charge_on(terms, segments, rows, horizon, rounding=rounding, settled=settled)
        if not due_on:
            return None, 0
        found = charges.due_rows(terms, segments, rows, due_on, rounding=rounding, settled=settled)
        return due_on, sum(row.amount for row in found if row.amount)

    @api.private
    @api.model
    @contextmanager
    def postponed(self):
        """Within, whoever writes with the environment of the coverage given computes no dates; they are computed once at the end."""
        if isinstance(self.env.context.get("recurring_postponed"), Postponed):
            yield self
            return
        waiting = Postponed()
        yield self.with_context(recurring_postponed=waiting)
        self.refresh(self.env["recurring.subscription"].browse(waiting).exists())

    @api.private
    @api.model
    def refresh(self, subscriptions):
        """Compute the covered dates and the next invoice date anew, from the whole ledger."""
        waiting = self.env.context.get("recurring_postponed")
        if isinstance(waiting, Postponed):
            waiting.update(subscriptions.ids)
            return
        self.env.flush_all()
        self._write_dates(subscriptions, self._rows_in_force(subscriptions, {}), {})

    @api.private
    @api.model
    def advance(self, subscriptions, waiting=(), horizon=None):
        """Move the dates on after rows were added.

        :param waiting: by subscription, the day of the next invoice, which takes credits that are due already.
        :param horizon: the day up to which was billed.
        """
        settled = self._settled(subscriptions)
        self._write_dates(subscriptions, self._rows_in_force(subscriptions, settled), settled, waiting, horizon)

    @api.private
    @api.model
    def last_billed_day(self, line):
        """The last day of the line that a row in force covers, or None. Credits cover nothing, nor do rows shortened to nothing."""
        # sudo: every billed period counts, whoever may see it
        periods_model = self.env["recurring.period"].sudo()
        rows = periods_model.search(
            [("line_id", "=", line.id), ("voided", "=", False), ("kind", "!=", const.CREDIT)], order="live_end desc"
        )
        last = next((row for row in rows if row.start < row.live_end), None)
        return last.live_end - timedelta(days=1) if last else None

    @api.private
    @api.model
    def record_opening(self, lines):
        """Write "already billed until" into the ledger: one row for whole periods of the past, one for the running period."""
        # sudo: the ledger is written by services alone
        periods_model = self.env["recurring.period"].sudo()
        known = periods_model.search([("line_id", "in", lines.ids), ("kind", "=", const.OPENING), ("voided", "=", False)])
        by_line = known.grouped("line_id")
        wanted, unchanged = [], periods_model
        for line in lines:
            mine = by_line.get(line, periods_model)
            values = self._prepare_opening(line)
            # Not how far a row is in force: what was credited of it is no other opening position.
            if [(row.start, row.end, row.amount) for row in mine.sorted("start")] == [
                (vals["start"], vals["end"], vals["amount"]) for vals in values
            ]:
                unchanged |= mine
            else:
                wanted += values
        (known - unchanged).write({"voided": True})
        self.env.flush_all()
        periods_model.create(wanted)
        lines.subscription_id._refresh_billing_dates()

    def _prepare_opening(self, line):
        segment = line._segment()
        if not segment or not line.opening_until:
            return []
        until = line.opening_until + timedelta(days=1)
        if segment.end and not line.opening_amount:
            # Without an amount there is nothing to give back of the time after the end.
            until = min(until, segment.end)
        if until <= segment.start:
            return []
        running = periods.period_at(line.subscription_id.anchor_date, line.subscription_id.plan_id._interval(), until - timedelta(days=1))
        found = []
        if running.start > segment.start:
            found.append(self._prepare_opening_row(line, periods.Period(segment.start, running.start), segment.start, running.start, 0.0))
        start = max(running.start, segment.start)
        found.append(self._prepare_opening_row(line, running, start, until, line.opening_amount))
        return found

    def _prepare_opening_row(self, line, full, start, end, amount):
        return {
            "lineage_id": line.lineage_id.id,
            "line_id": line.id,
            "subscription_id": line.subscription_id.id,
            "company_id": line.company_id.id,
            "currency_id": line.currency_id.id,
            "kind": const.OPENING,
            "full_start": full.start,
            "full_end": full.end,
            "start": start,
            "end": end,
            "live_end": end,
            "due_on": start,
            "price_known": False,
            "share_numerator": (end - start).days,
            "share_denominator": full.days,
            "amount": amount,
        }

    def _segments(self, subscription):
        return [segment for line in subscription.line_ids if (segment := line._segment())]

    def _settled(self, subscriptions):
        """By lineage, the day before which everything is covered; nothing is, where an end is only imagined."""
        if isinstance(self.env.context.get("recurring_imagined_ends"), ImaginedEnds):
            return {}
        # sudo: lineages are the ledger's own records
        return {lineage.id: lineage.billed_until for lineage in subscriptions.sudo().lineage_ids if lineage.billed_until}

    def _rows_in_force(self, subscriptions, settled, without=None):
        """The ledger rows of every full period that is not settled, by subscription id, in three queries at most."""
        found = defaultdict(list)
        # Of what is only thought of, as on a quotation, nothing is billed.
        subscriptions = subscriptions._origin
        if not subscriptions:
            return found
        self.env["recurring.period"].flush_model()
        self.env["recurring.lineage"].flush_model()
        only_open = SQL("AND (lineage.billed_until IS NULL OR period.full_end > lineage.billed_until)") if settled else SQL()
        ids = self.env.execute_query(
            SQL(
                "SELECT period.id FROM recurring_period period JOIN recurring_lineage lineage ON lineage.id = period.lineage_id "
                "WHERE lineage.subscription_id IN %s AND period.voided IS NOT TRUE AND period.kind != %s %s ORDER BY period.id",
                subscriptions._ids,
                const.USAGE,
                only_open,
            )
        )
        # sudo: every row counts, whoever may see it
        for period in self.env["recurring.period"].sudo().browse(row[0] for row in ids):
            if not without or period not in without:
                found[period.subscription_id.id].append(self._row_without(period, without) if without else period._row())
        return found

    def _rows_of(self, subscription):
        """The ledger rows of one subscription that are not settled."""
        return self._rows_in_force(subscription, self._settled(subscription))[subscription.id]

    def _row_without(self, period, without):
        """The row as it is once the rows imagined away are gone: what their credits gave back is in force again."""
        row = period._row()
        credits = period.credit_ids.filtered(lambda credit: not credit.voided and credit.start < credit.end)
        if not credits & without:
            return row
        live_end = min((credits - without).mapped("start"), default=period.end)
        return row._replace(covered=periods.Period(period.start, live_end))

    def _write_dates(self, subscriptions, rows, settled, waiting=(), horizon=None):
        usage = self.env["recurring.usage.billing"].dates(subscriptions, whole=not settled)
        extras = self.env["recurring.billing.extras"]
        beside = extras.next_dates(subscriptions)
        for subscription in subscriptions:
            terms = subscription._billing_terms()
            segments = self._segments(subscription)
            mine = rows[subscription.id]
            metered = usage.get(subscription)
            rounding = to_decimal(subscription.currency_id.rounding)
            # sudo: lineages are the ledger's own records; a salesperson changes them only by changing a line
            for lineage in subscription.sudo().lineage_ids:
                parts = [segment for segment in segments if segment.lineage == lineage.id]
                billed = [row for row in mine if row.lineage == lineage.id]
                until = charges.settled_until(terms, parts, billed, rounding=rounding, settled=settled.get(lineage.id)) or False
                if metered and lineage.id in metered.until:
                    until = metered.until[lineage.id]
                if lineage.billed_until != until:
                    lineage.billed_until = until
            waits = horizon if subscription in waiting else None
            next_date = charges.next_bill_on(terms, segments, mine, rounding=rounding, settled=settled, waiting=waits) or False
            if subscription in waiting:
                # What waits is taken along then; another credit that becomes due before does not wait with it.
                next_date = min(waiting[subscription], next_date or waiting[subscription])
            if metered:
                next_date = metered.next_date(next_date)
            next_date = extras.next_date(beside.get(subscription), next_date)
            if subscription.next_invoice_date != next_date:
                # sudo: the date follows from the ledger; a Billing user who deletes a draft may not edit the subscription
                subscription.sudo().next_invoice_date = next_date
