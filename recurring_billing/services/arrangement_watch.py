import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import ConcurrencyError

from ..const import dunning as const

_logger = logging.getLogger(__name__)


class RecurringArrangementWatch(models.AbstractModel):
    """What was arranged is looked at every day, and as soon as money moves."""

    _name = "recurring.arrangement.watch"
    _description = "Watching What Was Arranged"

    @api.private
    @api.model
    def run_scheduled(self):
        """The daily look: promises and agreements whose day is over, disputes without an answer, holds that end."""
        for (company,) in self.env["recurring.dunning.case"]._read_group([], ["company_id"]):
            self.with_company(company)._look_at(company)

    def _look_at(self, company):
        today = company._recurring_today()
        mine = [("company_id", "=", company.id)]
        promises = self.env["recurring.promise"].search([*mine, ("state", "=", const.OPEN), ("date", "<", today)])
        agreements = self.env["recurring.agreement"].search(
            [*mine, ("state", "=", const.RUNNING), ("instalment_ids", "any", [("date", "<=", today)])]
        )
        disputes = self.env["recurring.dispute"].search([*mine, ("state", "=", const.OPEN), ("answer_by", "<", today)])
        holds = self.env["recurring.dunning.case"].search([*mine, ("hold_until", "<", today)])
        self._each(promises, self.env["recurring.promise.keeping"].judge)
        self._each(agreements, self.env["recurring.agreement.signing"].refresh)
        self._each(disputes, self.env["recurring.dispute.handling"].warn)
        self._each(holds, lambda case: case._refresh_holds())

    def _each(self, records, look):
        """Look at records one by one: what fails for one of them stops no other, and is looked at again tomorrow."""
        for record in records:
            try:
                with self.env.cr.savepoint():
                    look(record)
            except (OperationalError, ConcurrencyError):
                raise
            except Exception:
                # Whatever it is, it must not stop the others.
                _logger.exception("%s could not be looked at", record)

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
        moves.filtered("recurring_charge_waits")._recurring_refresh_charge_wait()
