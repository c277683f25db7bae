from hashlib import sha256

from odoo import fields, models

from .. import const


class AccountMove(models.Model):
    """Drafts that billing made: untouched ones follow the subscription, one that a person changed keeps what the person wrote."""

    _inherit = "account.move"

    recurring_fingerprint = fields.Char(readonly=True, copy=False, help="What billing wrote on the draft, to notice changes by hand.")

    def _recurring_mode(self):
        """The invoicing mode of what is on the invoice: a draft is reviewed as a whole where one of its subscriptions says so."""
        self.ensure_one()
        modes = {subscription._effective_invoice_mode() for subscription in self.line_ids.recurring_subscription_id}
        return const.MODE_DRAFT if const.MODE_DRAFT in modes or not modes else modes.pop()

    def _recurring_remember_untouched(self):
        """Remember the drafts as billing wrote them."""
        for move in self:
            # sudo: kept by billing itself
            move.sudo().recurring_fingerprint = move._recurring_fingerprint_now()

    def _recurring_is_untouched(self):
        self.ensure_one()
        return bool(self.recurring_fingerprint) and self.recurring_fingerprint == self._recurring_fingerprint_now()

    def _recurring_fingerprint_now(self):
        """A digest of what a person may change on a draft."""
        lines = [
            (
                line.product_id.id,
                line.account_id.id,
                line.name,
                line.quantity,
                line.price_unit,
                line.discount,
                line.tax_ids.ids,
                line.analytic_distribution,
                line.recurring_period_id.id,
            )
            for line in self.invoice_line_ids.sorted("id")
        ]
        dates = (str(self.invoice_date), str(self.invoice_date_due), self.invoice_payment_term_id.id)
        head = (self.partner_id.id, self.journal_id.id, self.currency_id.id, str(self.narration or ""), self.ref, dates, lines)
        return sha256(repr(head).encode()).hexdigest()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _recurring_take_off_drafts(self):
        """Take lines off the drafts that hold them, which frees their periods; a draft left without a line of billing goes too."""
        moves = self.move_id
        self.unlink()
        empty = moves.filtered(lambda move: not move.invoice_line_ids.filtered(lambda line: line.display_type == "product"))
        empty.unlink()
        (moves - empty)._recurring_remember_untouched()
