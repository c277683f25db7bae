from odoo import api, models
from odoo.tools import format_amount

from ..rules import bank_matching as bank


class RecurringBankWords(models.AbstractModel):
    """Why a bank movement is said to pay what it pays, in sentences for people. Writes nothing."""

    _name = "recurring.bank.words"
    _description = "Reasons of Bank Movements in Words"

    @api.private
    @api.model
    def of(self, row):
        """The reasons of a movement.

        :return: list of sentences
        """
        return [words for code, value in row.reasons or () if (words := self._sentence(row, code, value))]

    def _sentence(self, row, code, value):
        plain = self._plain()
        if code in plain:
            return plain[code]
        if code in (bank.AMOUNT_MORE, bank.AMOUNT_LESS):
            amount = format_amount(self.env, float(value), row.currency_id)
            if code == bank.AMOUNT_MORE:
                return self.env._("It is %s more than what is due that day.", amount)
            return self.env._("It is %s less than what is due that day.", amount)
        if code == bank.REGISTERED:
            # sudo: only its name, for who works on bank files
            name = self.env["account.payment"].sudo().browse(value).exists().name
            return self.env._("%s is registered already with this amount: it may be the same money.", name or self.env._("A payment"))
        return self._with_value(value).get(code, "")

    def _with_value(self, value):
        return {
            bank.REFERENCE: self.env._("It names %s.", value),
            bank.SETTLED_REFERENCE: self.env._("It names %s, which is paid already: perhaps paid twice.", value),
            bank.AMOUNT_SHARED: self.env._("%s open invoices have this amount, and nothing else says whose it is.", value),
            bank.OLDEST: self.env._("The oldest of %s such invoices.", value),
            bank.SEVERAL: self.env._("For the %s oldest invoices together.", value),
            bank.OTHER_FILE: self.env._("The file %s has a movement of this day and amount: it may be the same money.", value),
            "slip": self.env._("It names the booklet slip %s, whose invoice is still to come: it settles it then.", value),
            "agreement": self.env._("It names the agreement %s.", value),
            "instalment": self.env._("It is what is due of the agreement %s.", value),
            "refused": self.env._("It could not be booked: %s", value),
            "received": self.env._("Received already as %s: counted once.", value),
            "decided_registered": self.env._("Somebody said that it is %s: counted once.", value),
        }

    def _plain(self):
        return {
            bank.REFERENCES_DIFFER: self.env._("It names invoices of several customers."),
            bank.DOCUMENT: self.env._("It carries the customer's tax number."),
            bank.MASKED_DOCUMENT: self.env._("It carries a part of the customer's tax number."),
            bank.OTHER_DOCUMENT: self.env._("Somebody else paid."),
            bank.NAME: self.env._("The name is that of the customer."),
            bank.AMOUNT: self.env._("The amount is right to the cent."),
            bank.AMOUNT_WITHOUT_FEES: self.env._("The amount is right without the fees or the discount of that day."),
            bank.ONLY_AMOUNT: self.env._("Only the amount agrees."),
            bank.NOTHING_OPEN: self.env._("The customer has nothing else to pay."),
            bank.UNKNOWN: self.env._("Nothing says whose it is."),
            "slip_differs": self.env._("The slip is paid already, or its amount is another."),
            "instalment_differs": self.env._("No instalments that are open are this amount."),
            bank.PIX_UNREAD: self.env._("The Pix of that day were not all read from the bank yet: it may be one that is booked by itself."),
            "changed": self.env._("The invoices changed since: look again."),
            "money_out": self.env._("Money that went out."),
            "balance": self.env._("A balance, not a movement."),
            "decided": self.env._("Somebody chose the invoices."),
            "decided_account": self.env._("Somebody kept it on account."),
            "decided_ignored": self.env._("Somebody left it out."),
        }
