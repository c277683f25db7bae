from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ..const import SETTLED
from ..const import dunning as contact
from ..const import self_check as const

PATIENCE = timedelta(days=14)
"""A debt that is late for longer has a case, or somebody decided that it shall have none."""


class RecurringSelfCheckService(models.AbstractModel):
    """Debts that were forgotten: late for weeks, and no case is open for the customer."""

    _inherit = "recurring.self.check.service"

    def _debts(self, company):
        if not company.recurring_dunning:
            return super()._debts(company)
        today = company._recurring_today()
        items = self.env["account.move.line"]
        overdue = self.env["recurring.receivable.figures"].overdue(company, today - PATIENCE)
        # Entries are left out of follow-ups by default, opening balances among them; of invoices somebody decided it.
        followed = Domain("no_followup", "=", False) | Domain("journal_id.type", "=", "general")
        lines = items.search(overdue & followed & Domain("partner_id", "!=", False))
        cases = self.env["recurring.dunning.case"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", contact.CASE_OPEN),
                ("partner_id", "in", lines.partner_id.commercial_partner_id.ids),
            ]
        )
        lines = lines.filtered(lambda line: line.partner_id.commercial_partner_id not in cases.partner_id)
        owing = self._owing(company, lines.partner_id.commercial_partner_id)
        owing -= self._left_alone(company, owing, today)
        forgotten = lines.filtered(lambda line: line.partner_id.commercial_partner_id in owing)
        return [*super()._debts(company), *self._some(const.FORGOTTEN, forgotten)]

    def _left_alone(self, company, payers, day):
        """Customers who owe less than their policy asks for."""
        if not payers:
            return payers
        plans = self.env["recurring.dunning.run"].plans(company, day, payers.ids)
        small = [
            plan.partner_id for plan in plans if plan.terms and sum(item.amount for item in plan.customer.items) < plan.terms.min_amount
        ]
        return payers.browse(small)

    def _owing(self, company, payers):
        """Customers whose credits do not balance what they owe."""
        groups = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("move_id.payment_state", "not in", SETTLED),
                ("partner_id.commercial_partner_id", "in", payers.ids),
            ],
            ["partner_id"],
            ["amount_residual:sum"],
        )
        sums = {}
        for partner, amount in groups:
            payer = partner.commercial_partner_id
            sums[payer] = sums.get(payer, 0.0) + amount
        return payers.filtered(lambda payer: company.currency_id.compare_amounts(sums.get(payer, 0.0), 0.0) > 0)
