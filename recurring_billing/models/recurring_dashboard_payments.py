from odoo import fields, models
from odoo.fields import Domain

from .. import const


class RecurringDashboard(models.Model):
    """What waits for a person about payments, on the card of the company; nothing is shown where nothing waits."""

    _inherit = "recurring.dashboard"

    clarify_count = fields.Integer("Charges to Clarify", compute="_compute_payment_figures")
    retry_count = fields.Integer("Charged Again Soon", compute="_compute_payment_figures")
    stopped_count = fields.Integer("Charging Stopped", compute="_compute_payment_figures")
    bank_row_count = fields.Integer("Bank Movements to Decide", compute="_compute_payment_figures")

    def _compute_payment_figures(self):
        for card in self:
            card.clarify_count = card._count("recurring.charge.attempt", card._domain_clarify())
            card.retry_count = card._count("account.move", card._domain_retry())
            card.stopped_count = card._count("account.move", card._domain_stopped())
            card.bank_row_count = card._count("recurring.bank.row", card._domain_bank_rows())

    def _count(self, model, domain):
        """How many there are; none on cards of plans, and for who may not see them."""
        records = self.env[model]
        return records.search_count(domain) if self.is_total and records.has_access("read") else 0

    def _openers(self):
        return {
            **super()._openers(),
            "clarify": ("recurring_billing.action_recurring_charge_clarify", self._domain_clarify()),
            "retry": ("recurring_billing.action_recurring_invoice", self._domain_retry()),
            "stopped": ("recurring_billing.action_recurring_invoice", self._domain_stopped()),
            "bank_rows": ("recurring_billing.action_recurring_bank_row", self._domain_bank_rows()),
        }

    def _domain_clarify(self):
        return Domain([("company_id", "=", self.company_id.id), ("clarify", "!=", False)])

    def _domain_retry(self):
        return self._domain_invoices() & Domain("recurring_charge_state", "=", const.CHARGE_PLANNED)

    def _domain_stopped(self):
        return self._domain_invoices() & Domain(
            [("recurring_charge_state", "=", const.CHARGE_STOPPED), ("recurring_stage", "=", const.STAGE_TO_CHARGE)]
        )

    def _domain_bank_rows(self):
        return Domain([("company_id", "=", self.company_id.id), ("state", "=", const.BANK_ROW_OPEN)])
