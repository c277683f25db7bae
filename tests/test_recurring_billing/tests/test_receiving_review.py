"""Money that came, where it is easily counted wrongly: fees that are charged later beside discounts, bank files and what stops them."""

from unittest.mock import patch

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.services import bank_reading_ofx

from . import bank_samples
from .test_bank_files import BankFileCommon


@tagged("post_install", "-at_install")
class TestFeesChargedLater(BankFileCommon):
    def test_who_pays_what_was_asked_owes_nothing(self):
        """1 000.00 due Tuesday 10 March, its fees go on the next invoice; 100.00 due 10 April cost 95.00 until 5 April.

        On 25 March both cost 1 095.00. Who pays that has paid both: the fees of 25.00 wait for the next invoice.
        """
        self.company.recurring_fee_policy_id = self.policy
        self.policy.write({"booking": "next_invoice", "tier_ids": [(0, 0, {"days": 5, "percent": 5})]})
        late = self.owe(self.ana, "2026-03-10", 1000.0)
        term = self.installments(31)
        subscription = self.subscribe("2026-03-10", 100.0, partner=self.ana, payment_term_id=term.id)
        self.bill("2026-03-10", subscription)
        early = self.invoices(subscription)
        self.assertEqual(str(early.invoice_date_due), "2026-04-10")
        dues = self.env["recurring.amount.due"].of(late | early, self.day("2026-03-25"))
        self.assertEqual([dues[move].total for move in (late, early)], [1000.0, 95.0])
        self.receive(late | early, 1095.0, "2026-03-25")
        self.env.cr.flush()
        self.assertEqual((late.amount_residual, early.amount_residual), (0.0, 0.0))
        self.assertEqual([(fee.way, fee.total) for fee in self.fees_of(late)], [("next_invoice", 25.0)])

    def test_a_document_that_needs_a_setting_stops_no_other(self):
        """Odoo asks for a setting when it posts Ana's document of fees: Beatriz's is made all the same."""
        self.company.recurring_fee_policy_id = self.policy
        self.policy.booking = "document"
        anas, beatrizs = self.owe(self.ana, "2026-03-10", 1000.0), self.owe(self.bia, "2026-03-10", 1000.0)
        for move in (anas, beatrizs):
            self.register(move, 1000.0, "2026-03-25")
        self.env.cr.flush()
        charging, asked = type(self.env["recurring.late.fee.charging"]), []
        real = charging._charge_document

        def charge(service, fee):
            if fee.partner_id == self.ana:
                asked.append(fee)
                raise RedirectWarning(service.env._("Choose the country of the company first."), 1, service.env._("Settings"))
            return real(service, fee)

        with patch.object(charging, "_charge_document", charge), self.in_test_mode():
            self.assertIs(self.env.ref("recurring_billing.cron_late_fees").method_direct_trigger(), True)
        self.env.invalidate_all()
        self.assertEqual((len(asked), self.fees_of(anas).state, self.fees_of(beatrizs).state), (1, "open", "booked"))

    def day(self, text):
        return self.at(text)["res.company"].browse(self.company.id)._recurring_today()


@tagged("post_install", "-at_install")
class TestBankFileReview(BankFileCommon):
    def two_certain(self):
        """Ana pays 100.00 and 60.00 together, which are on different receivable accounts; Beatriz pays 80.00."""
        first = self.owe(self.ana, "2024-03-01")
        self.ana.property_account_receivable_id = self.env["account.account"].create(
            {"name": "Others", "code": "110999", "account_type": "asset_receivable", "reconcile": True, "company_ids": self.company.ids}
        )
        late = first | self.owe(self.ana, "2024-03-02", 60.0)
        self.assertEqual(len(late.line_ids.filtered(lambda line: line.display_type == "payment_term").account_id), 2)
        other = self.owe(self.bia, "2024-03-01", 80.0)
        file = self.file(
            bank_samples.ofx([("20240305", "160.00", "A1", "PIX 52998224725"), ("20240305", "80.00", "A2", "PIX 11144477735")])
        )
        self.assertEqual(file.certain_count, 2)
        return file, late, other

    def test_one_movement_that_cannot_be_booked_stops_no_other(self):
        file, late, other = self.two_certain()
        file.action_book_certain()
        self.assertEqual((late.mapped("amount_residual"), other.amount_residual), ([100.0, 60.0], 0.0))
        row = file.row_ids.sorted("id")[0]
        self.assertEqual((row.state, row.match), ("open", "doubtful"))
        self.assertIn("receivable accounts", row.why)

    def test_in_the_background_too(self):
        file, late, other = self.two_certain()
        file.row_ids.sudo().write({"state": "queued", "decided_by": self.clerk.id})
        with self.in_test_mode():
            self.assertIs(self.env.ref("recurring_billing.cron_bank_booking").method_direct_trigger(), True)
        self.env.invalidate_all()
        self.assertEqual((late.mapped("amount_residual"), other.amount_residual), ([100.0, 60.0], 0.0))
        self.assertEqual(sorted(file.row_ids.mapped("state")), ["booked", "open"])

    def test_dollars_of_the_bank_settle_no_invoice_in_euros(self):
        """By RPC: the list offers invoices of the account's currency only."""
        foreign = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.ana.id,
                "currency_id": self.currency_eur.id,
                "invoice_date": "2024-03-01",
                "invoice_line_ids": [(0, 0, {"name": "Gym", "quantity": 1, "price_unit": 100.0, "tax_ids": []})],
            }
        )
        foreign.action_post()
        self.assertEqual((foreign.currency_id, foreign.amount_residual), (self.currency_eur, 100.0))
        row = self.file(bank_samples.ofx([("20240305", "100.00", "A1", "DEPOSITO")])).row_ids
        row.write({"move_ids": [(6, 0, foreign.ids)], "partner_id": self.ana.id})
        with self.assertRaisesRegex(UserError, "USD"):
            row.action_book()
        self.assertEqual(foreign.amount_residual, 100.0)

    def test_a_file_of_another_account_is_refused(self):
        """The file says 1234567890; the journal's account is another one. Nothing of it is read."""
        for number, content, is_same in (
            ("98765-4", bank_samples.ofx([("20240305", "5.00", "A1", "DEPOSITO")]), False),
            ("0341 1234567890", bank_samples.ofx([("20240306", "5.00", "A2", "DEPOSITO")]), True),
            ("123456789-0", bank_samples.ofx([("20240307", "5.00", "A3", "DEPOSITO")]), True),
            ("DE02 1203 0000 0000 2020 51", bank_samples.camt([("2024-03-05", "5.00", "C1", "X", "DEPOSITO")]), False),
            ("DE89 3704 0044 0532 0130 00", bank_samples.camt([("2024-03-06", "5.00", "C2", "X", "DEPOSITO")]), True),
            ("0532013000", bank_samples.camt([("2024-03-07", "5.00", "C3", "X", "DEPOSITO")]), True),
        ):
            with self.subTest(number):
                bank = self.env["res.partner.bank"].create({"acc_number": number, "partner_id": self.company.partner_id.id})
                self.bank.bank_account_id = bank
                file = self.file(content, read=False)
                if is_same:
                    file.action_read()
                    self.assertEqual(len(file.row_ids), 1)
                else:
                    with self.assertRaisesRegex(UserError, "another account"):
                        file.action_read()
                    self.assertFalse(file.row_ids)

    def test_a_server_without_the_ofx_reader_says_so(self):
        """Odoo's own requirements bring ``ofxparse``; where it is missing, the other formats are read."""
        with patch.object(bank_reading_ofx, "OfxParser", None):
            with self.assertRaisesRegex(UserError, "ofxparse.*camt.053"):
                self.file(bank_samples.ofx([("20240305", "5.00", "A1", "DEPOSITO")]))
            file = self.file(bank_samples.camt([("2024-03-05", "5.00", "C1", "X", "DEPOSITO")]))
        self.assertEqual(len(file.row_ids), 1)

    def test_a_csv_file_that_is_no_table_is_refused_in_words(self):
        for content in (b";;;\n;;;", b"Data;Valor\n01/03/2024 PIX\rANA;10,00"):
            with self.subTest(content[:20]), self.assertRaisesRegex(UserError, "at your bank"):
                self.file(content, name="extrato.csv")
