import logging

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..rules import mandates

_logger = logging.getLogger(__name__)


class MandateRefused(Exception):
    """The bank answered, and its answer is no."""


class RecurringMandateAgreement(models.AbstractModel):
    """A mandate from the question to its end. The bank is asked between two commits; without an answer a person looks there."""

    _name = "recurring.mandate.agreement"
    _description = "Agreements of Mandates"

    @api.private
    @api.model
    def request(self, mandates_):
        """Ask the customers' banks for the permission."""
        self._check_may(mandates_)
        self.env["recurring.identity"].require()
        for mandate in mandates_.sudo():  # sudo: mandates are kept by this service
            self._step(mandate, mandates.REQUESTED)
            mandate.state = mandates.REQUESTED
            self._ask(mandate, "_mandate_request")

    @api.private
    @api.model
    def cancel(self, mandates_):
        """End mandates here at once; the bank is told."""
        self._check_may(mandates_)
        for mandate in mandates_.sudo():  # sudo: mandates are kept by this service
            told = mandate.state in (mandates.REQUESTED, mandates.ACTIVE, mandates.SUSPENDED)
            self._step(mandate, mandates.CANCELLED)
            mandate.state = mandates.CANCELLED
            self.env["recurring.mandate.collection"].take_back(mandate.debit_ids)
            if told and self.env["recurring.identity"].is_confirmed():
                self._ask(mandate, "_mandate_cancel")

    @api.private
    @api.model
    def become(self, mandates_, state):
        """A person says what a mandate is."""
        self._check_may(mandates_)
        for mandate in mandates_.sudo():  # sudo: mandates are kept by this service
            self._step(mandate, state)
            mandate.write({"state": state, "is_unclear": False})

    @api.private
    @api.model
    def learn(self, mandate, state, *, reference=None, words=""):
        """The bank says what a mandate is.

        :return: whether it changed
        """
        mandate = mandate.sudo()  # sudo: a bank's notice is no user's
        mandate.lock_for_update()
        values = {"words": words or mandate.words, "is_unclear": False, **({"reference": reference} if reference else {})}
        if mandate.state == state or not mandates.may_become(mandate.state, state):
            _logger.info("mandate %s is %s and does not become %s", mandate.name, mandate.state, state)
            return False
        mandate.write({**values, "state": state})
        if state in (mandates.CANCELLED, mandates.EXPIRED):
            self.env["recurring.mandate.collection"].take_back(mandate.debit_ids)
        return True

    @api.private
    @api.model
    def expire(self, company):
        """Mandates whose last day has passed."""
        over = self.env["recurring.mandate"].search(
            [
                ("company_id", "=", company.id),
                ("state", "in", (mandates.REQUESTED, mandates.ACTIVE, mandates.SUSPENDED)),
                ("expires_on", "<", company._recurring_today()),
            ]
        )
        over.write({"state": mandates.EXPIRED})

    def _check_may(self, mandates_):
        mandates_.check_access("write")
        groups = ("recurring_billing.group_user", "recurring_billing.group_collections", "account.group_account_invoice")
        if not self.env.su and not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._("Mandates are for users of Recurring Billing, Collections and Billing."))

    def _step(self, mandate, state):
        mandate.lock_for_update()
        if not mandates.may_become(mandate.state, state):
            states = dict(mandate._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(mandate)s is %(state)s: this step is not possible any more.", mandate=mandate.name, state=states[mandate.state]
                )
            )

    def _ask(self, mandate, hook):
        """One request, its intention committed before and its answer after."""
        request = self.env["recurring.mandate.collection"]
        request.checkpoint()
        try:
            with self.env.cr.savepoint():
                state = getattr(mandate.scheme_id, hook)(mandate)
        except MandateRefused as error:
            mandate.write({"words": str(error), "is_unclear": False, "state": mandates.CANCELLED})
        except UserError:
            raise
        except Exception as error:
            _logger.warning("the bank did not answer about mandate %s", mandate.name, exc_info=error)
            mandate.write({"is_unclear": True, "words": self.env._("No answer came. Look at the bank what it is.")})
        else:
            mandate.write({"state": state or mandate.state, "is_unclear": False})
        request.checkpoint()
