from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from .. import const
from ..rules.charges import Charge
from ..rules.money import to_decimal
from ..rules.shares import split
from .planned_items import PlannedAgain, PlannedOneOff, PlannedShare


class RecurringPayerSplit(models.AbstractModel):
    """Several payers of a subscription: who pays, or gets back, which part of what.

    The ledger row stays whole; each payer's invoice line has a share of it, and the shares in force of a row add up to its amount. A charge
    is split by the percentages of the day it is billed, a credit in the proportion in which what it gives back was paid. While an invoice
    of any payer stands, the row stands: a share whose invoice is deleted or cancelled is invoiced again by the next run.
    """

    _name = "recurring.payer.split"
    _description = "Split Payers"

    # Planning

    @api.private
    @api.model
    def divide(self, subscription, items):
        """The items of each payer.

        :return: dict partner → list of PlannedShare and PlannedAgain
        """
        percents = subscription._payer_shares()
        found = {}
        for item in items:
            if isinstance(item, PlannedAgain):
                found.setdefault(item.payer, []).append(item)
                continue
            parts, follows = self._parts(subscription, item, percents)
            for payer, amount in parts.items():
                origin = item.origin
                if origin:
                    origin = self.env["recurring.invoice.planning"]._origin_of(item.rows, payer)
                percent = percents[payer] if follows else None
                found.setdefault(payer, []).append(PlannedShare(item, payer, amount, origin, percent))
        order = {payer: n for n, payer in enumerate(percents)}
        return dict(sorted(found.items(), key=lambda each: order.get(each[0], len(order))))

    def _parts(self, subscription, item, percents):
        """What each payer pays of an item, and whether it follows the percentages of today."""
        rounding = to_decimal(subscription.currency_id.rounding)
        if isinstance(item, PlannedOneOff):
            # sudo: what was paid counts, whoever may see it
            original = item.one_off.undoes_id
            weights = self._paid([original.sudo().move_line_ids]) if original else {}
            weights = weights or percents
            return dict(zip(weights, split(item.amount, list(weights.values()), rounding), strict=True)), weights is percents
        parts, follows = {}, True
        for row in item.rows:
            weights = percents
            if not isinstance(row, Charge) and row.row:
                weights = self._paid_of(self.env["recurring.period"].browse(row.row)) or percents
            follows = follows and self._same(weights, percents)
            for payer, amount in zip(weights, split(row.amount, list(weights.values()), rounding), strict=True):
                parts[payer] = parts.get(payer, Decimal(0)) + amount
        return parts, follows

    def _same(self, weights, percents):
        return list(weights) == list(percents) and weights == percents

    def _paid_of(self, period):
        """Who pays how much of a ledger row: by its shares, or whoever got its invoice."""
        # sudo: what was paid counts, whoever may see it
        period = period.sudo()
        main = period.billed_with_id or period
        mains, found = main, main.browse()
        while mains - found:
            found |= mains
            lines = found.move_line_ids
            mains = found | lines.recurring_credits_period_id
            mains |= (
                self.env["account.move.line"]
                .sudo()
                .search([("recurring_credits_period_id", "in", mains.ids), ("recurring_period_id", "!=", False)])
                .recurring_period_id
            )
        shares = self.env["recurring.payer.share"].sudo().search([("period_id", "in", found.ids), ("state", "!=", const.SHARE_VOID)])
        if not shares:
            partners = main.move_line_ids.filtered(lambda line: line.parent_state != "cancel").move_id.partner_id
            return {partners[0].with_env(self.env): Decimal(1)} if len(partners) == 1 else {}
        if len(found) == 1 and all(shares.mapped("percent")):
            return self._in_order(self._added_up(shares, "percent"))
        return self._in_order({payer: amount for payer, amount in self._added_up(shares, "amount").items() if amount > 0})

    def _added_up(self, shares, name):
        found = {}
        for share in shares.sorted("id"):
            found[share.partner_id] = found.get(share.partner_id, Decimal(0)) + to_decimal(share[name])
        return found

    def _paid(self, lines_of):
        """Who pays how much of invoice lines of one-offs."""
        paid = {}
        for lines in lines_of:
            for share in lines.recurring_share_id._in_force():
                paid[share.partner_id] = paid.get(share.partner_id, Decimal(0)) + abs(to_decimal(share.amount))
        return self._in_order(paid)

    def _in_order(self, paid):
        return {payer.with_env(self.env): amount for payer, amount in paid.items()}

    # Billing

    @api.private
    @api.model
    def record(self, ready, main_periods):
        """Write the shares of planned invoices.

        :param main_periods: for each invoice, the ledger row that each of its lines points to.
        :return: by id of the planned item, the values that link its invoice line; empty where nothing is split.
        """
        wanted, links = [], {}
        for invoice, periods in zip(ready, main_periods, strict=True):
            for item, period in zip(invoice.items, periods, strict=True):
                if isinstance(item, PlannedAgain):
                    # sudo: shares are written by services alone
                    item.share.sudo().state = const.SHARE_BILLED
                    links[id(item)] = {"recurring_share_id": item.share.id}
                elif isinstance(item, PlannedShare):
                    wanted.append((item, self._prepare_share(item, period)))
        if wanted:
            # sudo: shares are written by services alone
            shares = self.env["recurring.payer.share"].sudo().create([values for _item, values in wanted])
            links |= {id(item): {"recurring_share_id": share.id} for (item, _values), share in zip(wanted, shares, strict=True)}
        return links

    def _prepare_share(self, item, period):
        subscription = self.env["recurring.billing.extras"].sold_by(item).subscription_id
        return {
            "subscription_id": subscription.id,
            "company_id": subscription.company_id.id,
            "currency_id": subscription.currency_id.id,
            "period_id": period.id,
            "one_off_id": False if period else item.whole.one_off.id,
            "partner_id": item.payer.id,
            "percent": float(item.percent or 0),
            "amount": float(item.amount),
        }

    @api.private
    @api.model
    def remember_words(self, moves, links):
        """Keep what the invoices say of each share, to say it again."""
        if links:
            for line in moves.invoice_line_ids.filtered("recurring_share_id"):
                # sudo: shares are written by services alone
                line.sudo().recurring_share_id.name = line.name

    @api.private
    @api.model
    def period_of(self, item):
        """The ledger row of an item that writes none."""
        return item.share.period_id if isinstance(item, PlannedAgain) else self.env["recurring.period"]

    # Invoices that go and come back

    @api.private
    @api.model
    def release(self, shares):
        """The invoices of these shares were deleted or cancelled: they are invoiced again while others of the row stand; the row falls with
        its last invoice.
        """
        shares = shares._in_force()
        for share in shares:
            others = share._of_same()._in_force() - shares
            same = (share.period_id, share.one_off_id)
            standing = others.filtered(
                lambda other, same=same: (other.period_id, other.one_off_id) == same and other.state == const.SHARE_BILLED
            )
            if standing:
                share._replace()
            else:
                (share | others.filtered(lambda other, same=same: (other.period_id, other.one_off_id) == same)).state = const.SHARE_VOID
        self.env.flush_all()
        shares.period_id.filtered(lambda period: not period.share_ids._in_force())._void()
        shares.subscription_id._refresh_billing_dates()

    @api.private
    @api.model
    def claim_again(self, shares):
        """An invoice comes back: its shares are in force again, or it is refused, naming the invoice that holds one meanwhile."""
        for share in shares.filtered(lambda share: share.state == const.SHARE_VOID):
            self._restore(share)
        self.env.flush_all()
        back = shares.period_id.filtered("voided")
        back._claim_again()
        for period in back:
            # The other payers' invoices did not come back with it.
            held = {share._holder() for share in period.share_ids._in_force()}
            others = period.share_ids.filtered(lambda share, held=held: share.state == const.SHARE_VOID and share._holder() not in held)
            latest = others.browse(max(mine.ids) for mine in others.grouped(lambda share: share._holder()).values())
            latest.filtered("amount")._replace()
        shares.subscription_id._refresh_billing_dates()

    def _restore(self, share):
        same = share._of_same()._in_force()
        holder = same.filtered(
            lambda other: (other._holder(), other.period_id, other.one_off_id) == (share._holder(), share.period_id, share.one_off_id)
        )
        if holder.state == const.SHARE_BILLED:
            raise UserError(
                self.env._(
                    "The share of %(payer)s is on %(invoice)s meanwhile. Cancel or delete that invoice first.",
                    payer=share.partner_id.display_name,
                    invoice=", ".join(holder.move_ids.mapped("display_name")) or holder.display_name,
                )
            )
        holder.state = const.SHARE_VOID
        self.env.flush_all()
        share.state = const.SHARE_BILLED
