from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..rules import mandates, retry


class RecurringMandateDebit(models.Model):
    """A debit announced for an invoice: committed before the bank is told, completed with its answer. Only services write it."""

    _name = "recurring.mandate.debit"
    _inherit = ["recurring.service.written"]
    _description = "Debit"
    _order = "day desc, id desc"
    _rec_name = "reference"

    mandate_id = fields.Many2one("recurring.mandate", required=True, readonly=True, index=True, ondelete="restrict")
    move_id = fields.Many2one("account.move", "Invoice", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(related="mandate_id.partner_id", store=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    day = fields.Date("Debited On", required=True, readonly=True)
    number = fields.Integer("Try", required=True, readonly=True, default=1)
    reference = fields.Char(required=True, readonly=True)
    state = fields.Selection(const.DEBIT_STATES, required=True, readonly=True, default=const.DEBIT_INTENDED, index=True)
    words = fields.Char("The Bank's Words", readonly=True)
    asked_at = fields.Datetime("Announced", readonly=True)
    answered_at = fields.Datetime("Answered", readonly=True)
    failed_on = fields.Date(readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True, ondelete="restrict")
    take_back = fields.Boolean(readonly=True, default=False, help="The invoice was paid in another way: the debit is to be taken back.")

    _reference_once = models.UniqueIndex("(company_id, reference)", "Another debit has this reference.")
    _one_at_a_time = models.UniqueIndex(
        "(move_id) WHERE state IN ('intended', 'announced', 'unknown')",
        "A debit of this invoice is under way already. Nothing is debited twice.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Debits stay as they were."))

    def _rule(self):
        return mandates.Debit(self.day, self.env["recurring.mandate.collection"].decimal(self.amount), self.failed_on or None)

    def action_debited(self):
        """A person saw at the bank that the money came."""
        self.env["recurring.mandate.collection"].clarify(self, retry.DONE)
        return True

    def action_not_debited(self):
        """A person saw at the bank that no money came, and none will."""
        self.env["recurring.mandate.collection"].clarify(self, retry.CANCELLED)
        return True

    def action_ask(self):
        """Ask the bank."""
        self.env["recurring.mandate.collection"].ask(self)
        return True

    def _recurring_learn(self, outcome, *, day=None, words=""):
        """For banks: what became of a debit (an outcome of ``rules.retry``). News that come twice, late or out of order change nothing."""
        return self.env["recurring.mandate.collection"].learn(self, outcome, day=day, words=words)
