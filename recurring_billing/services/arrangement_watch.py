import logging

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain

from ..const import dunning as const
from .billing_batch import CONFLICTS

_logger = logging.getLogger(__name__)

TRIES = 3


class RecurringArrangementWatch(models.AbstractModel):
    """What was arranged is looked at every day, and as soon as money moves."""

    _name = "recurring.arrangement.watch"
    _description = "Watching What Was Arranged"

    @api.private
    @api.model
    def run_scheduled(self):
        """The daily look: promises and agreements whose day is over, disputes without an answer, holds that end."""
        for (company,) in self.env["recurring.dunning.case"]._read_group([], ["company_id"]):
            self.with_company(company).with_context(lang=company._recurring_staff_lang())._look_at(company)

    def _look_at(self, company):
        today, signing = company._recurring_today(), self.env["recurring.agreement.signing"]
        promises = [("state", "=", const.OPEN), ("date", "<", today)]
        agreements = [("state", "=", const.RUNNING), ("instalment_ids", "any", [("date", "<=", today)])]
        disputes = [("state", "=", const.OPEN), ("answer_by", "<", today)]
        self._each("recurring.promise", company, promises, self.env["recurring.promise.keeping"].judge)
        self._each("recurring.agreement", company, agreements, signing.refresh)
        self._each("recurring.dispute", company, disputes, self.env["recurring.dispute.handling"].warn)
        self._each("recurring.dunning.case", company, [("hold_until", "<", today)], lambda case: case._refresh_holds())

    def _each(self, model, company, domain, look):
        """Look at records one by one, each in a transaction of its own: what fails for one of them stops no other, and is looked at again
        tomorrow. Who met another process, a payment for example, looks again at once.
        """
        domain = Domain("company_id", "=", company.id) & Domain(domain)
        for record in self.env[model].search(domain):
            for left in reversed(range(TRIES)):
                if self._look_apart(record, domain, look) or not left:
                    break

    def _look_apart(self, record, domain, look):
        """Whether there is nothing more to do about a record now."""
        is_one = self.env["recurring.invoice.generation"]._in_one_transaction()
        try:
            with self.env.cr.savepoint():
                if self._is_due(record, domain):
                    look(record)
            if not is_one:
                self.env["ir.cron"]._commit_progress()  # what follows from it is done before the commit, and may fail too
        except (*CONFLICTS, ConcurrencyError):
            if is_one:
                raise
            self.env.cr.rollback()
            _logger.info("%s is being worked on", record)
            return False
        except Exception:
            # Whatever it is, it must not stop the others.
            if not is_one:
                self.env.cr.rollback()
            _logger.exception("%s could not be looked at", record)
        return True

    def _is_due(self, record, domain):
        """Whether there is still something to look at: others work on the same records."""
        return record.exists().filtered_domain(domain)

    @api.private
    @api.model
    def _money_moved(self, moves):
        """Money came for debts, or was taken back: what was promised or agreed about them is judged at once."""
        lines = moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        if not lines:
            return
        promises = self.env["recurring.promise"].search([("state", "=", const.OPEN), ("line_ids", "in", lines.ids)])
        keeping, signing = self.env["recurring.promise.keeping"], self.env["recurring.agreement.signing"]
        keeping.judge(promises, is_daily=False)
        agreements = self.env["recurring.agreement"].search([("state", "=", const.RUNNING), ("line_ids", "in", lines.ids)])
        signing.refresh(agreements, is_daily=False)
        # A payment that was taken back is none: what looked kept is judged again.
        opened = lines.filtered(lambda line: not line.reconciled and line.amount_residual > 0)
        kept = [("state", "=", const.KEPT), ("line_ids", "in", opened.ids)]
        promises, agreements = self.env["recurring.promise"].search(kept), self.env["recurring.agreement"].search(kept)
        if promises or agreements:
            owed = self._owed(opened & (promises.line_ids | agreements.line_ids))
            keeping.look_again(promises.filtered(lambda promise: promise.line_ids & owed))
            signing.look_again(agreements.filtered(lambda agreement: agreement.line_ids & owed))
        moves.filtered("recurring_charge_waits")._recurring_refresh_charge_wait()

    def _owed(self, lines):
        """Of open items, those that nothing balances: money that is only taken off an item, to be reconciled anew, is still there."""
        found = lines.browse()
        for company, mine in lines.grouped("company_id").items():
            payers = mine.partner_id.commercial_partner_id
            customers = self.env["recurring.dunning.facts"].customers(company, company._recurring_today(), payers.ids) if payers else {}
            owed = {item.key for customer in customers.values() for item in customer.items if item.amount > 0}
            found |= mine.filtered(lambda line, owed=owed: line.id in owed)
        return found
