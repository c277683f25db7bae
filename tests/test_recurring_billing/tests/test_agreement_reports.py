"""An agreement leaves the tax report and the revenue of every day as they were, also where the tax is due when it is paid."""

from odoo import Command, fields
from odoo.exceptions import UserError

from .arranging import ArrangingCase


class TaxCase(ArrangingCase):
    """Harbor Gym has a tax that is due when it is paid."""

    def setUp(self):
        super().setUp()
        caba = self.env["account.journal"].create({"name": "Cash Basis", "code": "CABAT", "type": "general", "company_id": self.company.id})
        waiting = self.make_account("251900", "liability_current", reconcile=True)
        self.company.write({"tax_exigibility": True, "tax_cash_basis_journal_id": caba.id})
        self.due = self.make_account("251901", "liability_current")
        tags = {
            kind: self.env["account.account.tag"].create({"name": f"Agreed {kind}", "applicability": "taxes"}) for kind in ("base", "tax")
        }
        self.on_payment = self.make_tax(
            10,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=waiting.id,
            invoice_repartition_line_ids=[
                Command.create({"repartition_type": "base", "tag_ids": [Command.set(tags["base"].ids)]}),
                Command.create({"repartition_type": "tax", "account_id": self.due.id, "tag_ids": [Command.set(tags["tax"].ids)]}),
            ],
        )

    def taxed(self, day, amount, tax, partner=None):
        line = {"name": "Training", "price_unit": amount, "account_id": self.income.id, "tax_ids": [Command.set(tax.ids)]}
        return self.invoice(day, amount, partner, invoice_line_ids=[Command.create(line)])

    def tax_due(self, partner):
        """The tax of a customer's invoices that has become due."""
        lines = self.env["account.move.line"].search([("account_id", "=", self.due.id), ("partner_id", "=", partner.id)])
        return round(-sum(lines.mapped("balance")), 2)


class TestAgreementReports(TaxCase):
    def reports(self, partner):
        """What tax report and profit and loss are made of: per day, account, tax and tags, what is posted (cash-basis waiting apart)."""
        lines = self.env["account.move.line"].search(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted"), ("partner_id", "=", partner.id)]
        )
        found = {}
        for line in lines.filtered(lambda line: line.account_id.account_type not in ("asset_receivable", "asset_cash", "asset_current")):
            key = (
                str(line.date),
                line.account_id.code,
                line.tax_line_id.id,
                tuple(sorted(line.tax_ids.ids)),
                tuple(sorted(line.tax_tag_ids.ids)),
            )
            found[key] = round(found.get(key, 0.0) + line.balance, 2)
        return {key: amount for key, amount in found.items() if amount}

    def same_story(self, tax):
        """Ana and Boris owe the same and pay the same on the same days; Ana by an agreement. Their reports after each day."""
        boris = self.make_partner("Boris")
        bills = {partner: self.taxed("2026-05-04", 1000.0, tax, partner) for partner in (self.ana, boris)}
        stories = {partner: [self.reports(partner)] for partner in bills}
        agreement = self.agree("2026-07-01", self.case_of(), count=3, first_date="2026-07-10")
        for partner in bills:
            stories[partner].append(self.reports(partner))
        self.assertFalse(bills[self.ana].tax_cash_basis_created_move_ids, "nothing was paid")
        for day, amount in (("2026-07-10", 366.67), ("2026-08-10", 366.67), ("2026-09-10", 366.66)):
            for partner, move in bills.items():
                self.pay(day, move, amount)
                stories[partner].append(self.reports(partner))
        self.assertEqual(agreement.state, "kept")
        return stories[self.ana], stories[boris], bills[self.ana]

    def test_with_a_tax_that_is_due_when_it_is_paid(self):
        mine, plain, bill = self.same_story(self.on_payment)
        self.assertEqual(mine, plain)
        self.assertEqual(len(bill.tax_cash_basis_created_move_ids), 3)
        self.assertEqual(self.tax_due(self.ana), 100.0, "all of the tax, when all is paid")

    def test_with_an_ordinary_tax(self):
        mine, plain, _bill = self.same_story(self.make_tax(10, name="Ordinary 10 %"))
        self.assertEqual(mine, plain)

    def test_partly_paid_with_such_a_tax_keeps_what_was_recognised(self):
        bill = self.taxed("2026-05-04", 1000.0, self.on_payment)
        self.pay("2026-06-01", bill, 100.0)
        before = self.reports(self.ana)
        entries = bill.tax_cash_basis_created_move_ids
        agreement = self.agree("2026-07-01", self.case_of(), count=2, first_date="2026-07-10")
        self.assertEqual((self.reports(self.ana), bill.tax_cash_basis_created_move_ids), (before, entries))
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual((self.reports(self.ana), bill.tax_cash_basis_created_move_ids), (before, entries))

    def test_in_a_closed_period_such_an_invoice_is_not_moved_by_an_entry(self):
        self.taxed("2026-03-02", 1000.0, self.on_payment)
        self.company.fiscalyear_lock_date = "2026-05-31"
        with self.assertRaisesRegex(UserError, "closed accounting period. Its tax is due when it is paid"):
            self.agree("2026-07-01", self.case_of(), count=2, first_date="2026-07-10")

    def test_an_entry_leaves_revenue_and_tax_alone_too(self):
        self.taxed("2026-03-02", 1000.0, self.make_tax(10, name="Ordinary 10 %"))
        before = self.reports(self.ana)
        self.company.fiscalyear_lock_date = "2026-05-31"
        agreement = self.agree("2026-07-01", self.case_of(), count=2, first_date="2026-07-10")
        self.assertTrue(agreement.entry_id)
        self.assertEqual(self.reports(self.ana), before)
        self.press("2026-07-02", agreement, "action_undo", user=self.carla)
        self.assertEqual(self.reports(self.ana), before)


class TestWriteOffReports(TaxCase):
    """1 100.00, of which 100.00 are tax: what is written off makes none of it due, whatever is paid of the rest."""

    def setUp(self):
        super().setUp()
        self.company.recurring_write_off_account_id = self.loss

    def written_off(self, *lines):
        case = self.case_of()
        with self.committing("2026-07-01", self.bert) as env:
            booking, items = env["recurring.write.off.booking"], env["account.move.line"].browse([line.id for line in lines])
            day = fields.Date.to_date("2026-07-01")
            write_off = booking.book(case.with_env(env), items, self.loss.with_env(env), day, "Company closed")
        self.env.invalidate_all()
        return self.env["recurring.write.off"].browse(write_off.id)

    def recover(self, write_off, day, amount):
        with self.committing(day, self.bert) as env:
            wizard = env["recurring.write.off.recover"].with_context(default_write_off_id=write_off.id)
            wizard.create({"amount": amount, "date": day, "journal_id": self.bank.id}).action_save()
        self.env.invalidate_all()

    def test_what_is_paid_beside_a_write_off_makes_its_own_tax_due_alone(self):
        bill = self.taxed("2026-05-04", 1000.0, self.on_payment)
        agreement = self.agree("2026-06-01", self.case_of(), count=2, first_date="2026-07-10")
        self.press("2026-06-20", agreement, "action_break", user=self.carla)
        self.written_off(bill.line_ids.filtered(lambda line: line.display_type == "payment_term").sorted("id")[0])
        self.pay("2026-08-01", bill, 550.0)
        self.assertEqual((bill.amount_residual, self.tax_due(self.ana)), (0.0, 50.0))

    def test_what_is_recovered_makes_its_tax_due_and_all_of_it_all(self):
        bill = self.taxed("2026-05-04", 1000.0, self.on_payment)
        write_off = self.written_off(*bill.line_ids.filtered(lambda line: line.display_type == "payment_term"))
        self.assertEqual(self.tax_due(self.ana), 0.0)
        self.recover(write_off, "2026-08-01", 440.0)
        self.assertEqual((bill.amount_residual, self.tax_due(self.ana)), (0.0, 40.0))
        self.recover(write_off, "2026-09-01", 660.0)
        self.assertEqual((write_off.state, self.tax_due(self.ana)), ("recovered", 100.0))
