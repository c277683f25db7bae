from odoo import fields, models

from ..services.receivable_figures import Figures

NOBODY = Figures(0, 0.0, None, None, None, None)


class RecurringDashboard(models.Model):
    """How the company is paid, all debts of customers together, on its card."""

    _inherit = "recurring.dashboard"

    has_debts = fields.Boolean(compute="_compute_debt_figures")
    debt_count = fields.Integer("Overdue Debts", compute="_compute_debt_figures")
    debt_amount = fields.Monetary("All Debts Overdue", compute="_compute_debt_figures")
    default_rate = fields.Char(
        compute="_compute_debt_figures", help="Of what fell due in the last 90 days, what is late or was written off."
    )
    recovery_rate = fields.Char(
        compute="_compute_debt_figures", help="Of the debts first reminded of in the last 90 days, what was paid since."
    )
    dso = fields.Char(
        "DSO", compute="_compute_debt_figures", help="Days of sales that wait to be paid: open by what was invoiced in 90 days."
    )
    promise_rate = fields.Char("Promises Kept", compute="_compute_debt_figures", help="Of the promises of the last 90 days.")

    def _compute_debt_figures(self):
        service = self.env["recurring.receivable.figures"]
        allowed = self.env["recurring.dunning.effect"].has_access("read") and self.env["account.move.line"].has_access("read")
        for card in self:
            found = service.of(card.company_id, card._today()) if card.is_total and allowed else NOBODY
            card.debt_count, card.debt_amount = found.overdue_count, found.overdue
            card.default_rate = card._percent(found.default_rate)
            card.recovery_rate = card._percent(found.recovery)
            card.promise_rate = card._percent(found.promises)
            card.dso = self.env._("%s days", found.dso) if found.dso is not None else False
            card.has_debts = bool(found.overdue_count or any(each is not None for each in found[2:]))

    def _percent(self, rate):
        return f"{self.env['ir.qweb.field.float'].value_to_html(float(rate), {'precision': 1})} %" if rate is not None else False

    def _openers(self):
        service, company, day = self.env["recurring.receivable.figures"], self.company_id, self._today()
        return {
            **super()._openers(),
            "debts": ("recurring_billing.action_recurring_debt", service.overdue(company, day)),
            "default": ("recurring_billing.action_recurring_debt", service.fallen_due(company, day)),
            "dso": ("recurring_billing.action_recurring_debt", service.open(company)),
            "recovery": ("recurring_billing.action_recurring_dunning_effect", service.reminded(company, day)),
            "promises": ("recurring_billing.action_recurring_promise_figures", service.promises(company, day)),
        }
