from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.recurring_billing.rules import retry
from odoo.addons.recurring_billing.services.mandate_agreement import MandateRefused


class Bank:
    """What a bank without walls remembers: every request, and what it is to say next."""

    def __init__(self):
        self.asked, self.debits, self.says = [], {}, []

    def hear(self, what, reference):
        """A request arrives; the next word of its script says what becomes of it."""
        self.asked.append((what, reference))
        word = self.says.pop(0) if self.says else "ok"
        if word == "no":
            raise MandateRefused("The account is closed")
        if word == "lost":
            raise ConnectionError("nothing arrived")
        return word


BANK = Bank()


class RecurringMandateScheme(models.Model):
    """A simulated bank: it takes announcements like Pix Automático, and keeps its own ledger of debits by reference."""

    _inherit = "recurring.mandate.scheme"

    code = fields.Selection(selection_add=[("simulated", "Simulated Bank")], ondelete={"simulated": "set default"})

    def _mandate_request(self, mandate):
        if self.code != "simulated":
            return super()._mandate_request(mandate)
        BANK.hear("request", mandate.name)
        return "requested"

    def _mandate_cancel(self, mandate):
        if self.code != "simulated":
            return super()._mandate_cancel(mandate)
        BANK.hear("cancel", mandate.name)
        return None

    def _debit_announce(self, debit):
        if self.code != "simulated":
            return super()._debit_announce(debit)
        days = (debit.day - debit.company_id._recurring_today()).days
        if not debit.number > 1 and not 2 <= days <= 10:
            raise UserError(self.env._("The bank takes announcements 2 to 10 days ahead, not %s", days))
        word = BANK.hear("announce", debit.reference)
        BANK.debits.setdefault(debit.reference, (str(debit.day), debit.amount))
        if word == "kept/lost":
            raise ConnectionError("the answer was lost")
        return retry.PENDING

    def _debit_cancel(self, debit):
        if self.code != "simulated":
            return super()._debit_cancel(debit)
        return BANK.hear("take back", debit.reference) != "late"

    def _debit_query(self, debit):
        if self.code != "simulated":
            return super()._debit_query(debit)
        BANK.hear("query", debit.reference)
        return retry.PENDING if debit.reference in BANK.debits else None

    def _debit_can_repeat(self):
        return super()._debit_can_repeat() or (self.code == "simulated" and not self.env.context.get("bank_never_twice"))
