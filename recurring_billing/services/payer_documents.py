from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from .. import const
from ..rules.money import to_decimal


class RecurringLedgerDocuments(models.AbstractModel):
    """Drafts of one of several payers, changed by hand: the row gets the difference, and the payer's share with it."""

    _inherit = "recurring.ledger.documents"

    def _booked_on(self, lines, period):
        shares = lines.recurring_share_id
        if not shares:
            return super()._booked_on(lines, period)
        return sum((to_decimal(share.amount) for share in shares), Decimal(0))

    def _follow_edit(self, period, lines, difference):
        share = lines.recurring_share_id[:1]
        if not share:
            super()._follow_edit(period, lines, difference)
            return
        everything = period.share_ids._in_force()
        super()._follow_edit(period, period.move_line_ids, difference)
        now = lines.recurring_period_id
        if now != period:
            everything.period_id = now
        # A percentage explains the amount no more.
        share.write({"amount": float(to_decimal(share.amount) + difference), "percent": 0.0})


class RecurringLedgerReversals(models.AbstractModel):
    """Native reversals of the invoice of one of several payers.

    Money that goes back while the time counts as billed lowers what that payer paid of the row. Time that is to be billed again is the
    payer's share of it: the others' invoices stand, and the next run invoices the share again.
    """

    _inherit = "recurring.ledger.reversals"

    def _give_back(self, period, lines, choice):
        share = self._reversed_share(lines)
        if not share:
            return super()._give_back(period, lines, choice)
        if lines.recurring_share_id == share:
            if self._said(lines) != -to_decimal(share.amount):
                raise UserError(self._carried_out_in_words(share))
            return False
        if choice != const.KEEP and share.state == const.SHARE_BILLED and self._said(lines) == -to_decimal(share.amount):
            lines.recurring_share_id = share
            again = share._replace()
            if choice == const.HANDED_OVER:
                again.state = const.SHARE_BILLED
            return True
        if -self._said(lines) > self._left_of_share(share) > 0 or share.state != const.SHARE_BILLED:
            raise UserError(self._too_much_in_words(period, self._left_of_share(share), lines.browse().recurring_period_id))
        changed = super()._give_back(period, lines, const.KEEP)
        if lines.recurring_period_id:
            self._record_given_back(share, lines)
        return changed

    def _reversed_share(self, lines):
        """The share that the invoice line has which these reverse."""
        period = lines.recurring_credits_period_id
        origin = lines.move_id.reversed_entry_id.line_ids.filtered(lambda line: line.recurring_period_id == period)
        return origin.recurring_share_id[:1]

    def _record_given_back(self, share, lines):
        """What a payer got back is a share of the row that the reversal wrote."""
        said = self._said(lines)
        mine = lines.recurring_share_id.filtered(lambda each: each.period_id == lines.recurring_period_id)
        if mine:
            mine.amount = float(said)
            return
        lines.recurring_share_id = share.copy(
            {"period_id": lines.recurring_period_id.id, "amount": float(said), "percent": 0.0, "replaces_id": False}
        )

    def _left_of_share(self, share):
        """What is left of what a payer was invoiced, positive."""
        if share.state != const.SHARE_BILLED:
            return Decimal(0)
        given = self._reversals_of(share.period_id).recurring_share_id._in_force()
        mine = given.filtered(lambda each: each._holder() == share._holder() and each != share)
        return sum((to_decimal(each.amount) for each in share | mine), Decimal(0))

    @api.private
    @api.model
    def left_of(self, lines):
        shared = lines.filtered(lambda line: line.recurring_share_id or self._reversed_share(line))
        found = super().left_of(lines - shared)
        for period in shared.recurring_period_id | shared.recurring_credits_period_id:
            mine = shared.filtered(lambda line, one=period: one in (line.recurring_credits_period_id, line.recurring_period_id))
            share = self._reversed_share(mine) or mine.recurring_share_id[:1]
            left = self._left_of_share(share)
            if left != to_decimal(share.amount):
                documents = self._reversals_of(period).move_id | mine.move_id.reversed_entry_id.reversal_move_ids
                found[period] = (left, documents.filtered(lambda move: move.state == "posted"))
        return found

    @api.private
    @api.model
    def hand_over(self, moves):
        for move in moves:
            lines = move.line_ids.filtered("recurring_credits_period_id")
            for period, mine in lines.grouped("recurring_credits_period_id").items():
                payer = move.partner_id
                again = period.share_ids._in_force().filtered(lambda share, payer=payer: share.partner_id == payer and share.replaces_id)
                share = again.sorted("id")[-1:]
                if share:
                    mine.write({"recurring_period_id": period.id, "recurring_credits_period_id": False, "recurring_share_id": share.id})
        return super().hand_over(moves)

    def _too_much_in_words(self, period, left, earlier):
        if earlier:
            return super()._too_much_in_words(period, left, earlier)
        return self.env._(
            "Of %(period)s this payer's invoice has only %(left)s left to give back. Lower the amount of its line, or delete the line.",
            period=period.display_name,
            left=period.currency_id.format(float(left)),
        )

    def _carried_out_in_words(self, share):
        return self.env._(
            "This credit note gave back the share of %s, which is invoiced again. Cancel the credit note and reverse the invoice anew to "
            "give back another amount.",
            share.partner_id.display_name,
        )


class RecurringBooklet(models.AbstractModel):
    _inherit = "recurring.booklet"

    @api.private
    @api.model
    def issue(self, subscriptions, count, bank_accounts):
        split = subscriptions.filtered("payer_ids")
        if split:
            raise UserError(
                self.env._(
                    "%s is paid by several, and a booklet is for one payer. Leave it out, and send the payers their invoices.",
                    split[0].display_name,
                )
            )
        return super().issue(subscriptions, count, bank_accounts)
