from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from .change_recording import LINE_FIELDS

DAY = timedelta(days=1)


class RecurringChangeWithdrawal(models.AbstractModel):
    """Takes changes back, as one action for as many as there are.

    Lines get back what they were before; those that came with the change go, or, once they were billed, keep no day. Where time of a line
    was credited, the line cannot grow again, so a successor in its lineage goes on in its place. Ledger and invoices stay: desired minus
    billed gives the difference back with the next run.
    """

    _name = "recurring.change.withdrawal"
    _description = "Withdrawal of Changes"

    @api.private
    @api.model
    def withdraw(self, changes):
        """Take changes back, the newest first.

        :raises UserError: where a later change stands on one of them, or its lines were changed by hand since.
        """
        subscriptions = changes.subscription_id
        subscriptions.check_access("write")
        (subscriptions | changes.successor_id)._hold_against_runs()
        changes = changes.sorted("id", reverse=True)
        self._check_last(changes)
        self._check_untouched(changes)
        with self.env["recurring.coverage"].postponed() as coverage:
            service = self.with_env(coverage.env)
            for change in changes.with_env(coverage.env):
                if change.state != const.CHANGE_OFFERED:
                    service._restore(change)
                service._mark(change)
        self._close_history(changes)
        self._tell(changes)

    # What stands in the way

    def _check_last(self, changes):
        """Refuse changes that are withdrawn already, or on which a later one stands that is not withdrawn with them."""
        for change in changes:
            if change.state == const.CHANGE_WITHDRAWN:
                raise UserError(self.env._("“%s” is withdrawn already.", change.display_name))
        later = self._in_force(changes.lineage_ids) - changes
        by_lineage = defaultdict(later.browse)
        for other in later:
            for lineage in other.lineage_ids:
                by_lineage[lineage] |= other
        for change in changes:
            found = change.browse().union(*(by_lineage[lineage] for lineage in change.lineage_ids))
            found = found.filtered(lambda other, change=change: other.id > change.id).sorted("id")[-1:]
            if found:
                raise UserError(
                    self.env._(
                        "“%(change)s” cannot be withdrawn, because “%(later)s” came after it. Withdraw that one first, then this one.",
                        change=change.display_name,
                        later=found.display_name,
                    )
                )

    def _in_force(self, lineages):
        """Every change of the lineages that was made and not withdrawn."""
        # sudo: changes that the user does not see count as well
        return (
            self.env["recurring.change"]
            .sudo()
            .search([("lineage_ids", "in", lineages.ids), ("state", "in", (const.CHANGE_PLANNED, const.CHANGE_APPLIED))], order="id")
        )

    def _check_untouched(self, changes):
        """Refuse where somebody changed the lines by hand since the newest change of their lineage."""
        seen = self.env["recurring.lineage"]
        for change in changes:
            # sudo: snapshots are kept by services
            snapshot = change.sudo().snapshot or {}
            for lineage in change.lineage_ids.exists() - seen:
                if self.env["recurring.change.recording"].lines_of(lineage) != snapshot["lineages"][str(lineage.id)][1]:
                    raise UserError(
                        self.env._(
                            "“%(change)s” cannot be withdrawn: the lines of %(subscription)s were changed by hand since. Change them back "
                            "by “Change Subscription” instead.",
                            change=change.display_name,
                            subscription=change.subscription_id.display_name,
                        )
                    )
                seen |= lineage

    # Taking back

    def _restore(self, change):
        # sudo: snapshots and lineages are kept by services
        snapshot, lineages = change.sudo().snapshot, change.sudo().lineage_ids.with_env(self.env)
        states = {lineage: snapshot["lineages"][str(lineage.id)] for lineage in lineages.exists()}
        if change.successor_id:
            self._cancel_successor(change)
        lines = self.env["recurring.subscription.line"].union(*(lineage.line_ids for lineage in states))
        added = lines.filtered(lambda line: str(line.id) not in states[line.lineage_id][0])
        for line in added.filtered(lambda line: not line._is_empty()):
            line.date_end = line.date_start - DAY
        # sudo: kept by services
        added.sudo().write({"superseded": True})
        for lineage, (before, _after) in states.items():
            for line in lineage.line_ids - added:
                if before[str(line.id)] != self._values(line):
                    self._restore_line(line, before[str(line.id)])
        kept = self._restore_subscription(change, snapshot["subscription"])
        self._never_billed(added).unlink()
        self.env["recurring.subscription.change"]._settle(kept.line_ids, kept)

    def _values(self, line):
        return self.env["recurring.change.recording"]._values_of(line, LINE_FIELDS)

    def _restore_line(self, line, before):
        end = fields.Date.to_date(before["date_end"])
        # sudo: how a line ended is kept by services
        stored = line.sudo()
        if line._cannot_grow_to(end):
            kept = {"ended_by": before["ended_by"], "planned_end": fields.Date.to_date(before["planned_end"])}
            start = line.date_end + DAY
            self.env["recurring.subscription.change"]._clone(line, start, end, {}, **kept)
            stored.write({"ended_by": const.BY_REPRICE, "planned_end": False, "superseded": line._is_empty()})
            return
        if line.date_end != end:
            line.date_end = end
        stored.write({name: before[name] for name in ("ended_by", "planned_end", "superseded")})

    def _restore_subscription(self, change, states):
        before, _after = states
        subscription = change.subscription_id
        changed = {
            name: value
            for name, value in before.items()
            if self.env["recurring.change.recording"]._values_of(subscription, [name])[name] != value
        }
        if changed:
            # sudo: what closing wrote is taken back by the service
            subscription.sudo().write(changed)
        return subscription

    def _never_billed(self, lines):
        """Those that the ledger and usage never heard of."""
        # sudo: every row counts, whoever may see it
        billed = self.env["recurring.period"].sudo()._read_group([("line_id", "in", lines.ids)], ["line_id"])
        used = self.env["recurring.usage"].sudo()._read_group([("line_id", "in", lines.ids)], ["line_id"])
        return lines - lines.browse(line.id for (line,) in [*billed, *used])

    def _mark(self, change):
        today = change.company_id._recurring_today()
        # sudo: changes are recorded by services alone
        change.sudo().write({"state": const.CHANGE_WITHDRAWN, "withdrawn_by_id": self.env.uid, "withdrawn_on": today})

    def _cancel_successor(self, change):
        """Overridden where switches of plans are made."""

    # Afterwards

    def _close_history(self, changes):
        """The change before each now stands on the lines as they are."""
        lineages = changes.lineage_ids.exists()
        newest = {}
        for earlier in self._in_force(lineages):
            for lineage in earlier.lineage_ids & lineages:
                newest[lineage] = earlier
        for lineage, earlier in newest.items():
            snapshot = dict(earlier.snapshot)
            key = str(lineage.id)
            now = self.env["recurring.change.recording"].lines_of(lineage)
            snapshot["lineages"] = {**snapshot["lineages"], key: [snapshot["lineages"][key][0], now]}
            earlier.snapshot = snapshot

    def _tell(self, changes):
        bodies = {}
        kinds = dict(changes._fields["kind"]._description_selection(self.env))
        for change in changes:
            bodies[change.subscription_id.id] = self.env._(
                "Withdrawn: %(kind)s from %(day)s. %(what)s",
                kind=kinds[change.kind],
                day=format_date(self.env, change.date),
                what=change.description or "",
            )
        changes.subscription_id._message_log_batch(bodies=bodies)
