"""What tests of late fees stand on: a policy, an invoice that is due on a day, and money that comes."""

from odoo import Command, fields

from .common import RecurringCommon


class FeeCase(RecurringCommon):
    """Fine 2 %, interest 1 % a month; a subscription of 1 000.00 billed and due on 10 March 2026, a Tuesday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fine_account = cls.make_account("400901", "income_other")
        cls.interest_account = cls.make_account("400902", "income_other")
        cls.discount_account = cls.make_account("600903", "expense")
        cls.policy = cls.make_policy()
        cls.bank = cls.env["account.journal"].search([("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1)
        cls.cash = cls.env["account.journal"].search([("company_id", "=", cls.company.id), ("type", "=", "cash")], limit=1)

    @classmethod
    def make_policy(cls, **values):
        """The policy of the company."""
        policy = cls.env["recurring.fee.policy"].create(
            {
                "name": "2 % and 1 % a month",
                "fine_percent": 2.0,
                "interest_percent": 1.0,
                "fine_account_id": cls.fine_account.id,
                "interest_account_id": cls.interest_account.id,
                "discount_account_id": cls.discount_account.id,
                **values,
            }
        )
        cls.company.recurring_fee_policy_id = policy
        return policy

    def owe(self, day="2026-03-10", price=1000.0, **values):
        """A subscription's invoice of a day, due on it."""
        subscription = self.subscribe(day, price, **values)
        self.bill(day, subscription)
        return self.invoices(subscription)

    def receive(self, moves, amount, day, journal=None, **values):
        """Money received by a service."""
        receipt = self.env["recurring.receipt"].with_env(self.at(day))
        return receipt.receive(moves, amount, journal or self.bank, fields.Date.to_date(day), **values)

    def due(self, move, day):
        """What is to be paid on a day: what is open, fine, interest, discount, total."""
        return tuple(self.env["recurring.amount.due"].of(move, fields.Date.to_date(day))[move])

    def entries(self, payment):
        """The journal items of a payment beside the money itself: account and balance, by account."""
        lines = payment.move_id.line_ids.filtered(lambda line: line.balance < 0 or line.account_id == self.discount_account)
        return sorted((line.account_id.code, line.balance) for line in lines)

    def register(self, moves, amount, day, journal=None):
        """Money registered with Odoo's own wizard, which knows nothing of fees."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"amount": amount, "payment_date": day, "journal_id": (journal or self.bank).id, "payment_difference_handling": "open"})
        )
        return wizard._create_payments()

    def installments(self, *days):
        """A payment term of equal parts, days after the invoice."""
        lines = [Command.create({"value": "percent", "value_amount": 100 / len(days), "nb_days": day}) for day in days]
        return self.env["account.payment.term"].create({"name": "Parts", "line_ids": lines})

    def fees_of(self, move):
        """The records of its fees, oldest first."""
        return self.env["recurring.late.fee"].search([("move_id", "=", move.id)], order="id")
