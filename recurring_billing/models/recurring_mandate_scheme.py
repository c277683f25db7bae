from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules import mandates


class RecurringMandateScheme(models.Model):
    """A bank's way of debiting customers who agreed once (Pix Automático, SEPA direct debit), and what it permits.

    A module that speaks to a bank adds its ``code`` and overrides the ``_mandate_…`` and ``_debit_…`` hooks for it. A hook makes one
    request, with a time limit, in a transaction of its own: the intention is committed before it, the answer after it. It returns
    what the bank answered, or raises; whatever it raises besides ``MandateRefused`` is an unknown outcome.
    """

    _name = "recurring.mandate.scheme"
    _description = "Mandate Scheme"
    _order = "name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Selection([("by_hand", "By hand, at the bank's own page")], "Bank", required=True, default="by_hand")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    journal_id = fields.Many2one(
        "account.journal", "Bank Account", required=True, check_company=True, domain="[('type', '=', 'bank')]", help="Debits arrive here."
    )
    lead_min = fields.Integer("Announced at Least", default=2, help="Days before the debit.")
    lead_max = fields.Integer("Announced at Most", default=10, help="Days before the debit.")
    tries = fields.Integer("More Tries", default=3, help="How often a failed debit is tried again. 0: never.")
    within = fields.Integer(default=7, help="Days after the first debit in which it may be tried again.")
    same_amount = fields.Boolean(
        "Same amount only", default=True, help="Another try is for the amount of the first: not where the customer paid a part meanwhile."
    )

    _days_valid = models.Constraint(
        "CHECK(lead_min >= 0 AND lead_max >= lead_min AND tries >= 0 AND within >= 0)",
        "A debit is announced at most as many days before as at least, and none of the numbers is negative.",
    )

    @api.constrains("code", "active")
    def _check_code(self):
        for scheme in self.filtered("active"):
            if not scheme.code:
                raise ValidationError(self.env._("Choose the bank of %s.", scheme.name))

    def _rules(self):
        self.ensure_one()
        return mandates.Scheme(self.lead_min, self.lead_max, self.tries, self.within, self.same_amount)

    # Hooks: override for your code, and call super() for others

    def _mandate_request(self, mandate):
        """Ask the customer's bank for the authorisation. Gives the state the mandate has now (``requested`` or ``active``)."""
        return mandates.REQUESTED if self.code == "by_hand" else self._not_there()

    def _mandate_cancel(self, mandate):
        """Tell the bank that the mandate ends."""
        return None if self.code == "by_hand" else self._not_there()

    def _debit_announce(self, debit):
        """Announce a debit for its day, by its reference; the same reference must be the same debit. Gives an outcome of ``rules.retry``
        (``pending``: accepted, its end comes later by ``debit._recurring_learn()``).
        """
        return self._not_there()

    def _debit_cancel(self, debit):
        """Take an announced debit back. Gives whether it was still possible."""
        return self._not_there()

    def _debit_query(self, debit):
        """Ask what became of a debit. Gives an outcome of ``rules.retry``, or None where the bank never heard of it."""
        return self._not_there()

    def _debit_can_repeat(self):
        """Whether announcing the same reference again is the same debit."""
        return False

    def _debits_by_itself(self):
        """Whether debits are announced by us at all."""
        return self.code != "by_hand"

    def _not_there(self):
        raise UserError(
            self.env._("%(scheme)s cannot do that. Install the module of its bank, or record it by hand.", scheme=self.display_name)
        )
