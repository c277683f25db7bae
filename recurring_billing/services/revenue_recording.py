from collections import defaultdict
from datetime import datetime, time
from decimal import Decimal
from operator import itemgetter

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from .. import const
from ..rules import revenue
from ..rules.money import to_decimal

NOTED = "recurring_billing.revenue"
DIMENSIONS = ("company_id", "partner_id", "payer_id", "plan_id", "product_id", "team_id", "user_id", "country_id")


class RecurringRevenueRecording(models.AbstractModel):
    """Desired minus recorded, for monthly recurring revenue.

    Whatever changes what a subscription is worth is noted, and recorded once, just before the transaction commits: what the lines say was
    booked on each day up to today, minus the movements that are recorded. So a change told late counts on its own day, time that passes is
    written on its day by the daily job, and recording again writes nothing.
    """

    _name = "recurring.revenue.recording"
    _description = "Recording of MRR Movements"

    @api.private
    @api.model
    def note(self, subscriptions):
        """Record these subscriptions before the transaction commits, as of today."""
        real = subscriptions.filtered(lambda subscription: isinstance(subscription.id, int))
        if not real:
            return
        # Changes of one transaction are recorded together: a line that is cut and continued is no movement.
        precommit = self.env.cr.precommit
        if NOTED not in precommit.data:
            precommit.data[NOTED] = {}
            precommit.add(self._service().record_noted)
        for subscription in real:
            precommit.data[NOTED][subscription.id] = subscription.company_id._recurring_today()

    @api.private
    @api.model
    def record_noted(self, *, forget=False):
        """Record what was noted. It stays noted, unless told: a reader in the midst of what is undone later must not make it forgotten."""
        noted = self.env.cr.precommit.data.get(NOTED)
        if noted:
            self.record(self.env["recurring.subscription"].browse(noted), dict(noted))
            if forget:
                noted.clear()

    @api.private
    @api.model
    def record(self, subscriptions, until=None):
        """Write the movements that are missing, up to a day.

        :param until: by subscription id, the last day that counts; default today.
        :return: the movements written
        """
        service = self._service()
        subscriptions = subscriptions.with_env(service.env).exists()
        if not subscriptions:
            return service.env["recurring.revenue.event"]
        until = until or {subscription.id: subscription.company_id._recurring_today() for subscription in subscriptions}
        service.env.flush_all()
        recorded = service._recorded(subscriptions)
        rates = {(row["line_id"], row["effective_date"]): row["rate"] for row in recorded}
        steps = service.env["recurring.revenue.levels"].steps(subscriptions, until, rates)
        missing = service._missing(subscriptions, steps, recorded, until)
        service._write_levels(subscriptions, steps)
        events = service.env["recurring.revenue.event"].create(service._prepare(missing, until, rates))
        service._guard(subscriptions)
        service._classify({(event.company_id.id, event.partner_id.id) for event in events})
        return events

    @api.private
    @api.model
    def record_all(self):
        """Record every subscription that ever ran; what is recorded already stays as it is."""
        subscriptions = self._service().env["recurring.subscription"].with_context(active_test=False)
        for found in subscriptions.search([("state", "in", const.BILLED_STATES)], order="id").grouped("company_id").values():
            for start in range(0, len(found), 1000):
                self.record(found[start : start + 1000])

    @api.private
    @api.model
    def differences(self, subscriptions=None):
        """Lines whose recorded movements do not add up to their MRR, for the daily self-check.

        :return: list of (line id, recorded, MRR), amounts as Decimal; empty when the books close.
        """
        self.record_noted()
        self.env.flush_all()
        only = SQL("AND line.subscription_id IN %s", subscriptions._ids or (0,)) if subscriptions is not None else SQL()
        return self.env.execute_query(
            SQL(
                """
                SELECT line.id, COALESCE(SUM(event.amount), 0), COALESCE(line.mrr, 0)
                  FROM recurring_subscription_line line LEFT JOIN recurring_revenue_event event ON event.line_id = line.id
                 WHERE TRUE %s
              GROUP BY line.id HAVING ABS(COALESCE(SUM(event.amount), 0) - COALESCE(line.mrr, 0)) > 0.004
              ORDER BY line.id
                """,
                only,
            )
        )

    @api.private
    @api.model
    def classify_recent(self):
        """Tell anew what the movements of the last days are called: two subscriptions of one customer that were recorded at the same moment
        did not see each other.
        """
        service = self._service()
        query = (
            "SELECT DISTINCT company_id, partner_id FROM recurring_revenue_event "
            "WHERE create_date > (now() AT TIME ZONE 'UTC') - interval '2 days'"
        )
        service._classify({tuple(row) for row in service.env.execute_query(SQL(query))})

    def _service(self):
        # sudo: movements are written by this service alone, whoever changes a subscription
        return self.sudo().with_context(recurring_revenue_recording=const.RECORDING, active_test=False, tracking_disable=True)

    # Desired minus recorded

    def _recorded(self, subscriptions):
        """What is recorded, per line, day, whether paused, and dimensions: one query."""
        names = ["subscription_id", "line_id", "effective_date", "paused", *DIMENSIONS]
        columns = SQL(", ").join(map(SQL.identifier, names))
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, SUM(amount), MAX(currency_rate) FROM recurring_revenue_event WHERE subscription_id IN %s GROUP BY %s",
                columns,
                subscriptions._ids,
                columns,
            )
        )
        return [dict(zip([*names, "amount", "rate"], row, strict=True)) for row in rows]

    def _missing(self, subscriptions, steps, recorded, until):
        """What is to be written: dicts of the subscription, line, day, paused, reason, amount and dimensions.

        A movement of a line that is gone, or of another company, is taken back on its own day. What a line is worth moves today to its
        customer, plan, product, seller where those have become others, so that every view closes.
        """
        lines = {line.id: line for line in subscriptions.line_ids}
        now = {line.id: self._dimensions(line) for line in lines.values()}
        wanted, reasons, days, totals = defaultdict(Decimal), {}, defaultdict(Decimal), defaultdict(Decimal)
        for step in steps:
            wanted[step.line, step.on, step.paused] += step.amount
            reasons.setdefault((step.line, step.on, step.paused), step.reason)
        missing = []
        for row in recorded:
            amount = to_decimal(row["amount"])
            if not amount:
                continue
            line = lines.get(row["line_id"])
            dimensions = {name: row[name] for name in DIMENSIONS}
            if not line or row["company_id"] != line.company_id.id:
                missing.append(self._missing_one(row["subscription_id"], row, const.REVENUE_CORRECTION, -amount, dimensions))
                continue
            days[line.id, row["effective_date"], bool(row["paused"])] += amount
            totals[line.id, tuple(dimensions.items())] += amount
        for key in sorted({*wanted, *days}, key=lambda key: (key[1], key[0], key[2])):
            line_id, day, paused = key
            amount = wanted[key] - days[key]
            if not amount:
                continue
            row = {"line_id": line_id, "effective_date": day, "paused": paused}
            reason = reasons.get(key) if key in wanted and not days[key] else const.REVENUE_CORRECTION
            missing.append(self._missing_one(lines[line_id].subscription_id.id, row, reason, amount, now[line_id]))
        for (line_id, dimensions), amount in totals.items():
            if amount and dict(dimensions) != now[line_id]:
                subscription_id = lines[line_id].subscription_id.id
                row = {"line_id": line_id, "effective_date": until[subscription_id], "paused": False}
                missing.append(self._missing_one(subscription_id, row, const.TRANSFER, -amount, dict(dimensions)))
                missing.append(self._missing_one(subscription_id, row, const.TRANSFER, amount, now[line_id]))
        return missing

    def _missing_one(self, subscription_id, row, reason, amount, dimensions):
        return {
            "subscription_id": subscription_id,
            "line_id": row["line_id"],
            "effective_date": row["effective_date"],
            "paused": bool(row["paused"]),
            "reason": reason,
            "amount": amount,
            **dimensions,
        }

    def _dimensions(self, line):
        subscription = line.subscription_id
        customer = subscription.partner_id.commercial_partner_id or subscription.partner_id
        return {
            "company_id": subscription.company_id.id,
            "partner_id": customer.id,
            "payer_id": subscription.partner_invoice_id.commercial_partner_id.id or None,
            "plan_id": subscription.plan_id.id,
            "product_id": line.product_id.id,
            "team_id": subscription.team_id.id or None,
            "user_id": subscription.user_id.id or None,
            "country_id": customer.country_id.id or None,
        }

    def _prepare(self, missing, until, rates):
        """Values of the movements; their kind is told by ``_classify``."""
        lines = self.env["recurring.subscription.line"].browse({values["line_id"] for values in missing if values["line_id"]})
        rate = self.env["recurring.revenue.levels"]._rate(lines.subscription_id, rates)
        lineages = {line.id: line.lineage_id.id for line in lines}
        moments = {day: self._moment(day) for day in {*until.values()}}
        return [
            {
                **values,
                "amount": float(values["amount"]),
                "lineage_id": lineages.get(values["line_id"]),
                "kind": revenue.NEW,
                "currency_rate": float(rate(values["line_id"], values["effective_date"])) if values["line_id"] in lineages else 1.0,
                "recorded_on": moments[until[values["subscription_id"]]],
            }
            for values in missing
        ]

    def _moment(self, day):
        """Now; where the clock was moved, noon of its day."""
        now = fields.Datetime.now()
        return now if abs((now.date() - day).days) <= 1 else datetime.combine(day, time(12))

    def _write_levels(self, subscriptions, steps):
        """The MRR of lines where the calendar has moved since it was computed."""
        levels = defaultdict(Decimal)
        for step in steps:
            levels[step.line] += step.amount
        for line in subscriptions.line_ids:
            if line.currency_id.compare_amounts(line.mrr, float(levels[line.id])):
                line.mrr = float(levels[line.id])

    def _guard(self, subscriptions):
        """Two transactions that record one subscription at a time see each other: the second starts again."""
        self.env.cr.execute(
            SQL("UPDATE recurring_subscription SET revenue_recorded_on = now() AT TIME ZONE 'UTC' WHERE id IN %s", subscriptions._ids)
        )
        subscriptions.invalidate_recordset(["revenue_recorded_on"], flush=False)

    # What movements are called

    def _classify(self, customers):
        """Tell anew the kind of every movement of these customers, where it is another than was told.

        :param customers: set of (company id, partner id)
        """
        if not customers:
            return
        self.env["recurring.revenue.event"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, partner_id, effective_date, SUM(amount), array_agg(id), array_agg(kind)
                  FROM recurring_revenue_event WHERE (company_id, partner_id) IN %s
              GROUP BY company_id, partner_id, effective_date ORDER BY company_id, partner_id, effective_date
                """,
                tuple(customers),
            )
        )
        found, days_without = {}, defaultdict(set)
        for customer, days in groupby(rows, key=itemgetter(0, 1)):
            found[customer] = list(days)
            level = Decimal(0)
            for row in found[customer]:
                level += to_decimal(row[3])
                if not level:
                    days_without[customer].add(row[2])
        active = self._active_without_price(days_without)
        renamed = defaultdict(list)
        for customer, days in found.items():
            kinds = revenue.classify([(row[2], to_decimal(row[3])) for row in days], lambda day, who=customer: (who, day) in active)
            for movement, row in zip(kinds, days, strict=True):
                renamed[movement.kind] += [event for event, told in zip(row[4], row[5], strict=True) if told != movement.kind]
        for kind, ids in renamed.items():
            if ids:
                self.env.cr.execute(SQL("UPDATE recurring_revenue_event SET kind = %s WHERE id IN %s", kind, tuple(ids)))
        self.env["recurring.revenue.event"].invalidate_model(["kind"], flush=False)

    def _active_without_price(self, days):
        """Of days on which nothing is booked of a customer, those with a line that runs and costs nothing then.

        :param days: dict (company id, partner id) → days
        :return: set of ((company id, partner id), day)
        """
        wanted = {customer: which for customer, which in days.items() if which}
        if not wanted:
            return set()
        lines = self.env["recurring.subscription.line"].search(
            [
                ("company_id", "in", [company for company, _partner in wanted]),
                ("subscription_id.partner_id.commercial_partner_id", "in", [partner for _company, partner in wanted]),
                ("subscription_id.state", "in", const.BILLED_STATES),
            ]
        )
        found = set()
        for line in lines:
            customer = (line.company_id.id, line.subscription_id.partner_id.commercial_partner_id.id)
            segment = line._segment()
            for day in wanted.get(customer, ()):
                if segment and segment.start <= day and (segment.end is None or day < segment.end):
                    found.add((customer, day))
        return found
