from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from odoo import Command, api, models
from odoo.tools import SQL

from .. import const
from ..rules import usage_billing
from ..rules.charges import Charge, Terms
from ..rules.money import to_decimal
from ..rules.periods import Period, period_at
from ..rules.usage_account import REGULAR, UsageRecord, UsageRow


class UsageBooks(NamedTuple):
    """What the rules need to know of the metered lines of a subscription.

    :param known: by keyword, rounding and what is settled.
    """

    terms: Terms
    segments: list
    rows: list
    records: list
    known: dict

    @property
    def facts(self) -> tuple:
        return self.terms, self.segments, self.rows, self.records


class UsageDates(NamedTuple):
    """What follows from the usage of a subscription.

    :param until: by lineage id, the first day whose usage is not billed.
    :param next_on: the first day on which usage is due.
    :param late_on: the day since which late usage waits; it goes with the next invoice, and brings one only where none comes any more.
    """

    until: dict
    next_on: date | None
    late_on: date | None

    def next_date(self, other: Any) -> Any:
        """The next invoice date of a subscription of which something else is due on a day, or nothing else."""
        return min((day for day in (self.next_on, other) if day), default=self.late_on) or False


class RecurringUsageBilling(models.AbstractModel):
    """Which usage is due: reads metered lines, their records and ledger rows, and asks the rules. Billing takes the rows as any other."""

    _name = "recurring.usage.billing"
    _description = "Billing of Usage"

    @api.private
    @api.model
    def due_rows(self, due, horizon, without=None):
        """Usage to be billed up to the horizon.

        :param due: dict subscription → what else is charged and credited in the run: late usage goes on one of those invoices.
        :param without: ledger rows to imagine away.
        :return: dict subscription → list of UsageCharge, of those with metered lines
        """
        found = {}
        subscriptions = self.env["recurring.subscription"].union(*due)
        for subscription, books in self._books(subscriptions, whole=bool(without), without=without).items():
            rows = usage_billing.due_usage(*books.facts, horizon, **books.known)
            moments = [row.due_on for row in due[subscription] if isinstance(row, Charge)]
            found[subscription] = usage_billing.with_next_invoice(rows, moments)
        return found

    @api.private
    @api.model
    def dates(self, subscriptions, whole):
        """What follows from usage for the dates of these subscriptions; brings the states of their records up to date.

        :param whole: read the whole ledger, not only what is not settled yet.
        :return: dict subscription → UsageDates, of those with metered lines
        """
        books_of = self._books(subscriptions, whole=whole)
        found = {}
        for subscription, books in books_of.items():
            rules = (usage_billing.usage_settled_until, usage_billing.next_usage_on, usage_billing.late_usage_on)
            found[subscription] = UsageDates(*(rule(*books.facts, **books.known) for rule in rules))
        # sudo: what records say of their own state follows from the ledger, whoever changes it
        records = self.env["recurring.usage"].sudo()
        free = [record.key for books in books_of.values() for record in books.records if not record.billed]
        records.browse(free)._refresh_states()
        return found

    @api.private
    @api.model
    def states(self, records):
        """Where each record of usage stands.

        :return: dict usage record → state
        """
        # sudo: all segments and ledger rows of what was bought count, whoever may see them
        segments = [segment for line in records.sudo().lineage_id.line_ids if (segment := line._usage_segment())]
        facts = [UsageRecord(usage, usage.lineage_id.id, usage.date, Decimal(0)) for usage in records]
        outside = {record.key for record in usage_billing.outside_service(segments, facts)}
        covered = self._covered(records.filtered(lambda usage: usage not in outside and not usage._is_billed()))
        found = {}
        for usage in records:
            if usage in outside:
                found[usage] = const.USAGE_OUTSIDE
            elif usage._is_billed():
                found[usage] = const.USAGE_BILLED
            else:
                is_late = any(part.start <= usage.date < part.end for part in covered[usage.lineage_id.id])
                found[usage] = const.USAGE_LATE if is_late else const.USAGE_TO_BILL
        return found

    @api.private
    @api.model
    def prepare_period(self, row):
        """What a ledger row of usage says beside what any row says. It bills its records, and covers its days when it is regular."""
        return {
            "kind": const.USAGE,
            "live_end": row.covered.end if row.reason == REGULAR else row.covered.start,
            "price_known": False,
            "quantity": float(row.quantity - row.before),
            "discount": float(row.price.discount),
            "usage_total": float(row.quantity),
            "usage_reason": row.reason,
            "usage_ids": [Command.link(usage_id) for usage_id in row.records],
        }

    def _covered(self, records):
        """By lineage id, the days whose usage is billed."""
        found = defaultdict(list)
        if records:
            # sudo: every ledger row counts, whoever may see it
            rows = self.env["recurring.period"].sudo()
            domain = [("lineage_id", "in", records.lineage_id.ids), ("kind", "=", const.USAGE), ("voided", "=", False)]
            for row in rows.search([*domain, ("live_end", ">", min(records.mapped("date")))]):
                found[row.lineage_id.id].append(Period(row.start, row.live_end))
        return found

    def _books(self, subscriptions, *, whole, without=None):
        """By subscription with metered lines, what the rules need; as much of the past as can matter."""
        # Of what is only thought of, as on a quotation, no usage is known.
        metered = subscriptions.line_ids._origin.filtered(lambda line: line.billing_type == const.USAGE_PRICE)
        if not metered:
            return {}
        # sudo: lineages are the ledger's own records
        lineages = metered.sudo().lineage_id
        self.env["recurring.usage"].flush_model()
        self.env["recurring.period"].flush_model()
        settled = {} if whole else self._settled(lineages)
        rows, records = self._rows(lineages, settled, without), self._records(lineages, settled, without)
        found = {}
        for subscription, lines in metered.grouped("subscription_id").items():
            found[subscription] = UsageBooks(
                subscription._billing_terms(),
                [segment for line in lines if (segment := line._usage_segment())],
                rows[subscription.id],
                records[subscription.id],
                {"rounding": to_decimal(subscription.currency_id.rounding), "settled": settled},
            )
        return found

    def _settled(self, lineages):
        """By lineage id, a boundary before which every wanted day is billed and every record that counts."""
        waiting = dict(
            self.env.execute_query(
                SQL(
                    "SELECT lineage_id, MIN(date) FROM recurring_usage WHERE lineage_id IN %s AND state IN %s GROUP BY lineage_id",
                    lineages._ids,
                    (const.USAGE_TO_BILL, const.USAGE_LATE),
                )
            )
        )
        found = {}
        for lineage in lineages:
            if lineage.billed_until:
                terms = lineage.subscription_id._billing_terms()
                day = min(lineage.billed_until, waiting.get(lineage.id, lineage.billed_until))
                found[lineage.id] = period_at(terms.anchor, terms.interval, day).start
        return found

    def _rows(self, lineages, settled, without):
        """By subscription id, the ledger rows of usage in force of every full period that is not settled."""
        query = SQL(
            "SELECT period.id FROM recurring_period period JOIN %s ON known.lineage_id = period.lineage_id "
            "WHERE period.kind = %s AND period.voided IS NOT TRUE AND (known.since IS NULL OR period.full_end > known.since) "
            "ORDER BY period.id",
            self._since(lineages, settled),
            const.USAGE,
        )
        found, prices = defaultdict(list), {}
        # sudo: every row counts, whoever may see it
        for row in self.env["recurring.period"].sudo().browse(row[0] for row in self.env.execute_query(query)):
            if without and row in without:
                continue
            if row.line_id not in prices:
                prices[row.line_id] = row.line_id._usage_price()
            full, covered = Period(row.full_start, row.full_end), Period(row.start, row.live_end)
            found[row.subscription_id.id].append(
                UsageRow(row.line_id.id, row.lineage_id.id, full, covered, prices[row.line_id], to_decimal(row.amount), row.id)
            )
        return found

    def _records(self, lineages, settled, without):
        """By subscription id, the records of every full period that is not settled, those billed among them."""
        query = SQL(
            "SELECT usage.subscription_id, usage.id, usage.lineage_id, usage.date, usage.quantity, usage.recorded_on, "
            "period.id IS NOT NULL AND period.voided IS NOT TRUE AND NOT period.id = ANY(%s) "
            "FROM recurring_usage usage JOIN %s ON known.lineage_id = usage.lineage_id "
            "LEFT JOIN recurring_period period ON period.id = usage.period_id "
            "WHERE known.since IS NULL OR usage.date >= known.since ORDER BY usage.date, usage.id",
            without.ids if without else [],
            self._since(lineages, settled),
        )
        found = defaultdict(list)
        for subscription_id, key, lineage_id, day, quantity, known_on, billed in self.env.execute_query(query):
            found[subscription_id].append(UsageRecord(key, lineage_id, day, to_decimal(quantity), bool(billed), known_on))
        return found

    def _since(self, lineages, settled):
        """A table of lineages and how far back to look."""
        days = [settled.get(lineage.id) for lineage in lineages]
        return SQL("UNNEST(%s, %s::date[]) AS known(lineage_id, since)", lineages.ids, days)
