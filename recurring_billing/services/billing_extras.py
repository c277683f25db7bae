from decimal import Decimal

from odoo import api, models

from .. import const
from ..rules.charges import Charge
from ..rules.usage_account import UsageCharge
from .planned_items import PlannedAgain, PlannedOneOff


class RecurringBillingExtras(models.AbstractModel):
    """What goes on invoices beside time and usage: one-off charges and credits, and shares of payers that are invoiced again.

    Where they go: a one-off on the subscription's next invoice, the last one of the run that makes it; by itself where no invoice is to
    come, or where it was asked for at once. A credit that no invoice of its run can take becomes a credit note.
    """

    _name = "recurring.billing.extras"
    _description = "One-Off Charges in Billing"

    # What waits

    @api.private
    @api.model
    def waiting(self, subscriptions, also=None):
        """What waits to be invoiced, by subscription.

        :param also: invoice lines of drafts that are made again: their one-offs wait, and what shares their periods does not.
        :return: dict subscription → (one-offs, shares)
        """
        if not subscriptions:
            return {}
        domain = [("subscription_id", "in", subscriptions.ids), ("state", "=", const.ONE_OFF_WAITING)]
        # sudo: everything that waits counts, whoever may see it
        one_offs = self.env["recurring.one.off"].sudo().search(domain, order="date, id")
        shares = self.env["recurring.payer.share"].sudo()
        split = subscriptions.filtered("is_split")
        if split:
            shares = shares.search([("subscription_id", "in", split.ids), ("state", "=", const.SHARE_TO_INVOICE)], order="id")
        if also:
            one_offs |= also.sudo().recurring_one_off_id.filtered(lambda one_off: one_off.subscription_id in subscriptions)
            shares = shares.filtered(lambda share: share.period_id not in also.recurring_period_id or not share.period_id)
            shares = shares.filtered(lambda share: share.one_off_id not in also.recurring_one_off_id or not share.one_off_id)
        # A one-off of which a share waits is on the others' invoices already.
        one_offs -= shares.one_off_id
        by_one_off, by_share = one_offs.grouped("subscription_id"), shares.grouped("subscription_id")
        return {
            subscription: (by_one_off.get(subscription, one_offs.browse()), by_share.get(subscription, shares.browse()))
            for subscription in subscriptions
            if subscription in by_one_off or subscription in by_share
        }

    @api.private
    @api.model
    def due(self, subscription, waiting, rows, ledger, day):
        """The items of a run beside its rows.

        :param waiting: one-offs and shares, see ``waiting``.
        :param rows: what is charged and credited in the run; ``ledger`` the rows it was found from.
        :param day: the horizon of the run.
        :return: list of PlannedOneOff and PlannedAgain
        """
        if not waiting:
            return []
        one_offs, shares = waiting
        charged = [row.due_on for row in rows if isinstance(row, (Charge, UsageCharge)) and row.amount and row.amount > 0]
        due_on = max(charged, default=day)
        one_offs = one_offs.filtered(lambda one_off: one_off.date <= day)
        if not charged:
            # The invoices of today are dated today, whatever the horizon.
            due_on = min(day, max([subscription.company_id._recurring_today(), *one_offs.mapped("date")]))
            at_once = one_offs.filtered(lambda one_off: one_off.when == const.AT_ONCE)
            if not at_once and not shares and one_offs and self._has_invoice_to_come(subscription, ledger, day):
                one_offs = at_once
        nothing, no_line = self.env["recurring.subscription.line"], self.env["account.move.line"]
        found = [PlannedOneOff(one_off.with_env(self.env), nothing, no_line, due_on) for one_off in one_offs]
        return [*found, *(PlannedAgain(share, share.period_id.line_id.with_env(self.env), no_line, due_on) for share in shares)]

    def _has_invoice_to_come(self, subscription, ledger, day):
        if self.env["recurring.coverage"].next_charge(subscription, ledger, day)[0]:
            return True
        segments = [segment for line in subscription.line_ids if (segment := line._usage_segment())]
        return any(segment.end is None or segment.end > day for segment in segments)

    @api.private
    @api.model
    def next_dates(self, subscriptions):
        """When what waits asks for an invoice.

        :return: dict subscription → (day that an invoice must be made, day that one must be made where no other comes)
        """
        found = {}
        for subscription, (one_offs, shares) in self.waiting(subscriptions).items():
            at_once = one_offs.filtered(lambda one_off: one_off.when == const.AT_ONCE)
            must = [*at_once.mapped("date"), *(share.due_on for share in shares)]
            found[subscription] = (min(must, default=None), min((one_offs - at_once).mapped("date"), default=None))
        return found

    @api.private
    @api.model
    def next_date(self, dates, other):
        """The next invoice date of a subscription of which something else is due on a day, or nothing else.

        :param dates: see ``next_dates``; may be None.
        """
        if not dates:
            return other
        must, alone = dates
        return min((day for day in (must, other) if day), default=alone) or False

    # Words and money

    @api.private
    @api.model
    def with_tax(self, item):
        """About what a one-off comes to with its taxes."""
        one_off = self._one_off_of(item)
        taxes = one_off.tax_ids.compute_all(one_off.amount or 1.0, one_off.currency_id, 1.0, one_off.product_id, one_off.partner_id)
        return item.amount * Decimal(str(taxes["total_included"] / (one_off.amount or 1.0)))

    @api.private
    @api.model
    def sold_by(self, item):
        """The subscription line or one-off that an item of a planned invoice is of."""
        return item.line or self._one_off_of(item)

    @api.private
    @api.model
    def product_of(self, item):
        """What an item of a planned invoice sells."""
        return self.sold_by(item).product_id

    @api.private
    @api.model
    def days_of(self, item, day):
        """First and last day of what an item is about; a one-off is about its own day."""
        if item.service:
            return item.service.start, item.service.last_day
        one_off = self._one_off_of(item)
        return (one_off.date or day, one_off.date or day)

    def _one_off_of(self, item):
        whole = item.whole
        return whole.share.one_off_id if isinstance(whole, PlannedAgain) else getattr(whole, "one_off", self.env["recurring.one.off"])

    @api.private
    @api.model
    def in_words(self, invoice, item):
        """What an item is about, in short, for a dry count."""
        words = self.env["recurring.invoice.preparation"]
        one_off = self._one_off_of(item)
        if one_off:
            text = [one_off.name.partition("\n")[0]]
        elif isinstance(item, PlannedAgain):
            text = [item.share.name.partition("\n")[0]]
        else:
            text = [item.line.product_id.display_name, *words._rows_in_words(invoice, item)]
        return ", ".join([*text, *([invoice.payer.display_name] if invoice.payer else [])])

    @api.private
    @api.model
    def coming(self, waiting, day):
        """Days after a day on which waiting one-offs may ask for an invoice of their own."""
        one_offs = waiting[0] if waiting else ()
        return sorted({one_off.date for one_off in one_offs if one_off.date > day})

    @api.private
    @api.model
    def left_after(self, waiting, invoices):
        """What still waits once these planned invoices are made."""
        if not waiting:
            return waiting
        one_offs, shares = waiting
        taken = [item.whole for invoice in invoices for item in invoice.items if not item.rows]
        one_offs -= one_offs.browse(item.one_off.id for item in taken if isinstance(item, PlannedOneOff))
        shares -= shares.browse(item.share.id for item in taken if isinstance(item, PlannedAgain))
        return (one_offs, shares) if one_offs or shares else ()
