from odoo import fields, models
from odoo.tools import format_date

from .. import const
from ..const import SETTLED
from ..rules import mandates


class AccountMove(models.Model):
    """Invoices of subscriptions with a mandate are collected by it, never by card as well."""

    _inherit = "account.move"

    recurring_debit_ids = fields.One2many("recurring.mandate.debit", "move_id", "Debits", readonly=True)

    def _recurring_mandate(self):
        """The mandate that pays this invoice: the one its subscriptions share, of the customer who is to pay it."""
        self.ensure_one()
        found = self.line_ids.recurring_subscription_id.mandate_id
        # A bank debits its own currency.
        mine = found.filtered(
            lambda mandate: (
                mandate.partner_id.commercial_partner_id == self.commercial_partner_id and mandate.currency_id == self.currency_id
            )
        )
        return mine if len(mine) == 1 and mine == found else mine.browse()

    def _recurring_is_debited(self):
        """Whether the bank may still debit it, whatever became of the mandate meanwhile."""
        self.ensure_one()
        return any(debit.state in const.DEBITS_UNDER_WAY for debit in self.recurring_debit_ids)

    def _recurring_collect_by(self):
        mandate = self._recurring_mandate()
        if mandate.state in const.MANDATES_IN_FORCE:
            return "mandate"
        return super()._recurring_collect_by()

    def _recurring_collect_other(self, way):
        if way != "mandate":
            return super()._recurring_collect_other(way)
        if self.state == "draft":
            # A mandate debits what is owed: the invoice is posted, and paid on the day of the debit.
            self._post(soft=False)
        # sudo: who brings an invoice need not be allowed to start scheduled actions
        self.env.ref("recurring_billing.cron_mandate").sudo()._trigger()
        return None

    def _recurring_charge_in_words(self):
        if self._recurring_collect_by() != "mandate" or self.payment_state in SETTLED or self.recurring_is_disputed:
            return super()._recurring_charge_in_words()
        mandate, debit = self._recurring_mandate(), self.recurring_debit_ids.sorted("id")[-1:]
        if debit.state == const.DEBIT_ANNOUNCED:
            return self.env._("It is debited under %(mandate)s on %(day)s.", mandate=mandate.name, day=format_date(self.env, debit.day))
        if debit.state in const.DEBITS_UNDER_WAY:
            return self.env._("To clarify: the bank did not answer about its debit. Look under Payments, Debits.")
        if mandate.state != mandates.ACTIVE:
            return self.env._("It waits for the mandate %s, which is not active.", mandate.name)
        if debit.state == const.DEBIT_FAILED:
            return self.env._("Its debit failed. %s", debit.words or "")
        return self.env._("It will be debited under %s, once it is announced to the bank.", mandate.name)

    def _recurring_open_items(self):
        return self.line_ids.filtered(lambda line: line.display_type == "payment_term" and not line.reconciled)

    def _recurring_say_once(self, words):
        """A line in the chatter, unless its last one says the same."""
        last = self.message_ids[:1]
        if words not in str(last.body or ""):
            self._message_log(body=words)

    def _recurring_on_settled(self):
        """What was paid in another way is not debited as well."""
        res = super()._recurring_on_settled()
        self.env["recurring.mandate.collection"].take_back(self.recurring_debit_ids)
        return res
