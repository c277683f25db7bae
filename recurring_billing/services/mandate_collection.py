import logging
from decimal import Decimal

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, float_repr

from .. import const
from ..const import SETTLED
from ..rules import mandates, retry
from .billing_batch import CONFLICTS
from .mandate_agreement import MandateRefused

_logger = logging.getLogger(__name__)

LOCKS = 20260520
"""The first half of the keys of the locks that show that a process announces a debit."""
OUTCOMES = {
    retry.DONE: const.DEBIT_DONE,
    retry.PENDING: const.DEBIT_ANNOUNCED,
    retry.AUTHORIZED: const.DEBIT_ANNOUNCED,
    retry.CANCELLED: const.DEBIT_CANCELLED,
    retry.DECLINED_SOFT: const.DEBIT_FAILED,
    retry.DECLINED_HARD: const.DEBIT_FAILED,
    retry.UNKNOWN: const.DEBIT_UNKNOWN,
}


class RecurringMandateCollection(models.AbstractModel):
    """Announces debits of invoices that are paid by mandate, tries failed ones again, and takes back what was paid in another way.

    An invoice has one debit under way at most (a unique index). The debit is committed before the bank is told, and its answer after; one
    that was begun by a process that died is announced again under the same reference where the bank permits that, else it is to clarify.
    """

    _name = "recurring.mandate.collection"
    _description = "Debits under Mandates"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: every company in which charging is switched on."""
        # sudo: the scheduled action works for every company
        for company in self.sudo().env["res.company"].search([("recurring_charge", "=", True)]):
            self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)._run(company)

    def _run(self, company):
        if not self.env["recurring.identity"].is_confirmed():
            return
        self._recover(company)
        self.env["recurring.mandate.agreement"].expire(company)
        for debit_id in self._debits(company, Domain("take_back", "=", True) & Domain("state", "=", const.DEBIT_ANNOUNCED)).ids:
            self._apart(self._cancel_debit, debit_id)
        ids = self.env["account.move"].search(self._due_domain(company), order="invoice_date_due, id").ids
        for left, move_id in zip(range(len(ids) - 1, -1, -1), ids, strict=True):
            self._announce_for(move_id)
            if not self._in_one_transaction() and self.env["ir.cron"]._commit_progress(1, remaining=left) <= 0:
                return

    def _debits(self, company, domain):
        return self.env["recurring.mandate.debit"].search(Domain("company_id", "=", company.id) & domain, order="id")

    def _due_domain(self, company):
        """Open invoices of subscriptions with an active mandate; which of them are announced today is decided for each."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("recurring_invoice_mode", "in", const.CHARGING_MODES),
                ("payment_state", "not in", SETTLED),
                ("recurring_is_disputed", "!=", True),
                ("recurring_charge_waits", "!=", True),
                ("line_ids.recurring_subscription_id.mandate_id.state", "=", mandates.ACTIVE),
                ("recurring_debit_ids", "not any", [("state", "in", const.DEBITS_UNDER_WAY)]),
            ]
        )

    # One invoice

    def _announce_for(self, move_id):
        """Decide, write down, tell the bank, keep its answer."""
        self.checkpoint()
        try:
            debit = self._intend(move_id)
            self.checkpoint()
        except (*CONFLICTS, UniqueViolation) as error:
            if self._in_one_transaction():
                raise
            self.env.cr.rollback()
            _logger.info("invoice %s is busy and stays due: %s", move_id, type(error).__name__)
            return
        if debit:
            self._announce(debit)

    def _intend(self, move_id):
        move = self.env["account.move"].browse(move_id).try_lock_for_update(allow_referencing=True)
        if not move or not move.filtered_domain(self._due_domain(move.company_id)):
            return None
        if self.env["recurring.payment.collection"]._waits_for_another(move):
            return None
        mandate = move._recurring_mandate()
        day, amount = self._claim(move, mandate)
        if not day or self._too_much(move, mandate, amount):
            return None
        # Whoever books a payment at this moment takes the debit back.
        move._recurring_open_items()._recurring_meet_payments()
        number = len(move.recurring_debit_ids) + 1
        debit = self.env["recurring.mandate.debit"].create(
            {
                "mandate_id": mandate.id,
                "move_id": move.id,
                "company_id": move.company_id.id,
                "currency_id": move.currency_id.id,
                "amount": amount,
                "day": day,
                "number": number,
                "reference": f"{mandate.name}-{move.id}-{number}",
            }
        )
        self._hold(debit.id)
        return debit

    def _claim(self, move, mandate):
        """The day and the amount of the next debit of an invoice, of instalments those that are due then; (None, 0) when none is to be
        announced today.
        """
        today, scheme = move.company_id._recurring_today(), mandate.scheme_id
        due_on = self._due_days(move)
        if mandate.state != mandates.ACTIVE or not scheme._debits_by_itself() or not due_on:
            return None, 0.0
        due = min(due_on.values())
        made = move.recurring_debit_ids.filtered(
            lambda debit: debit.state not in (const.DEBIT_CANCELLED, const.DEBIT_DONE) and debit.day >= due
        )
        until = min(made.mapped("day")) if made else mandates.first_debit(due, today, scheme._rules())
        if not until:
            return None, 0.0
        amount = move.currency_id.round(sum(line.amount_residual_currency for line, day in due_on.items() if day <= until))
        if move.currency_id.compare_amounts(amount, 0.0) <= 0:
            return None, 0.0
        day = until
        if made:
            residual = self.decimal(amount, move.currency_id)
            day = mandates.next_debit([debit._rule() for debit in made], residual, today, scheme._rules())
        return (day, amount) if day and (not mandate.expires_on or day <= mandate.expires_on) else (None, 0.0)

    def _due_days(self, move):
        """When each open item is due. What was debited once is not debited again, though its payment was undone."""
        done = max(move.recurring_debit_ids.filtered(lambda debit: debit.state == const.DEBIT_DONE).mapped("day"), default=None)
        due_on = {line: line.date_maturity or move.invoice_date_due for line in move._recurring_open_items()}
        return {line: day for line, day in due_on.items() if not done or day > done}

    def _too_much(self, move, mandate, amount):
        if not mandate.most or move.currency_id.compare_amounts(amount, mandate.most) <= 0:
            return False
        move._recurring_say_once(
            self.env._("This invoice is more than the customer agreed to be debited at once. Agree on another way to pay it.")
        )
        return True

    def _announce(self, debit):
        """Tell the bank, and keep its answer. What could not be kept is recovered by the next run, and stops nothing else."""
        debit_id = debit.id
        try:
            outcome, words = self._tell_bank(debit)
            self._conclude(debit, outcome, words=words)
            self.checkpoint()
        except Exception as error:
            if self._in_one_transaction():
                raise
            self.env.cr.rollback()
            _logger.warning("the answer about debit %s waits for the next run", debit_id, exc_info=error)
        finally:
            self._release(debit_id)

    def _tell_bank(self, debit):
        try:
            with self.env.cr.savepoint():
                return debit.mandate_id.scheme_id._debit_announce(debit), ""
        except MandateRefused as error:
            return retry.DECLINED_HARD, str(error)
        except Exception as error:
            _logger.warning("the bank did not answer about debit %s", debit.reference, exc_info=error)
            return retry.UNKNOWN, self.env._("No answer came: nobody knows whether the bank takes the debit.")

    def _conclude(self, debit, outcome, *, day=None, words=""):
        """Keep an outcome and what follows from it."""
        state, now = OUTCOMES[outcome], fields.Datetime.now()
        values = {"state": state, "words": words or debit.words, "answered_at": now, "asked_at": debit.asked_at or now}
        if state == const.DEBIT_FAILED:
            values["failed_on"] = day or debit.company_id._recurring_today()
        debit.write(values)
        if state == const.DEBIT_DONE:
            self._receive(debit, day or debit.day)
        elif state in (const.DEBIT_FAILED, const.DEBIT_UNKNOWN):
            debit.move_id._message_log(body=self._in_words(debit))

    def _receive(self, debit, day):
        """The money of a debit, once: what its invoice does not need any more stays open for the customer."""
        move = debit.move_id.filtered(lambda each: each.state == "posted" and each.payment_state not in SETTLED)
        debit.payment_id = self.env["recurring.receipt"].receive(
            move,
            debit.amount,
            debit.mandate_id.scheme_id.journal_id,
            day,
            memo=debit.reference,
            unique_ref=f"mandate:{debit.reference}",
            partner=debit.partner_id,
        )

    def _in_words(self, debit):
        amount = debit.currency_id.format(debit.amount)
        if debit.state == const.DEBIT_UNKNOWN:
            return self.env._(
                "A debit of %s was announced, and the bank did not answer. Nothing is debited before somebody clarifies it.", amount
            )
        return self.env._("The debit of %(amount)s failed. %(words)s", amount=amount, words=debit.words or "")

    # What is learnt later

    @api.private
    @api.model
    def learn(self, debit, outcome, *, day=None, words=""):
        """The bank says what became of a debit. What is done stays done; money that came after all is believed.

        :return: whether something changed
        """
        debit = debit.sudo()  # sudo: a bank's notice is no user's
        debit.lock_for_update()
        state = OUTCOMES[outcome]
        final = (const.DEBIT_DONE,) if outcome == retry.DONE else (const.DEBIT_DONE, const.DEBIT_FAILED, const.DEBIT_CANCELLED)
        if debit.state in final or debit.state == state:
            return False
        self.with_env(debit.env)._conclude(debit, outcome, day=day, words=words)
        return True

    @api.private
    @api.model
    def clarify(self, debits, outcome):
        """A person decides about debits without an answer."""
        self._check_may(debits)
        for debit in debits:
            if debit.state not in const.DEBITS_UNDER_WAY:
                raise UserError(self.env._("%s is decided already.", debit.reference))
            self.learn(debit, outcome, words=self.env._("%s says so.", self.env.user.name))

    @api.private
    @api.model
    def ask(self, debits):
        """Ask the bank what became of debits."""
        self._check_may(debits)
        self.env["recurring.identity"].require()
        for debit in debits.sudo():  # sudo: who may clarify was checked
            outcome = debit.mandate_id.scheme_id._debit_query(debit)
            self.learn(debit, outcome or retry.CANCELLED, words="" if outcome else self.env._("The bank never heard of it."))

    def _check_may(self, debits):
        debits.check_access("read")
        groups = ("recurring_billing.group_collections", "account.group_account_invoice", "recurring_billing.group_manager")
        if not self.env.su and not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._("Only Collections, Billing and managers decide what became of a debit."))

    # Debits that are not wanted any more

    @api.private
    @api.model
    def take_back(self, debits):
        """Note that announced debits are not wanted any more; the scheduled action tells the bank."""
        waiting = debits.sudo().filtered(lambda debit: debit.state in const.DEBITS_UNDER_WAY)  # sudo: kept by this service
        waiting.write({"take_back": True})

    def _cancel_debit(self, debit_id):
        debit = self.env["recurring.mandate.debit"].browse(debit_id).try_lock_for_update()
        if not debit or debit.state != const.DEBIT_ANNOUNCED:
            return
        if debit.mandate_id.scheme_id._debit_cancel(debit):
            debit.write({"state": const.DEBIT_CANCELLED, "answered_at": fields.Datetime.now(), "take_back": False})
        else:
            debit.write({"take_back": False, "words": self.env._("It was too late to take it back.")})

    def _apart(self, work, record_id):
        """One piece of work in a transaction of its own."""
        self.checkpoint()
        try:
            work(record_id)
            self.checkpoint()
        except Exception as error:
            if self._in_one_transaction():
                raise
            self.env.cr.rollback()
            _logger.warning("%s of %s waits for the next run", work.__name__, record_id, exc_info=error)

    # Processes that died

    def _recover(self, company):
        """Debits that were begun and have no answer, though no process is at work on them."""
        for debit_id in self._debits(company, Domain("state", "=", const.DEBIT_INTENDED)).ids:
            if not self._hold(debit_id):
                continue
            # Whoever held it may have ended it meanwhile.
            self.checkpoint()
            debit = self.env["recurring.mandate.debit"].browse(debit_id)
            if debit.state != const.DEBIT_INTENDED:
                self._release(debit_id)
                continue
            if debit.mandate_id.scheme_id._debit_can_repeat():
                self._announce(debit)
                continue
            self._conclude(debit, retry.UNKNOWN, words=self.env._("The server stopped while the bank was told."))
            self.checkpoint()
            self._release(debit_id)

    def _hold(self, debit_id):
        return self.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCKS, debit_id))[0][0]

    def _release(self, debit_id):
        self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s, %s)", LOCKS, debit_id))

    @api.private
    @api.model
    def checkpoint(self):
        """Commit what was done, where the caller does not want all or nothing."""
        if not self._in_one_transaction():
            self.env.cr.commit()  # pylint: disable=invalid-commit; a bank may have been told, whatever comes after

    def _in_one_transaction(self):
        return self.env["recurring.provider.request"]._in_one_transaction()

    @api.private
    @api.model
    def decimal(self, amount, currency=None):
        """An amount of the database as the rules want it."""
        return Decimal(float_repr(amount, currency.decimal_places if currency else 6)).normalize()
