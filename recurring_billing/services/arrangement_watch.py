from odoo import api, models

from ..const import dunning as const


class RecurringArrangementWatch(models.AbstractModel):
    """What was arranged is looked at every day, and as soon as money moves."""

    _name = "recurring.arrangement.watch"
    _description = "Watching What Was Arranged"

    @api.private
    @api.model
    def run_scheduled(self):
        """The daily look: promises and agreements whose day is over, disputes without an answer, holds that end."""
        for company in self.env["res.company"].search([]):
            self.with_company(company)._look_at(company)

    def _look_at(self, company):
        today = company._recurring_today()
        mine = [("company_id", "=", company.id)]
        for promise in self.env["recurring.promise"].search([*mine, ("state", "=", const.OPEN), ("date", "<", today)]):
            self.env["recurring.promise.keeping"].judge(promise)
        for agreement in self.env["recurring.agreement"].search([*mine, ("state", "=", const.RUNNING)]):
            self.env["recurring.agreement.signing"].refresh(agreement)
        disputes = self.env["recurring.dispute"].search([*mine, ("state", "=", const.OPEN), ("answer_by", "<", today)])
        self.env["recurring.dispute.handling"].warn(disputes)
        holds = self.env["recurring.dunning.case"].search([*mine, ("hold_until", "<", today)])
        holds._refresh_holds()

    @api.private
    @api.model
    def _money_moved(self, moves):
        """Money came for debts, or was taken back: what was promised or agreed about them is judged at once."""
        lines = moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        if not lines:
            return
        promises = self.env["recurring.promise"].search([("state", "=", const.OPEN), ("line_ids", "in", lines.ids)])
        self.env["recurring.promise.keeping"].judge(promises, is_daily=False)
        agreements = self.env["recurring.agreement"].search([("state", "=", const.RUNNING), ("line_ids", "in", lines.ids)])
        self.env["recurring.agreement.signing"].refresh(agreements, is_daily=False)
