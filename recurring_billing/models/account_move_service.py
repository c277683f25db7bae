import logging

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    """A payment lets services run again within its own transaction, so that it is true the minute it is reconciled."""

    _inherit = "account.move"

    def _recurring_note_payers(self, partners):
        """Look, once, before the commit, at what is withheld from these customers."""
        if not partners:
            return
        precommit = self.env.cr.precommit
        noted = precommit.data.setdefault("recurring_billing.payers", set())
        if not noted:
            precommit.add(self.env["account.move"]._recurring_look_at_payers)
        noted.update(partners.ids)

    def _recurring_look_at_payers(self):
        noted = self.env.cr.precommit.data.pop("recurring_billing.payers", set())
        partials = self.env.cr.precommit.data.pop("recurring_billing.partials", set())
        self.env.flush_all()
        # sudo: what follows from a payment follows whoever registered it
        partners = self.env["res.partner"].sudo().browse(noted).exists()
        self._recurring_follow("recurring.service.state", "look_at", partners)
        self._recurring_follow("recurring.payment.claims", "look_at", partners)
        self._recurring_follow("recurring.payment.thanks", "thank", self.env["account.partial.reconcile"].browse(partials))
        self.env.flush_all()

    def _recurring_follow(self, service, verb, records):
        """The payment counts more than what follows from it: a failure there is logged, and the scheduled action sees to the rest. Only who
        met another process starts again.
        """
        try:
            with self.env.cr.savepoint():
                getattr(self.env[service].sudo(), verb)(records)  # sudo: see ``_recurring_look_at_payers``
        except (OperationalError, ConcurrencyError):
            raise
        except Exception:
            _logger.exception("%s.%s failed after a payment", service, verb)

    def _recurring_on_settled(self):
        res = super()._recurring_on_settled()
        self._recurring_note_payers(self.commercial_partner_id)
        return res

    def _recurring_on_reopened(self):
        res = super()._recurring_on_reopened()
        self._recurring_note_payers(self.commercial_partner_id)
        return res
