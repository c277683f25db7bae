"""What tests of the collections inbox stand on: debts, their cases, and the people who work them."""

from odoo import fields

from .fees import FeeCase


class InboxCase(FeeCase):
    """Nina phones; Otto too; the clock is moved with a company's today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nina = cls.make_user("nina", "recurring_billing.group_collections", name="Nina Caller")
        cls.otto = cls.make_user("otto", "recurring_billing.group_collections", name="Otto Caller")

    def debtor(self, name, amount=100.0, due="2026-03-10", **values):
        """A customer who owes an amount since a day, as a plain invoice, and the case of it."""
        partner = self.make_partner(name, phone="+1 206 555 0100", email=f"{name.split()[0].lower()}@example.com")
        self.invoice(partner, amount, due)
        return self.case(partner, amount_due=amount, oldest_due=due, **values)

    def invoice(self, partner, amount, due):
        """A posted invoice that no subscription made."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": due,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "Advice", "quantity": 1, "price_unit": amount, "account_id": self.income.id, "tax_ids": [(5,)]}
                    )
                ],
            }
        )
        move.action_post()
        return move

    def case(self, partner, **values):
        """An open case with figures as the refresh would leave them."""
        given = {"company_id": self.company.id, "partner_id": partner.id, "stage": "overdue", "amount_due": 100.0, "days_late": 5}
        return self.env["recurring.dunning.case"].create({**given, **values})

    def working(self, day, user=None):
        """The environment of somebody who phones on a day."""
        return self.at(day)(user=(user or self.nina).id)

    def next_of(self, action):
        """The case an action leads to, empty when nobody waits."""
        cases = self.env["recurring.dunning.case"]
        return cases.browse(action["params"]["res_id"]) if action["tag"] == "recurring_billing_open_case" else cases
