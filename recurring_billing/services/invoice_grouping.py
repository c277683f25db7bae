from collections import defaultdict

from markupsafe import Markup

from odoo import Command, api, models
from odoo.tools import SQL

from .. import const
from .billing_plan import INVOICE

SEQUENCE_STEP = 10


class RecurringInvoiceGrouping(models.AbstractModel):
    """One invoice for several subscriptions of a customer, where their plans say so.

    What is planned stays planned per subscription; only the native invoices are made together. Ledger rows, links, chatter and figures are
    those of each subscription, so deleting its lines frees its periods and nobody else's.
    """

    _name = "recurring.invoice.grouping"
    _description = "Grouping of Recurring Invoices"

    @api.private
    @api.model
    def chunks(self, ids, size):
        """Subscriptions in batches that never part a group.

        Reads in the transaction of before the first batch: a batch must begin with its lock.

        :return: list of lists of ids, dict id → group, of those that may be grouped
        """
        groups = self._groups_of(ids)
        if not groups:
            return [ids[n : n + size] for n in range(0, len(ids), size)], {}
        found = []
        for unit in self.units(ids, groups):
            if not found or len(found[-1]) + len(unit) > size:
                found.append([])
            found[-1] += unit
        return found, groups

    @api.private
    @api.model
    def units(self, ids, groups):
        """The subscriptions, those of one group together, in the order of the first of each.

        :param groups: dict id → group.
        """
        units = defaultdict(list)
        for subscription_id in ids:
            units[groups.get(subscription_id, subscription_id)].append(subscription_id)
        return list(units.values())

    def _groups_of(self, ids):
        """By subscription, who gets one invoice for it and others: coarser than the invoices that are made in the end."""
        if not ids:
            return {}
        self.env["recurring.subscription"].flush_model(["plan_id", "partner_invoice_id", "company_id"])
        self.env["recurring.plan"].flush_model(["grouping"])
        groups = self._customers_of(ids)
        self._join_linked(ids, groups)
        return groups

    def _customers_of(self, ids):
        rows = self.env.execute_query(
            SQL(
                "SELECT subscription.id, subscription.company_id, subscription.partner_invoice_id FROM recurring_subscription subscription "
                "JOIN recurring_plan plan ON plan.id = subscription.plan_id WHERE plan.grouping = %s AND subscription.id = ANY(%s)",
                const.PER_CUSTOMER,
                list(ids),
            )
        )
        return {subscription_id: (company_id, partner_id) for subscription_id, company_id, partner_id in rows}

    def _join_linked(self, ids, groups):
        """A subscription and the one that continues it on another plan stay together: the first invoice of that takes the credit."""
        for predecessor_id, successor_id in self._linked(ids, "predecessor.id = ANY(%s)"):
            if successor_id not in ids:
                continue
            old = groups.get(predecessor_id, predecessor_id)
            new = groups.get(successor_id, successor_id)
            groups.update({member: new for member, group in groups.items() if group == old})
            groups[predecessor_id] = groups[successor_id] = new

    @api.private
    @api.model
    def with_predecessors(self, ids):
        """The subscriptions, and those with something due that they continue on another plan."""
        found, known = list(ids), set(ids)
        wanted = ids
        while wanted:
            wanted = [
                predecessor_id
                for predecessor_id, _successor_id in self._linked(
                    wanted, "successor.id = ANY(%s) AND predecessor.next_invoice_date IS NOT NULL AND predecessor.is_parked IS NOT TRUE"
                )
                if predecessor_id not in known
            ]
            known.update(wanted)
            found += wanted
        return found

    def _linked(self, ids, condition):
        """(predecessor id, successor id) of the subscriptions that another one continues."""
        if not ids:
            return []
        self.env["recurring.subscription"].flush_model(["successor_id", "next_invoice_date", "is_parked"])
        query = (
            "SELECT predecessor.id, successor.id FROM recurring_subscription predecessor "
            f"JOIN recurring_subscription successor ON successor.id = predecessor.successor_id WHERE {condition} ORDER BY predecessor.id"
        )
        return self.env.execute_query(SQL(query, list(ids)))

    @api.private
    @api.model
    def count(self, planned):
        """How many invoices and credit notes the planned ones become."""
        return len({self._key(invoice, n) for invoice, n in self._numbered(planned)})

    @api.private
    @api.model
    def prepare_moves(self, ready, main_periods, run_id, shares=None):
        """The values of the native invoices and credit notes, those of one group as one.

        :param ready: planned invoices.
        :param main_periods: for each of them, the ledger row that each of its lines points to.
        :param shares: see ``recurring.payer.split``.
        """
        preparation = self.env["recurring.invoice.preparation"]
        periods_of = {id(invoice): periods for invoice, periods in zip(ready, main_periods, strict=True)}
        words = {"shares": shares or {}}
        groups = defaultdict(list)
        for invoice, n in self._numbered(ready):
            values = preparation.prepare_move(invoice, periods_of[id(invoice)], run_id, words)
            due = (values.get("invoice_payment_term_id"), values.get("invoice_date_due"))
            groups[(*self._key(invoice, n), due)].append((invoice, values))
        return [self._merge(sorted(group, key=lambda member: member[0].subscription.id)) for group in groups.values()]

    def _numbered(self, planned):
        """The planned invoices that cost something, each with its place from the newest of its subscription: invoices for missed periods
        stay apart.
        """
        by_subscription = defaultdict(list)
        for invoice in planned:
            if not invoice.is_free:
                by_subscription[invoice.subscription, invoice.partner].append(invoice)
        place = {}
        for mine in by_subscription.values():
            invoices = [invoice for invoice in mine if invoice.move_type == INVOICE]
            place.update({id(invoice): len(invoices) - n for n, invoice in enumerate(invoices)})
        return [(invoice, place.get(id(invoice), 0)) for invoice in planned if not invoice.is_free]

    def _key(self, invoice, place):
        """What invoices share that become one; something of its own for one that stays alone."""
        subscription = invoice.subscription
        if invoice.move_type != INVOICE or subscription.plan_id.grouping != const.PER_CUSTOMER:
            return (id(invoice),)
        return (
            place,
            subscription.company_id,
            invoice.partner,
            subscription.currency_id,
            subscription.fiscal_position_id,
            subscription._effective_invoice_mode(),
            subscription._is_charged() and subscription._recurring_payment_token().id,
            invoice.journal,
            invoice.invoice_date,
        )

    def _merge(self, group):
        """One invoice of several: a section for each subscription, and what they have in common."""
        ((first, merged), *others) = group
        if not others:
            return merged
        everything = [values for _invoice, values in group]
        lines = []
        for invoice, values in group:
            section = {
                "display_type": "line_section",
                "name": self._section_text(invoice.subscription),
                "recurring_subscription_id": invoice.subscription.id,
            }
            lines += [section, *(command[2] for command in values["invoice_line_ids"])]
        addresses = {values["partner_shipping_id"] for values in everything}
        merged = {
            **merged,
            "partner_shipping_id": merged["partner_shipping_id"] if len(addresses) == 1 else first.partner.id,
            "ref": self._joined(values["ref"] for values in everything),
            "invoice_origin": self._joined(values["invoice_origin"] for values in everything),
            "invoice_line_ids": [Command.create({**line, "sequence": SEQUENCE_STEP * n}) for n, line in enumerate(lines, 1)],
        }
        notes = list(dict.fromkeys(values["narration"] for values in everything if values.get("narration")))
        return {**merged, "narration": Markup().join(notes)} if notes else merged

    @api.model
    def _joined(self, texts):
        return ", ".join(dict.fromkeys(text for text in texts if text))

    def _section_text(self, subscription):
        """The subscription, and who it is for where that is somebody else."""
        parts = [subscription.name]
        if subscription.beneficiary_id:
            parts.append(subscription.beneficiary_id.display_name)
        elif subscription.partner_id != subscription.partner_invoice_id:
            parts.append(subscription.partner_id.display_name)
        return " · ".join(parts)
