from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_amount

from .. import const
from ..rules.money import to_decimal


class RecurringLedgerDocuments(models.AbstractModel):
    """Keeps the ledger equal to drafts that a person changed: RULES "What is to be billed", Drafts."""

    _name = "recurring.ledger.documents"
    _description = "Drafts Changed by Hand"
    _inherit = ["recurring.document.rows"]

    @api.private
    @api.model
    def follow_edits(self, moves):
        """Bring the amounts that a person wrote on drafts into the ledger, now that they are posted."""
        for move in moves:
            told = []
            lines = move.line_ids.filtered(lambda line: line.recurring_period_id and not line.recurring_credits_period_id)
            lines.recurring_subscription_id._hold_against_runs()
            for period, mine in lines.grouped("recurring_period_id").items():
                booked, said = self._booked_on(mine, period), self._said(mine)
                if booked != said:
                    told.append(self._in_words_of(move)._edit_in_words(period, booked, said))
                    self._follow_edit(period, mine, said - booked)
            if told:
                move._message_log_batch(bodies={move.id: Markup("<br/>").join(told)})
                lines.recurring_subscription_id._refresh_billing_dates()

    def _booked_on(self, lines, period):
        """What the ledger says of lines of one document."""
        return self._booked(period)

    def _follow_edit(self, period, lines, difference):
        """A charge becomes one of the amount given by hand, which later credits give back by the day; else the difference is a row of
        its own.
        """
        whole = period.live_end == period.end and not period._credits_in_force()
        if period.kind != const.CHARGE or not whole or self._missing(period, without=period):
            self._adjust(period, difference, period)
            return
        amount = to_decimal(period.amount) + difference
        period.voided = True
        self.env.flush_all()
        by_hand = period.create({**self._values(period, period.start, period.end), "price_known": False, "amount": float(amount)})
        together = period.billed_together_ids
        lines.recurring_period_id = by_hand
        together.billed_with_id = by_hand
        drafts = self.env["account.move.line"].search([("recurring_credits_period_id", "=", period.id)])
        drafts.recurring_credits_period_id = by_hand

    def _edit_in_words(self, period, booked, said):
        return self.env._(
            "%(period)s was changed by hand: %(said)s instead of %(booked)s. Billed Periods hold that amount.",
            period=self._days_in_words(period),
            said=format_amount(self.env, float(said), period.currency_id),
            booked=format_amount(self.env, float(booked), period.currency_id),
        )
