import time
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import ConcurrencyError, LockError
from odoo.tools import SQL

from .billing_batch import CONFLICTS

TRIES = 5


class RecurringPixQueue(models.AbstractModel):
    """Transactions of the work with banks: each piece by itself, committed before and after every call."""

    _name = "recurring.pix.queue"
    _description = "Transactions of the Work with Banks"

    @api.private
    @api.model
    def transaction(self, work, *arguments):
        """Do a piece of work in a transaction of its own, again where another process was in the way. Gives what the work gives."""
        if self.env["recurring.invoice.generation"]._in_one_transaction():
            return work(*arguments)
        for left in reversed(range(TRIES)):
            try:
                self.env.cr.commit()  # pylint: disable=invalid-commit; the work begins with a snapshot of now
                result = work(*arguments)
                self.env.flush_all()
                self.env.cr.commit()  # pylint: disable=invalid-commit; what leaves the machine is committed before, its answer after
                return result
            except (*CONFLICTS, ConcurrencyError, LockError):
                self.env.cr.rollback()
                if not left:
                    raise
                time.sleep(0.05 * (TRIES - left))
            except Exception:
                self.env.cr.rollback()
                raise
        raise AssertionError("unreachable")

    @api.private
    @api.model
    def checkpoint(self, remaining):
        """Tell the scheduled action how far it is.

        :return: seconds left.
        """
        if self.env["recurring.invoice.generation"]._in_one_transaction():
            return float("inf")
        return self.env["ir.cron"]._commit_progress(1, remaining=remaining)

    @api.private
    @api.model
    @contextmanager
    def alone(self, what, account):
        """Whether no other process does the same for this account; PostgreSQL forgets it with the connection, so a kill leaves nothing."""
        key = SQL("hashtext(%s), %s", f"recurring_billing.pix.{what}", account.id)
        mine = self.env.execute_query(SQL("SELECT pg_try_advisory_lock(%s)", key))[0][0]
        try:
            yield mine
        except Exception:
            if not self.env["recurring.invoice.generation"]._in_one_transaction():
                self.env.cr.rollback()
            raise
        finally:
            if mine:
                self.env.execute_query(SQL("SELECT pg_advisory_unlock(%s)", key))
