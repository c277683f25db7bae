from odoo import api, fields, models
from odoo.tools import format_amount

from ..rules import retry
from ..services.notification import CLOSE, notification


class RecurringRefund(models.TransientModel):
    """Give an open credit note back to the card that paid."""

    _name = "recurring.refund"
    _description = "Refund to the Card"

    credit_id = fields.Many2one("account.move", "Credit Note", required=True, readonly=True)
    # As the user, who may be shown only what they may read: related fields are read with all rights otherwise.
    partner_id = fields.Many2one(related="credit_id.partner_id", related_sudo=False)
    currency_id = fields.Many2one(related="credit_id.currency_id", related_sudo=False)
    residual = fields.Monetary("Open", related="credit_id.amount_residual", related_sudo=False)
    most = fields.Monetary("Paid by Card", compute="_compute_most", compute_sudo=False)
    cards = fields.Char("Goes Back to", compute="_compute_most", compute_sudo=False)
    amount = fields.Monetary("Refund", compute="_compute_amount", store=True, readonly=False)

    @api.depends("credit_id")
    def _compute_most(self):
        service = self.env["recurring.card.refund"]
        for wizard in self:
            wizard.credit_id.sudo(False).check_access("read")
            # sudo: payments and cards are shown to who may refund, see the action
            sources = service.sudo().sources(wizard.credit_id.sudo()) if wizard.credit_id else {}
            wizard.most = sum(sources.values())
            names = dict.fromkeys(source.token_id.display_name or source.provider_id.name for source in sources)
            wizard.cards = ", ".join(names) or False

    @api.depends("credit_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.credit_id.sudo(False).check_access("read")
            # sudo: see above
            wizard.amount = self.env["recurring.card.refund"].sudo().most(wizard.credit_id.sudo()) if wizard.credit_id else 0.0

    def action_refund(self):
        """Ask the provider, and say what it answered."""
        self.ensure_one()
        found = self.env["recurring.card.refund"].refund(self.credit_id, self.amount)
        kind, words = self._in_words(found)
        return notification(words, kind, sticky=kind != "success", then=CLOSE)

    def _in_words(self, found):
        done = sum(-child.amount for child, outcome in found.items() if outcome == retry.DONE)
        given = format_amount(self.env, done, self.currency_id)
        if all(outcome == retry.DONE for outcome in found.values()):
            return "success", self.env._("%s went back to the card.", given)
        child, outcome = list(found.items())[-1]
        said = child.state_message or ""
        if outcome == retry.PENDING:
            return "info", self.env._("The payment provider is working on the refund. The credit note is settled when it confirms.")
        if outcome in (retry.UNKNOWN, None):
            return "warning", self.env._(
                "No answer came: nobody knows yet whether the money went back. "
                "It is listed under Charges to Clarify, and is not asked for again."
            )
        return "danger", self.env._("The payment provider refused the refund. %s", said)
