import logging
import secrets
from datetime import timedelta, timezone
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..const.pix import (
    ACTIVE,
    OPEN,
    PAID,
    REFUSED,
    REMOVED,
    REMOVING,
    REVISING,
    SENDING,
    SUBSCRIPTIONS,
    TO_REMOVE,
    TO_REVISE,
    TO_SEND,
    UNFINISHED,
)
from ..rules import pix
from .pix_errors import PixProblem, PixRefused, PixUnknown

_logger = logging.getLogger(__name__)

BATCH = 50
SILENT = 3
"""After so many calls in a row without an answer the bank is left in peace until the next run."""
ROUNDS = 2
"""What was withdrawn in the first round gets its successor in the second."""
CHECK_AGAIN = 7
"""Days after which a code with a due date is compared with its invoice again, also where no amount changed."""
OURS_IS_WRONG = (401, 403)
"""Refusals that concern the account, not the charge."""


class RecurringPixRegistration(models.AbstractModel):
    """Keeps the codes at the bank as the invoices want them: registers, revises, withdraws. Desired minus registered, so again is nothing.

    What is about to be asked is committed before the call, the answer after it. A call whose answer was lost is found in ``sending``
    (``revising``, ``removing``): the bank is asked what it knows of the transaction id, and the same is asked again where it knows nothing.
    """

    _name = "recurring.pix.registration"
    _description = "Registration of Pix Charges"

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: every account of every company."""
        if not self.env["recurring.identity"].is_confirmed():
            return
        # sudo: accounts are read by administrators only, and the scheduled action works for all companies
        service = self.sudo()
        for account in service.env["recurring.pix.account"]._at_work():
            service._work(account)
        moves = service.env["account.move"]
        for company in moves.search([("recurring_pix_waits_since", "!=", False)]).company_id:
            service.env["recurring.pix.queue"].transaction(moves._recurring_let_go_of_pix, company)

    @api.private
    @api.model
    def ask_again(self, charges):
        """Let what the bank refused be asked again, by whoever may bill."""
        self.env["recurring.invoice.generation"].check_may_bill()
        charges.check_access("read")
        # sudo: charges are written by services only; who may bill may ask again
        charges.sudo().filtered(lambda charge: charge.state == REFUSED).write({"state": REMOVED})
        charges.account_id.sudo()._trigger()

    def _work(self, account):
        with self.env["recurring.pix.queue"].alone("register", account) as alone:
            for _round in range(ROUNDS if alone else 0):
                self._plan(account)
                if not self._send(account):
                    break

    # What shall be

    def _plan(self, account):
        """Compare the invoices that may need something with their codes, batch by batch."""
        ids = self._to_look_at(account)
        for start in range(0, len(ids), BATCH):
            self.env["recurring.pix.queue"].transaction(self._plan_batch, account, ids[start : start + BATCH])

    def _to_look_at(self, account):
        """Invoices without a code that may want one, and invoices whose code may be wrong."""
        today = account.company_id._recurring_today()
        self.env.flush_all()
        changed = self.env.execute_query(
            SQL(
                """
                SELECT m.id FROM recurring_pix_charge c JOIN account_move m ON m.id = c.move_id
                 WHERE c.account_id = %(account)s AND c.state IN ('to_send', 'active')
                   AND (m.state <> 'posted' OR m.payment_state NOT IN ('not_paid', 'partial')
                        OR m.invoice_date_due IS DISTINCT FROM c.invoice_due
                        OR m.amount_residual <> c.residual OR m.recurring_charge_state IN ('planned', 'running', 'clarify')
                        OR c.last_day < %(today)s OR c.checked_on <= %(again)s
                        OR EXISTS (SELECT FROM account_invoice_transaction_rel r JOIN payment_transaction t ON t.id = r.transaction_id
                                    WHERE r.invoice_id = m.id AND t.state IN ('pending', 'authorized'))
                        OR EXISTS (SELECT FROM recurring_fee_policy p LEFT JOIN recurring_fee_tier t ON t.policy_id = p.id
                                    WHERE p.company_id = m.company_id AND GREATEST(p.write_date, t.write_date) > c.write_date))
                 ORDER BY m.id
                """,
                account=account.id,
                today=today,
                again=today - timedelta(days=CHECK_AGAIN),
            )
        )
        new = self.env["account.move"].search(self._domain_new(account), order="id").ids if account.registers else []
        return sorted({*(row[0] for row in changed), *new})

    def _domain_new(self, account):
        domain = Domain(
            [
                ("company_id", "=", account.company_id.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ["not_paid", "partial"]),
                ("currency_id.name", "=", "BRL"),
                ("recurring_pix_charge_ids", "not any", [("state", "in", [*OPEN, REFUSED])]),
            ]
        )
        if account.applies_to == SUBSCRIPTIONS:
            domain &= Domain("line_ids.recurring_subscription_id", "!=", False)
        return domain

    def _plan_batch(self, account, ids):
        """In one transaction, whose first statement locks the invoices."""
        moves = self.env["account.move"].browse(ids).try_lock_for_update(allow_referencing=True)
        wanted = self.env["recurring.pix.terms"].wanted(moves, account)
        charges = {charge.move_id: charge for charge in moves.recurring_pix_charge_ids if charge.state in OPEN}
        new = []
        for move in moves:
            charge = charges.get(move)
            if charge:
                self._compare(charge, wanted.get(move), account)
            elif move in wanted and account.registers:
                values = {"move_id": move.id, "txid": pix.txid(secrets.randbits(128)), "state": TO_SEND}
                new.append({**values, **self._prepare(move, wanted[move], account)})
        self.env["recurring.pix.charge"].create(new)

    def _compare(self, charge, wanted, account):
        """Let a code follow its invoice."""
        values = self._prepare(charge.move_id, wanted, account) if wanted else {}
        is_same = wanted and values["terms"] == charge.terms
        if charge.state == TO_SEND:
            # The bank knows nothing of it yet.
            charge.write(values or {"state": REMOVED})
        elif charge.state == ACTIVE and is_same:
            charge.write({name: values[name] for name in ("checked_on", "residual", "invoice_due")})
        elif charge.state == ACTIVE:
            can_revise = wanted and charge.kind == wanted.kind == pix.COBV
            charge.write({**values, "state": TO_REVISE} if can_revise else {"state": TO_REMOVE})

    def _prepare(self, move, wanted, account):
        """What a charge is told of its invoice."""
        terms = self.env["recurring.pix.terms"]
        number = self.with_context(lang=move.partner_id.lang or self.env.lang).env._("Invoice %s", move.name)
        body = pix.body(wanted, account.pix_key, terms.debtor(move), number, account._now().replace(tzinfo=timezone.utc))
        return {
            "account_id": account.id,
            "company_id": move.company_id.id,
            "currency_id": move.currency_id.id,
            "kind": wanted.kind,
            "amount": float(wanted.amount),
            "residual": move.amount_residual,
            "invoice_due": move.invoice_date_due,
            "due_date": wanted.due,
            "last_day": wanted.last_day,
            "fine": float(wanted.fine),
            "interest": float(wanted.interest),
            "discount_words": ", ".join(
                self.env._(
                    "%(amount)s off until %(day)s",
                    amount=move.currency_id.format(float(off)),
                    day=format_date(self.env, until),
                )
                for until, off in sorted(wanted.discounts)
            ),
            "terms": repr(wanted),
            "body": body,
            "checked_on": account.company_id._recurring_today(),
            "problem": False,
        }

    # What is told to the bank

    def _send(self, account):
        """Do what is to be done at the bank, one charge after the other, each with transactions of its own.

        :return: whether the bank could be worked with.
        """
        self.env.flush_all()
        ids = self.env["recurring.pix.charge"].search([("account_id", "=", account.id), ("state", "in", UNFINISHED)], order="id").ids
        if not ids:
            return True
        queue, silent = self.env["recurring.pix.queue"], 0
        try:
            with self.env["recurring.pix.api"].session(account) as bank:
                for position, charge_id in enumerate(ids):
                    silent = 0 if self._step(bank, charge_id) else silent + 1
                    if queue.checkpoint(len(ids) - position - 1) <= 0 or silent >= SILENT:
                        return False
        except PixProblem as problem:
            queue.transaction(account._remember, problem)
            return False
        queue.transaction(account._remember, None)
        return True

    def _step(self, bank, charge_id):
        """One charge: say what will be asked (committed), ask, keep the answer (committed).

        :return: whether the bank answered.
        :raises PixRefused: for what concerns the account, not the charge.
        """
        queue = self.env["recurring.pix.queue"]
        job = queue.transaction(self._announce, charge_id)
        if not job:
            return True
        try:
            answer = self._call(bank, **job)
        except PixRefused as refused:
            if refused.status in OURS_IS_WRONG or not refused.status:
                queue.transaction(self._keep_problem, charge_id, refused)
                raise
            queue.transaction(self._keep_refusal, charge_id, refused)
            return True
        except PixUnknown as unknown:
            queue.transaction(self._keep_problem, charge_id, unknown)
            return False
        try:
            queue.transaction(self._keep_answer, charge_id, answer)
        except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
            # One answer without sense must not stop the others: the bank is asked again.
            _logger.warning("Pix: the bank's answer for charge %s cannot be read: %s", charge_id, error)
            queue.transaction(self._keep_problem, charge_id, self.env._("The bank's answer cannot be read (%s).", error))
        return True

    def _announce(self, charge_id):
        """What is about to be asked for a charge; nothing when another process has it, or when there is nothing any more."""
        charge = self.env["recurring.pix.charge"].browse(charge_id).try_lock_for_update()
        if not charge or charge.state not in UNFINISHED:
            return None
        was_asked = charge.state in (SENDING, REVISING, REMOVING)
        if charge.state == TO_SEND and charge.move_id.payment_state not in ("not_paid", "partial"):
            charge.state = REMOVED
            return None
        charge.write({"state": {TO_SEND: SENDING, TO_REVISE: REVISING, TO_REMOVE: REMOVING}.get(charge.state, charge.state)})
        charge.tried_at = fields.Datetime.now()
        return {"state": charge.state, "kind": charge.kind, "txid": charge.txid, "body": charge.body, "was_asked": was_asked}

    def _call(self, bank, state, kind, txid, body, was_asked):
        """Ask the bank. What may have been asked before, is looked up first; what it refused, may have been done long ago."""
        if was_asked and state == SENDING and (known := bank.charge(kind, txid)):
            return known
        try:
            if state == SENDING:
                return bank.put_charge(kind, txid, body)
            return bank.remove_charge(kind, txid) if state == REMOVING else bank.revise_charge(kind, txid, body)
        except PixRefused as refused:
            if refused.status in OURS_IS_WRONG:
                raise
            known = bank.charge(kind, txid)
            is_done = known and (state == SENDING or known.get("status") != pix.ACTIVE)
            if is_done:
                return known
            if not known and state == REMOVING:
                return {"status": pix.REMOVED_BY_US}
            raise

    def _keep_answer(self, charge_id, answer):
        """What the bank says of a charge; payments it tells of are kept too."""
        charge = self.env["recurring.pix.charge"].browse(charge_id)
        charge.lock_for_update()
        status = answer.get("status")
        values = {"problem": False, "revision": int(answer.get("revisao") or 0)}
        if code := self._code(charge, answer):
            values["code"] = code
        if status == pix.CONCLUDED:
            values["state"] = PAID
            self.env["recurring.pix.reading"].keep(charge.account_id, answer.get("pix") or [])
        elif status in (pix.REMOVED_BY_US, pix.REMOVED_BY_BANK):
            values["state"] = REMOVED
        elif charge.state == REMOVING:
            values.update(state=TO_REMOVE, problem=self.env._("The bank has not withdrawn it yet."))
        else:
            values["state"] = ACTIVE
            if not self._asks_for(answer, charge):
                values["state"] = TO_REMOVE
        charge.write(values)

    def _asks_for(self, answer, charge):
        """Whether the bank registered the amount that was asked for."""
        registered = (answer.get("valor") or {}).get("original")
        return not registered or Decimal(str(registered)) == Decimal(charge.body["valor"]["original"])

    def _code(self, charge, answer):
        """The code to copy and paste; built from the location where the bank does not give it."""
        code = answer.get("pixCopiaECola")
        location = answer.get("location") or (answer.get("loc") or {}).get("location")
        if code or not location:
            return code
        receiver = charge.company_id.partner_id
        return pix.code_of_location(location, receiver.name or "", receiver.city or "")

    def _keep_problem(self, charge_id, problem):
        """Nobody knows how it ended, or the account has a problem: the next run asks."""
        charge = self.env["recurring.pix.charge"].browse(charge_id)
        charge.lock_for_update()
        charge.problem = str(problem)

    def _keep_refusal(self, charge_id, refused):
        """It was not registered: a person mends the reason. What was not revised is withdrawn, for its amount is wrong."""
        charge = self.env["recurring.pix.charge"].browse(charge_id)
        charge.lock_for_update()
        following = {SENDING: REFUSED, REVISING: TO_REMOVE, REMOVING: TO_REMOVE}
        charge.write({"state": following.get(charge.state, charge.state), "problem": str(refused)})
