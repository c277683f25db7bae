from decimal import Decimal

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .. import const
from ..rules import reversals
from ..rules.money import to_decimal


class RecurringLedgerReversals(models.AbstractModel):
    """Carries out Odoo's reversals of invoices in the ledger: RULES "What is to be billed", Drafts.

    The line of a credit note points to the ledger row of the invoice line it gives back (``recurring_credits_period_id``) from the
    beginning, and to the row of its own (``recurring_period_id``) once it is posted. What is given back is credited as the rules would, so
    that rows with a price add up to what they cover. Time that counts as billed all the same is covered by a charge without a price,
    at what the customer still pays for it: later credits give that back by the day.
    """

    _name = "recurring.ledger.reversals"
    _description = "Reversals in the Ledger"
    _inherit = ["recurring.document.rows"]

    @api.private
    @api.model
    def give_back(self, moves):
        """Carry out posted reversals, for what they contain and as chosen: RULES "What is to be billed", Drafts."""
        for move in moves:
            told = []
            lines = move.line_ids.filtered("recurring_credits_period_id")
            subscriptions = lines.recurring_credits_period_id.subscription_id
            subscriptions._hold_against_runs()
            for period, mine in lines.grouped("recurring_credits_period_id").items():
                if self._give_back(period, mine, move.recurring_reversal or const.KEEP):
                    told.append(self._in_words_of(move)._reversal_in_words(period, mine.recurring_period_id))
            if told:
                move._message_log_batch(bodies={move.id: Markup("<br/>").join(told)})
                subscriptions._refresh_billing_dates()

    def _give_back(self, period, lines, choice):
        """Carry out the lines of a reversal that give back one line of an invoice.

        :return: whether the ledger changed.
        """
        said, done = self._said(lines), lines.recurring_period_id
        if done:
            if self._booked(done) == said:
                return False
            if not self._may_be_undone(done):
                self._adjust(done, said - self._booked(done), done)
                return True
            done._void()
        left, earlier = self._left(period)
        if earlier and abs(said) > abs(left):
            raise UserError(self._too_much_in_words(period, left, earlier))
        whole = abs(said) >= abs(left) and choice != const.KEEP
        if not said and (earlier or not whole):
            return False
        lines.recurring_period_id = self._take_back(period, said, whole)
        return True

    def _take_back(self, period, said, whole):
        """Write the rows of a reversal.

        :param whole: the time is free again, and what was credited on the line is in force again; else time stays as it is.
        :return: the row that the line of the credit note points to.
        """
        if period.kind == const.USAGE:
            return self._take_back_usage(period, said, whole)
        group = self._group(period)
        main, total = period.browse(), Decimal(0)
        if whole or said < 0:
            live = self._live(period)
            days = [(row, row.start, row.live_end) for row in live]
            credits = [self._credit(row) for row in live]
            undone = [self._undo(row) for row in group if row._gives_back_days()] if whole else []
            for row in [*filter(None, undone), *credits]:
                main = self._with(main, row)
                total += to_decimal(row.amount)
            if days and not whole:
                by_hand = max(said - total, Decimal(0))
                weights = [-to_decimal(row.amount) for row in credits]
                parts = reversals.divide(by_hand, weights, to_decimal(period.currency_id.rounding))
                for (row, start, end), amount in zip(days, parts, strict=True):
                    self._charge_by_hand(row, start, end, amount, main)
                total += by_hand
        if said != total or not main:
            main = self._with(main, self._adjust(period, said - total, main))
        return main

    def _take_back_usage(self, period, said, whole):
        """Usage given back as a whole is free to be billed again: its row is out of force as long as the row of the reversal is not."""
        if whole:
            said += self._booked(period)
            period.voided = True
            self.env.flush_all()
        return self._adjust(period, said, period.browse())

    @api.private
    @api.model
    def hand_over(self, moves):
        """Let the drafts that replace reversed invoices bill what these billed."""
        for move in moves:
            lines = move.line_ids.filtered("recurring_credits_period_id")
            for period, mine in lines.grouped("recurring_credits_period_id").items():
                reversal = self._reversals_of(period).filtered(lambda line: line.move_id.recurring_reversal == const.HANDED_OVER)
                mine.recurring_period_id = self._bill_again(period, reversal.sorted("id")[-1:].recurring_period_id, self._said(mine))
                mine.recurring_credits_period_id = False
            if lines:
                move._recurring_remember_untouched()
                lines.recurring_subscription_id._refresh_billing_dates()

    def _bill_again(self, period, reversal, said):
        """The rows that a reversal undid, once more; what the document says beside them is a row of its own.

        :return: the row that the line of the new invoice points to.
        """
        if period.kind == const.USAGE:
            return self._bill_usage_again(period, said)
        rows = self._group(reversal)
        main, total = period.browse(), Decimal(0)
        again = [self._credit(row) for row in rows if row.kind == const.CHARGE]
        charges = [self._undo(row) for row in rows if row._gives_back_days()]
        for row in [*filter(None, charges), *again]:
            main = self._with(main, row)
            total += to_decimal(row.amount)
        if said != total or not main:
            main = self._with(main, self._adjust(period, said - total, main))
        return main

    def _bill_usage_again(self, period, said):
        """A row for the same usage, on the new invoice."""
        again = period.copy({"voided": False, "live_end": period.live_end, "billed_with_id": False})
        period.usage_ids.period_id = again
        if said != to_decimal(again.amount):
            self._adjust(again, said - to_decimal(again.amount), again)
        return again

    # What is left

    @api.private
    @api.model
    def left_of(self, lines):
        """What is left of what invoice lines billed, where some of it was given back before.

        :return: dict ledger row → (amount, the documents that gave back the rest)
        """
        found = {}
        for period in lines.recurring_period_id | lines.recurring_credits_period_id:
            left, earlier = self._left(period)
            if earlier:
                found[period] = (left, self._documents(earlier))
        return found

    @api.private
    @api.model
    def offer_what_is_left(self, moves):
        """Lower the drafts of credit notes to what is left of the invoices.

        :raises UserError: when nothing is left of an invoice.
        """
        for move in moves:
            left = self.left_of(move.line_ids.filtered("recurring_credits_period_id"))
            for period, (amount, _documents) in left.items():
                lines = move.line_ids.filtered(lambda line, mine=period: line.recurring_credits_period_id == mine)
                self._lower(lines, amount)
            if left and not move.line_ids.filtered(lambda line: line.display_type == "product"):
                raise UserError(
                    self.env._(
                        "Nothing of %(invoice)s is left to give back: %(documents)s gave back all of it.",
                        **self._names(move.reversed_entry_id, left),
                    )
                )

    def _lower(self, lines, left):
        """Lines of a draft that give back one line of an invoice become one of what is left of it."""
        if abs(self._said(lines)) <= abs(left):
            return
        first = lines[:1] if left else lines.browse()
        (lines - first).unlink()
        sign = -1 if first.quantity * first.price_unit < 0 else 1
        first.write({"quantity": sign, "price_unit": float(abs(left)), "discount": 0.0})

    def _partly_given_back_in_words(self, move, left):
        return self.env._(
            "%(documents)s gave back some of %(invoice)s already, so no new invoice can take its place. Use Reverse, which gives back what "
            "is left, or cancel %(documents)s first.",
            **self._names(move, left),
        )

    def _names(self, invoice, left):
        documents = self.env["account.move"].union(*(documents for _amount, documents in left.values()))
        return {"invoice": self._named(invoice), "documents": self._named(documents)}

    def _left(self, period):
        """What is left of the amount of an invoice line, and the rows that gave back the rest."""
        family = self._family(period)
        later = family._credits_in_force() - family
        earlier = (family - self._group(period)) | later
        return sum((to_decimal(row.amount) for row in family | later), Decimal(0)), earlier

    def _family(self, period):
        """The rows in force of an invoice line and of the reversals of it."""
        family = self._group(period)
        for line in self._reversals_of(period):
            family |= self._group(line.recurring_period_id)
        return family

    def _reversals_of(self, period):
        """The lines of reversals of it that were carried out."""
        return self.env["account.move.line"].search([("recurring_credits_period_id", "=", period.id), ("recurring_period_id", "!=", False)])

    def _live(self, period):
        """The charges of an invoice line that still cover days, or what replaces them since an earlier reversal."""
        live = self._family(period).filtered(lambda row: row.kind in const.COVERING and row.start < row.live_end)
        return live.sorted("start")

    def _may_be_undone(self, period):
        """Whether what a reversal did can be taken back: nothing was billed or credited upon it since."""
        group = self._group(period)
        own = group.filtered(lambda row: row.kind in const.COVERING)
        cut = group.filtered(lambda row: row._gives_back_days())
        billed_since = any(row.credits_id._other_holder(row.start, row.end) - own for row in cut)
        return not billed_since and not group._credits_in_force() - group

    def _documents(self, periods):
        return periods._billed_lines().move_id

    # Words

    def _too_much_in_words(self, period, left, earlier):
        documents = self._named(self._documents(earlier))
        if not left:
            return self.env._(
                "Nothing of %(period)s is left to give back: %(documents)s gave back all of it. Delete its line from this document.",
                period=period.display_name,
                documents=documents,
            )
        return self.env._(
            "Of %(period)s only %(left)s is left to give back: %(documents)s gave back the rest. Lower the amount of its line.",
            period=period.display_name,
            left=format_amount(self.env, float(abs(left)), period.currency_id),
            documents=documents,
        )

    def _reversal_in_words(self, period, main):
        days = self._days_in_words(period)
        gave_back = any(row._gives_back_days() for row in self._group(main)) or period.voided
        if gave_back and not self._live(period):
            return self.env._("%s is free again: the next run bills what is wanted of it.", days)
        amount = format_amount(self.env, float(self._left(period)[0]), period.currency_id)
        return self.env._("%(period)s stays as it is, at %(amount)s now.", period=days, amount=amount)
