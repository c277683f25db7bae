from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .. import const
from ..rules import charges, periods
from ..rules.money import to_decimal


class RecurringCoverage(models.AbstractModel):
    """What is wanted, what is billed, and so what is due: reads lines and ledger, asks the rules, writes the dates that follow."""

    _name = "recurring.coverage"
    _description = "Coverage of Subscriptions"

    @api.model
    def due_charges(self, subscriptions, horizon):
        """What is to be charged up to the horizon.

        :return: dict subscription → (charges by due moment, the ledger rows read for it)
        """
        settled = self._settled(subscriptions)
        rows = self._rows_in_force(subscriptions, settled)
        return {
            subscription: (
                charges.due_charges(
                    subscription._billing_terms(),
                    self._segments(subscription),
                    rows[subscription.id],
                    horizon,
                    rounding=to_decimal(subscription.currency_id.rounding),
                    settled=settled,
                ),
                rows[subscription.id],
            )
            for subscription in subscriptions
        }

    @api.model
    def refresh(self, subscriptions):
        """Compute the covered dates and the next invoice date anew, from the whole ledger."""
        self.env.flush_all()
        rows = self._rows_in_force(subscriptions, {})
        self._write_dates(subscriptions, rows, {})

    @api.model
    def advance(self, subscriptions, rows):
        """Move the dates on after rows were added.

        :param rows: by subscription id, the rows of every period not settled before, new ones included.
        """
        self._write_dates(subscriptions, rows, self._settled(subscriptions))

    @api.model
    def reopen(self, voided_periods):
        """Rows are no longer in force: their time is wanted again."""
        self.refresh(voided_periods.subscription_id)

    @api.model
    def last_billed_day(self, line):
        """The last day of the line that a row in force covers, or None."""
        # sudo: every billed period counts, whoever may see it
        last = (
            self.env["recurring.period"].sudo().search([("line_id", "=", line.id), ("voided", "=", False)], order="live_end desc", limit=1)
        )
        return last.live_end - timedelta(days=1) if last else None

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
            if [(row.start, row.live_end, row.amount) for row in mine.sorted("start")] == [
                (vals["start"], vals["live_end"], vals["amount"]) for vals in values
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
        if segment.end:
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
        """By lineage, the day before which everything is covered."""
        # sudo: lineages are the ledger's own records
        return {lineage.id: lineage.billed_until for lineage in subscriptions.sudo().line_ids.lineage_id if lineage.billed_until}

    def _rows_in_force(self, subscriptions, settled):
        """The ledger rows of every full period that is not settled, by subscription id, in three queries at most."""
        found = defaultdict(list)
        if not subscriptions:
            return found
        self.env["recurring.period"].flush_model()
        self.env["recurring.lineage"].flush_model()
        only_open = SQL("AND (lineage.billed_until IS NULL OR period.full_end > lineage.billed_until)") if settled else SQL()
        ids = self.env.execute_query(
            SQL(
                "SELECT period.id FROM recurring_period period JOIN recurring_lineage lineage ON lineage.id = period.lineage_id "
                "WHERE lineage.subscription_id IN %s AND period.voided IS NOT TRUE %s ORDER BY period.id",
                subscriptions._ids,
                only_open,
            )
        )
        # sudo: every row counts, whoever may see it
        for period in self.env["recurring.period"].sudo().browse(row[0] for row in ids):
            found[period.subscription_id.id].append(period._row())
        return found

    def _write_dates(self, subscriptions, rows, settled):
        for subscription in subscriptions:
            terms = subscription._billing_terms()
            segments = self._segments(subscription)
            mine = rows[subscription.id]
            # sudo: lineages are the ledger's own records; a salesperson changes them only by changing a line
            for lineage in subscription.sudo().line_ids.lineage_id:
                parts = [segment for segment in segments if segment.lineage == lineage.id]
                until = charges.covered_until(terms, parts, mine, settled=settled.get(lineage.id)) or False
                if lineage.billed_until != until:
                    lineage.billed_until = until
            next_date = charges.next_bill_on(terms, segments, mine, settled=settled) or False
            if subscription.next_invoice_date != next_date:
                # sudo: the date follows from the ledger; a Billing user who deletes a draft may not edit the subscription
                subscription.sudo().next_invoice_date = next_date
