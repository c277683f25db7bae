import logging
from collections import Counter

import psycopg2.errors

from odoo import Command, api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .. import const
from ..const import SETTLED
from ..rules import retry
from .billing_batch import CONFLICTS
from .invoice_generation import BATCH_CONTEXT

_logger = logging.getLogger(__name__)

BUSY = (*CONFLICTS, psycopg2.errors.UniqueViolation)
"""Somebody else works on the invoice, or took the reference for another payment at the same moment."""
PATIENCE = 5
"""After so many requests in a row that a provider did not answer well, the run leaves it alone until the next one."""


class RecurringPaymentCollection(models.AbstractModel):
    """Charges what is due on saved cards, and tries again: RULES "Collecting".

    Each invoice is charged by itself: lock and check in one transaction that writes the intention down, then the request and its answer
    (``recurring.provider.request``), then accounting (``recurring.charge.booking``). A process killed anywhere loses nothing and charges
    nothing twice: the next run goes on with what it left.
    """

    _name = "recurring.payment.collection"
    _description = "Charging of Saved Cards"

    # Entries

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: every company in which charging is switched on; elsewhere only what was begun is ended.

        :return: whether everything due was tried within the time allowed.
        """
        # sudo: the scheduled action works for every company
        companies = self.sudo().env["res.company"].search([("active", "=", True)])
        return all(self._for_company(company)._run(company) for company in companies)

    @api.private
    @api.model
    def charge_now(self, moves):
        """A person wants these invoices charged now, whatever the plan says.

        :return: dict move → outcome, or the words why it was not charged.
        :raises UserError: where nothing leaves this database.
        """
        moves.check_access("read")
        self.check_may_charge()
        self.env["recurring.identity"].require()
        found = {}
        for company, mine in moves.grouped("company_id").items():
            service = self._for_company(company)
            service.env["recurring.provider.request"].recover(company)
            for move in mine:
                found[move] = service._charge(move.id, by_hand=self.env.user)
            service.env["recurring.charge.booking"].finish(company, mine.ids)
        return found

    @api.model
    def check_may_charge(self):
        """Refuse, in words, a user who may neither bill nor collect."""
        allowed = ("account.group_account_invoice", "recurring_billing.group_user", "recurring_billing.group_collections")
        if not self.env.su and not any(self.env.user.has_group(group) for group in allowed):
            raise AccessError(self.env._("Only users of Recurring Billing, Collections and Invoicing can charge. Ask an administrator."))

    @api.private
    @api.model
    def wake(self):
        """Let the scheduled action run soon."""
        # sudo: who brings news of a payment need not be allowed to start scheduled actions
        self.env.ref("recurring_billing.cron_charge").sudo()._trigger()

    def _for_company(self, company):
        """The service in one company. sudo: it writes what it alone keeps, and makes payments; entries check the right to charge."""
        return self.sudo().with_company(company).with_context(allowed_company_ids=company.ids, **BATCH_CONTEXT)

    # A run

    def _run(self, company):
        request = self.env["recurring.provider.request"]
        if not self.env["recurring.identity"].is_confirmed():
            return True
        request.recover(company)
        booking = self.env["recurring.charge.booking"]
        booking.finish(company)
        self.env["recurring.charge.clarifying"].list_silent(company)
        if not company.recurring_charge:
            return True
        self._take_up(company)
        ids = self.env["account.move"].search(self.due_domain(company), order="recurring_next_charge_date, id").ids
        left, time_left = len(ids), self._checkpoint(remaining=len(ids))
        trouble, tired = Counter(), set()
        for move_id in ids:
            if time_left <= 0:
                return False
            provider = self._provider_of(move_id) if tired else None
            if provider not in tired:
                self._charge_in_run(move_id, trouble, tired)
                booking.finish(company, [move_id])
            left -= 1
            time_left = self._checkpoint(1, remaining=left)
        return True

    def _charge_in_run(self, move_id, trouble, tired):
        """One invoice; a provider that does not answer several times in a row is left alone."""
        outcome = self._charge(move_id)
        if outcome not in retry.OUTCOMES:
            return
        provider = self._provider_of(move_id)
        trouble[provider] = trouble[provider] + 1 if outcome in (retry.UNKNOWN, retry.NOT_SENT) else 0
        if trouble[provider] >= PATIENCE:
            tired.add(provider)
            _logger.warning("payment provider %s does not answer; the rest waits for the next run", provider)

    def _provider_of(self, move_id):
        return self.env["account.move"].browse(move_id)._recurring_payment_token().provider_id.id

    @api.private
    @api.model
    def due_domain(self, company, until=None, since=None):
        """Invoices to be charged by a day (default today): a planned try, or due since the first day of charging and not tried yet."""
        until = until or company._recurring_today()
        since = since or company.recurring_charge_from
        instalment = [("display_type", "=", "payment_term"), ("date_maturity", "<=", until), ("reconciled", "=", False)]
        if since:
            instalment.append(("date_maturity", ">=", since))
        ours = Domain(
            [
                ("company_id", "=", company.id),
                ("move_type", "=", "out_invoice"),
                ("recurring_stage", "=", const.STAGE_TO_CHARGE),
                ("recurring_is_disputed", "!=", True),
                ("recurring_charge_waits", "!=", True),
            ]
        )
        planned = Domain([("recurring_charge_state", "=", const.CHARGE_PLANNED), ("recurring_next_charge_date", "<=", until)])
        fresh = Domain([("recurring_charge_state", "=", False), ("line_ids", "any", instalment)])
        return ours & (planned | fresh)

    def _take_up(self, company):
        """Invoices that stopped for want of a usable card go on where there is another one now."""
        stopped = self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("recurring_charge_state", "=", const.CHARGE_STOPPED),
                ("recurring_charge_stop", "in", (retry.STOP_NO_CARD, retry.STOP_HARD, retry.STOP_CARD, retry.STOP_USED_UP)),
                ("recurring_stage", "=", const.STAGE_TO_CHARGE),
            ]
        )
        fresh = stopped.filtered(lambda move: move._recurring_has_another_card())
        self.env["recurring.charge.outcome"].plan(fresh, company._recurring_today())
        self._checkpoint()

    # One invoice

    def _charge(self, move_id, by_hand=None):
        """Charge one invoice, if that is right.

        :return: the outcome; a text why it was not charged; None where somebody else is at it.
        """
        request = self.env["recurring.provider.request"]
        # What follows is the first statement of a transaction.
        request.checkpoint()
        try:
            attempt, refusal = self._intend(move_id, by_hand)
            if not attempt:
                request.checkpoint()
                return refusal
        except BUSY as error:
            if self._in_one_transaction():
                raise
            self.env.cr.rollback()
            _logger.info("invoice %s is busy and stays due: %s", move_id, type(error).__name__)
            return None
        except Exception as error:
            if by_hand or self._in_one_transaction():
                raise
            self.env.cr.rollback()
            return self._leave_out(move_id, error)
        attempt_id = request.begin(attempt)
        return request.send(attempt_id) if attempt_id else None

    def _leave_out(self, move_id, error):
        """Odoo refuses to make the payment, before anything was asked for: a person has to mend it, and the others go on."""
        _logger.error("invoice %s cannot be charged", move_id, exc_info=error)
        move = self.env["account.move"].browse(move_id)
        self.env["recurring.charge.outcome"].stop(move, retry.STOP_ERROR)
        note = self.env._("Odoo refused to make the payment: %s", error)
        self.env["recurring.charge.booking"].remind(move, self.env._("An invoice could not be charged"), note)
        self.env["recurring.provider.request"].checkpoint()
        return note

    def _intend(self, move_id, by_hand):
        """Lock, check, and write down that the invoice is charged, to be committed before anything leaves.

        :return: (attempt, why not)
        """
        move = self.env["account.move"].browse(move_id).try_lock_for_update()
        if not move:
            return None, self.env._("Somebody else is working on this invoice. Try again in a moment.") if by_hand else None
        refusal = self._refusal(move, by_hand)
        if refusal:
            return None, refusal
        token, amount = move._recurring_payment_token(), move._recurring_amount_to_charge(by_hand=bool(by_hand))
        # Odoo reads the rate of a draft from its date.
        if move.state == "draft" and not move.invoice_date:
            move.invoice_date = move.company_id._recurring_today()
        transaction = self.env["payment.transaction"].create(self._prepare_transaction(move, token, amount))
        number = len(move.recurring_attempt_ids.filtered(lambda attempt: attempt.kind == const.ATTEMPT_CHARGE)) + 1
        attempt = self.env["recurring.provider.request"].intend(
            transaction,
            kind=const.ATTEMPT_CHARGE,
            move_id=move.id,
            date=move.company_id._recurring_today(),
            number=number,
            started_by=by_hand.id if by_hand else False,
        )
        self.env["recurring.charge.outcome"].under_way(move)
        return attempt, None

    def _prepare_transaction(self, move, token, amount):
        subscriptions = move.line_ids.recurring_subscription_id
        transactions = self.env["payment.transaction"]
        prefix = move.name if move.state == "posted" else subscriptions[:1].name
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "token_id": token.id,
            "reference": transactions._compute_reference(token.provider_id.code, prefix=prefix),
            "operation": "offline",
            "amount": amount,
            "currency_id": move.currency_id.id,
            "partner_id": token.partner_id.id,
            "invoice_ids": [Command.set(move.ids)],
        }

    def _refusal(self, move, by_hand):
        """Why an invoice, which is locked, is not charged now; empty when it is. What stops it for good is written down."""
        move = move.with_company(move.company_id)
        outcome = self.env["recurring.charge.outcome"]
        if not self._is_charged_by_us(move):
            return self.env._("This invoice is not charged by itself.")
        if move.state == "posted" and (move.payment_state in SETTLED or move.currency_id.is_zero(move.amount_residual)):
            outcome.over(move)
            return self.env._("Nothing is due any more.")
        if self._waits_for_another(move):
            return self.env._("Another payment of this invoice is under way. Wait for its outcome, or clarify it first.")
        if not by_hand and not self._is_due(move):
            return self.env._("No charge is due.")
        if move._recurring_collect_by() != "card":
            move._recurring_collect_other(move._recurring_collect_by())
            return self.env._("It is collected in another way.")
        token = move._recurring_payment_token()
        why = move._recurring_no_card(token, by_hand=bool(by_hand))
        if why:
            outcome.stop(move, retry.STOP_NO_CARD if not token or not token.recurring_refused else retry.STOP_HARD)
            return why
        if move.currency_id.compare_amounts(move._recurring_amount_to_charge(by_hand=bool(by_hand)), 0) <= 0:
            # The instalment that was due was paid otherwise, and the next one is charged in its time; an empty draft is only posted.
            outcome.stop(move, retry.STOP_PAID) if move.state == "draft" else outcome.over(move)
            return self.env._("Nothing is due now.")
        return ""

    def _is_due(self, move):
        """Whether the plan still wants it: charging may have been switched off meanwhile."""
        due = self.due_domain(move.company_id) & Domain("id", "=", move.id)
        return move.company_id.recurring_charge and bool(self.env["account.move"].search_count(due, limit=1))

    def _is_charged_by_us(self, move):
        """Whether it is an invoice that may be charged: a posted one of subscriptions, or a draft that waits for its charge."""
        if move.move_type != "out_invoice" or not move.recurring_invoice_mode or move.recurring_stage == const.STAGE_FISCAL:
            return False
        return move.state == "posted" or (move.state == "draft" and move.recurring_charge_first)

    def _waits_for_another(self, move):
        """Whether other money for this invoice may be on its way. A payment that was begun online and left is listed after a day."""
        awaited = move._recurring_payments_awaited()
        open_ones = awaited | move.transaction_ids.filtered(
            lambda transaction: (
                transaction.state == "draft"
                or (transaction.recurring_attempt_ids and transaction.state in ("pending", "authorized"))
                or (transaction.state == "done" and not transaction.is_post_processed)
            )
        )
        attempts = move.recurring_attempt_ids.filtered_domain(self.env["recurring.charge.attempt"]._under_way_domain())
        waiting = attempts.filtered(
            lambda attempt: attempt.outcome is False or attempt.transaction_id.state in ("draft", "pending", "authorized")
        )
        if open_ones and not waiting:
            self.env["recurring.charge.clarifying"].list_unfinished(move, open_ones)
        return bool(open_ones or waiting or move._recurring_is_debited())

    # Progress

    def _checkpoint(self, processed=0, *, remaining=None):
        if self._in_one_transaction():
            return float("inf")
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    def _in_one_transaction(self):
        return self.env["recurring.provider.request"]._in_one_transaction()
