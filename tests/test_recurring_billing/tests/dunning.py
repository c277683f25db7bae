"""Debts, days and what was done about them: what the tests of collections stand on."""

from odoo import Command, fields

from .common import RecurringCommon


class DunningCommon(RecurringCommon):
    """Harbor Gym collects as the standard policy says since 1 January 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env.ref("recurring_billing.dunning_policy_standard")
        cls.company.write({"recurring_dunning": True, "recurring_dunning_from": "2026-01-01", "recurring_dunning_policy_id": cls.policy.id})
        cls.item = cls.make_product(1.0, "Service")

    @classmethod
    def owe(cls, amount, due, *, partner=None, day=None, currency=None, company=None, instalments=None, **values):
        """A posted invoice, in one sum due on a day."""
        company = company or cls.company
        invoice = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (partner or cls.make_partner()).id,
                    "invoice_date": day or "2025-12-01",
                    "invoice_payment_term_id": instalments.id if instalments else False,
                    "invoice_date_due": False if instalments else due,
                    "currency_id": (currency or company.currency_id).id,
                    "invoice_line_ids": [Command.create({"product_id": cls.item.id, "price_unit": amount, "tax_ids": [Command.clear()]})],
                    **values,
                }
            )
        )
        invoice.action_post()
        return invoice

    def pay(self, invoice, day, amount=None, **values):
        """A payment of an invoice, as people register it."""
        wizard = (
            self.at(day)["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": day, **({"amount": amount} if amount else {}), **values})
        )
        return wizard._create_payments()

    def dun(self, *days):
        """The scheduled action on each of these days."""
        self.trigger("cron_dunning", *days)

    def each_day(self, first, last):
        """All days from one to another."""
        day, last = fields.Date.to_date(first), fields.Date.to_date(last)
        while day <= last:
            yield str(day)
            day = fields.Date.add(day, days=1)

    def receivable(self, invoice):
        return invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def actions(self, invoice, *states):
        """What was done about an invoice: (day, offset of the step), in order."""
        found = self.env["recurring.dunning.action"].search(
            [("line_id", "in", self.receivable(invoice).ids), ("state", "in", states or ("done",))], order="day, id"
        )
        return [(str(action.day), action.step_id.offset_days) for action in found]

    def messages(self, partner):
        """Contacts of a customer: (day, channel, offset of the step), in order."""
        found = self.env["recurring.dunning.message"].search(
            [("partner_id.commercial_partner_id", "=", partner.id), ("kind", "=", "dunning")], order="day, id"
        )
        return [(str(message.day), message.channel, message.step_id.offset_days) for message in found]

    def case(self, partner, state="open"):
        return self.env["recurring.dunning.case"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id), ("state", "=", state)], order="id desc", limit=1
        )
