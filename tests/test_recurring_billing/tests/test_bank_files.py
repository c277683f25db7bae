from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.services.agreement_signing import Terms

from . import bank_samples
from .fees import FeeCase


@tagged("post_install", "-at_install")
class BankFileCommon(FeeCase):
    """Harbor Gym's bank account, and two customers who each owe one or more invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_fee_policy_id = False
        cls.bank = cls.env["account.journal"].create({"name": "Harbor Bank", "type": "bank", "code": "HBK", "company_id": cls.company.id})
        cls.ana = cls.make_partner("Ana Conceição Souza", vat="529.982.247-25")
        cls.bia = cls.make_partner("Beatriz Nogueira", vat="111.444.777-35")
        cls.clerk = cls.make_user("clerk", "recurring_billing.group_collections")

    def owe(self, partner, day, price=100.0):
        """An invoice of a new subscription, due on its day."""
        subscription = self.subscribe(day, price, partner=partner)
        self.bill(day, subscription)
        return self.invoices(subscription)

    def file(self, content, day="2024-04-02", user=None, name="extrato.ofx", read=True):
        env = self.at(day)(user=(user or self.clerk).id)
        file = env["recurring.bank.file"].create({"name": name, "content": bank_samples.encoded(content), "journal_id": self.bank.id})
        if read:
            file.action_read()
        return file

    def told(self, file):
        return [(row.amount, row.state, row.match, row.move_ids.mapped("name")) for row in file.row_ids.sorted("id")]


class TestBankFile(BankFileCommon):
    def test_ofx_settles_who_is_certain_and_asks_about_the_rest(self):
        """Ana pays March with her CPF, Beatriz too little; somebody unknown pays, and a fee goes out."""
        march = self.owe(self.ana, "2024-03-01")
        owed = self.owe(self.bia, "2024-03-01", 80.0)
        file = self.file(
            bank_samples.ofx(
                [
                    ("20240305", "100.00", "A1", "PIX RECEBIDO 52998224725 ANA CONCEIÇÃO"),
                    ("20240306", "70.00", "A2", "TED 111.444.777-35"),
                    ("20240307", "33.33", "A3", "DEPOSITO EM DINHEIRO"),
                    ("20240307", "-12.50", "A4", "TARIFA PACOTE"),
                ]
            )
        )
        self.assertEqual(
            self.told(file),
            [
                (100.0, "open", "certain", [march.name]),
                (70.0, "open", "doubtful", [owed.name]),
                (33.33, "open", "none", []),
                (-12.5, "ignored", False, []),
            ],
        )
        self.assertEqual((file.kind, file.certain_count, file.open_count, file.ignored_count), ("ofx", 1, 2, 1))
        self.assertIn("CONCEIÇÃO", file.row_ids.sorted("id")[0].name)
        # 23:30 in São Paulo is the same day, not the next.
        self.assertEqual(file.row_ids.sorted("id")[0].date, fields.Date.to_date("2024-03-05"))
        self.assertEqual(march.payment_state, "not_paid")  # nothing is booked before somebody says so
        file.action_book_certain()
        self.assertIn(march.payment_state, ("paid", "in_payment"))
        self.assertEqual(march.amount_residual, 0.0)
        self.assertEqual(owed.payment_state, "not_paid")
        payment = file.row_ids.payment_id
        self.assertEqual((payment.amount, str(payment.date), payment.journal_id), (100.0, "2024-03-05", self.bank))
        self.assertEqual(payment.state in ("in_process", "paid"), True)

    def test_the_same_file_and_an_overlapping_one_add_nothing(self):
        march, april = self.owe(self.ana, "2024-03-01"), self.owe(self.ana, "2024-04-01")
        rows = [
            ("20240305", "100.00", "A1", "PIX 52998224725"),
            ("20240306", "5.00", "A2", "DEPOSITO"),
            ("20240306", "5.00", "A2", "DEPOSITO"),
        ]
        first = self.file(bank_samples.ofx(rows))
        first.action_book_certain()
        again = self.file(bank_samples.ofx(rows))
        self.assertEqual((again.row_count, again.repeated_count), (0, 3))
        overlapping = self.file(bank_samples.ofx([*rows[1:], ("20240402", "100.00", "A3", "PIX 52998224725")]))
        self.assertEqual((overlapping.row_count, overlapping.repeated_count), (1, 2))
        self.assertEqual(self.told(overlapping), [(100.0, "open", "certain", april.mapped("name"))])
        self.assertEqual(march.amount_residual, 0.0)
        self.assertEqual(self.env["account.payment"].search_count([("journal_id", "=", self.bank.id)]), 1)

    def test_two_equal_movements_of_one_day_are_two(self):
        """Some banks give one number to many movements: two visits paid alike are two payments."""
        self.owe(self.ana, "2024-03-01")
        self.owe(self.ana, "2024-03-01")
        file = self.file(bank_samples.ofx([("20240305", "100.00", "000000", "PIX 52998224725")] * 2))
        file.action_book_certain()
        self.assertEqual(file.booked_count, 2)
        self.assertEqual(self.env["account.payment"].search_count([("journal_id", "=", self.bank.id)]), 2)

    def test_another_format_of_the_same_days_is_doubted(self):
        """The clerk reads the OFX file, then the CSV file of the same week: other words, the same money."""
        self.owe(self.ana, "2024-03-01")
        self.owe(self.ana, "2024-03-01")
        self.file(bank_samples.ofx([("20240305", "100.00", "A1", "PIX 52998224725")])).action_book_certain()
        file = self.file(bank_samples.csv([("05/03/2024", "Pix - 529.982.247-25", "100,00"), ("05/03/2024", "Pix", "3,00")]), name="e.csv")
        file.action_read()
        row = file.row_ids.filtered(lambda row: row.amount == 100.0)
        self.assertEqual((row.state, row.match), ("open", "doubtful"))
        self.assertIn("extrato.ofx", row.why)

    def test_money_registered_by_hand_is_not_counted_again(self):
        """Ana paid by Pix at the desk on 4 March; the bank's row of 5 March looks like another month."""
        march, april = self.owe(self.ana, "2024-03-01"), self.owe(self.ana, "2024-03-02")
        env = self.at("2024-03-04")
        payment = env["recurring.receipt"].receive(march.with_env(env), 100.0, self.bank, fields.Date.to_date("2024-03-04"))
        file = self.file(bank_samples.ofx([("20240305", "100.00", "A1", "PIX 52998224725")]))
        row = file.row_ids
        self.assertEqual((row.match, row.registered_payment_id), ("doubtful", payment))
        self.assertIn(payment.name, row.why)
        row.action_is_registered()
        self.assertEqual((row.state, row.payment_id), ("booked", payment))
        self.assertEqual(april.amount_residual, 100.0)

    def test_late_money_pays_the_fees_of_its_day(self):
        """1 000.00 due on Tuesday 12 March come on the 27th with 2 % and 1 % a month: 1 025.00 (RULES.md §4)."""
        self.company.recurring_fee_policy_id = self.policy
        invoice = self.owe(self.ana, "2024-03-12", 1000.0)
        file = self.file(
            bank_samples.ofx([("20240327", "1025,00", "A1", "PIX 52998224725"), ("20240327", "1000.00", "A2", "PIX 52998224725")])
        )
        first, second = file.row_ids.sorted("id")
        self.assertEqual((first.match, first.move_ids, second.move_ids.ids), ("certain", invoice, []))
        self.assertEqual((first.to_pay, first.difference), (1025.0, 0.0))
        file.action_book_certain()
        self.assertEqual(invoice.amount_residual, 0.0)
        fees = sum(first.payment_id.recurring_late_fee_ids.mapped("total"))
        self.assertEqual((first.payment_id.amount, fees), (1025.0, 25.0))

    def test_a_person_decides_on_the_invoices_of_a_doubtful_movement(self):
        one, two = self.owe(self.bia, "2024-03-01", 80.0), self.owe(self.bia, "2024-03-05", 20.0)
        file = self.file(bank_samples.ofx([("20240306", "85.00", "A1", "PIX DE ALGUEM")]))
        row = file.row_ids
        with self.assertRaisesRegex(UserError, "Choose the invoices"):
            row.action_book()
        row.write({"partner_id": self.bia.id, "move_ids": [Command.set((one | two).ids)]})
        self.assertEqual((row.to_pay, row.difference), (100.0, -15.0))
        row.action_book()
        self.assertEqual((one.amount_residual, two.amount_residual), (0.0, 15.0))
        with self.assertRaisesRegex(UserError, "booked or ignored already"):
            row.action_book()
        with self.assertRaisesRegex(UserError, "Cancel its payment first"):
            row.action_reopen()
        row.payment_id.sudo().action_draft()
        row.payment_id.sudo().action_cancel()
        row.action_reopen()
        self.assertEqual((row.state, one.amount_residual), ("open", 80.0))
        row.write({"partner_id": self.bia.id, "move_ids": [Command.set(one.ids)]})
        row.action_book()
        self.assertEqual(one.amount_residual, 0.0)

    def test_a_slip_is_paid_before_its_invoice(self):
        """Ana pays the slip of April in March: the money waits on account, and April's invoice is settled when it is issued."""
        subscription = self.subscribe("2024-03-01", 100.0, partner=self.ana)
        self.bill("2024-03-01", subscription)
        env = self.at("2024-03-02")
        slips = env["recurring.booklet"].issue(subscription.with_env(env), 2, {})
        april, may = slips.sorted("full_start")
        rows = [("20240320", "100.00", "A1", f"PIX {april.display_name}"), ("20240320", "99.00", "A2", f"PIX {may.reference}")]
        file = self.file(bank_samples.ofx(rows))
        first, second = file.row_ids.sorted("id")
        self.assertEqual((first.match, first.slip_id, first.partner_id), ("certain", april, self.ana))
        self.assertEqual((second.match, second.slip_id), ("doubtful", may))
        file.action_book_certain()
        self.assertEqual((april.state, first.payment_id.recurring_slip_id), ("paid", april))
        self.bill("2024-04-01", subscription)
        self.assertEqual(self.invoices(subscription)[-1].amount_residual, 0.0)

    def agree(self, lines, *instalments):
        """An agreement of Ana, signed on 2 April."""
        signing = self.env["recurring.agreement.signing"].with_env(self.at("2024-04-02"))
        case = signing.env["recurring.dunning.case"]._of(self.ana, self.company)
        terms = Terms(lines.with_env(signing.env), [(fields.Date.to_date(day), amount) for day, amount in instalments], 0.0)
        return signing.sign(next(iter(case.values())), terms).with_env(self.env)

    def test_instalments_of_an_agreement(self):
        """100.00 in three: the first payment names the agreement, the second comes with Ana's CPF and the amount of what is due; 30.00 do
        not.
        """
        march = self.owe(self.ana, "2024-03-01")
        item = march.line_ids.filtered(lambda line: line.display_type == "payment_term")
        agreement = self.agree(item, ("2024-04-10", 40.0), ("2024-05-10", 35.0), ("2024-06-10", 25.0))
        file = self.file(
            bank_samples.ofx(
                [
                    ("20240410", "40.00", "G1", f"TED REF {agreement.name}"),
                    ("20240411", "30.00", "G2", f"TED REF {agreement.name}"),
                ]
            ),
            day="2024-04-12",
        )
        first, other = file.row_ids.sorted("id")
        self.assertEqual((first.match, first.agreement_id, first.move_ids), ("certain", agreement, march))
        self.assertIn(agreement.name, first.why)
        self.assertEqual(other.match, "doubtful")
        self.press("2024-04-12", file, "action_book_certain", user=self.clerk)
        self.assertEqual((first.state, agreement.instalment_ids.mapped("is_paid")), ("booked", [True, False, False]))
        file = self.file(bank_samples.ofx([("20240510", "35.00", "G3", "PIX RECEBIDO 52998224725 ANA")]), day="2024-05-11", name="maio.ofx")
        self.assertEqual((file.row_ids.match, file.row_ids.agreement_id), ("certain", agreement))
        self.press("2024-05-11", file, "action_book_certain", user=self.clerk)
        self.assertEqual((agreement.instalment_ids.mapped("is_paid"), march.amount_residual), ([True, True, False], 25.0))

    def test_pix_that_confirmed_itself_is_counted_once(self):
        """The bank told of Ana's Pix at once; the bank's file of the evening tells of it again."""
        march, april = self.owe(self.ana, "2024-03-01"), self.owe(self.ana, "2024-03-02")
        number = "E12345678202403051200abcDEF12345"
        env = self.at("2024-03-05")
        payment = env["recurring.receipt"].receive(
            march.with_env(env), 100.0, self.bank, fields.Date.to_date("2024-03-05"), unique_ref=f"pix:{number}"
        )
        row = self.file(bank_samples.ofx([("20240305", "100.00", "A1", f"PIX {number} 52998224725")])).row_ids
        self.assertEqual((row.state, row.payment_id, april.amount_residual), ("booked", payment, 100.0))
        self.assertIn(payment.name, row.why)

    def test_money_is_kept_on_account_or_left_out(self):
        file = self.file(bank_samples.ofx([("20240306", "50.00", "A1", "TED 11144477735"), ("20240307", "9.00", "A2", "RENDIMENTO")]))
        mine, other = file.row_ids.sorted("id")
        self.assertEqual((mine.match, mine.partner_id), ("doubtful", self.bia))
        mine.action_on_account()
        line = mine.payment_id.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.assertEqual((line.partner_id, line.amount_residual), (self.bia, -50.0))
        other.action_ignore()
        self.assertEqual(other.state, "ignored")
        other.action_reopen()
        self.assertEqual((other.state, other.match), ("open", "none"))

    def test_an_invoice_paid_meanwhile_is_not_paid_twice(self):
        """The file is read in the morning; Ana pays at the portal at noon; in the evening the clerk books."""
        march = self.owe(self.ana, "2024-03-01")
        file = self.file(bank_samples.ofx([("20240305", "100.00", "A1", "PIX 52998224725")]))
        cash = self.env["account.journal"].create({"name": "Till", "type": "cash", "code": "TIL", "company_id": self.company.id})
        self.at("2024-03-06")["recurring.receipt"].receive(march, 100.0, cash, fields.Date.to_date("2024-03-06"))
        file.action_book_certain()
        row = file.row_ids
        self.assertEqual((row.state, row.match, row.payment_id.id), ("open", "doubtful", False))
        self.assertIn("changed", row.why)

    def test_many_movements_are_booked_in_the_background(self):
        for _each in range(3):
            self.owe(self.ana, "2024-03-01")
        rows = [("20240305", "100.00", f"A{n}", "PIX 52998224725") for n in range(3)]
        file = self.file(bank_samples.ofx(rows))
        self.patch(type(self.env["recurring.bank.booking"]), "book_certain", self._queued)
        file.action_book_certain()
        self.assertEqual(file.queued_count, 3)
        with self.in_test_mode():
            self.assertIs(self.env.ref("recurring_billing.cron_bank_booking").method_direct_trigger(), True)
        self.env.invalidate_all()
        self.assertEqual((file.queued_count, file.booked_count), (0, 3))

    @staticmethod
    def _queued(self, rows):
        from odoo.addons.recurring_billing.services import bank_booking

        most, bank_booking.AT_ONCE = bank_booking.AT_ONCE, 2
        try:
            return bank_booking.RecurringBankBooking.book_certain(self, rows)
        finally:
            bank_booking.AT_ONCE = most

    def test_a_payment_reference_and_our_transaction_id_are_certain(self):
        march, april = self.owe(self.ana, "2024-03-01"), self.owe(self.bia, "2024-03-01")
        march._recurring_payment_code()
        file = self.file(
            bank_samples.ofx(
                [("20240305", "100.00", "1", f"PIX QR {march.recurring_txid}"), ("20240305", "100.00", "2", f"ref {april.name}")]
            )
        )
        self.assertEqual([row[2:] for row in self.told(file)], [("certain", [march.name]), ("certain", [april.name])])


class TestBankFileFormats(BankFileCommon):
    def test_columns_of_a_csv_file_are_asked_once(self):
        march, april = self.owe(self.ana, "2024-03-01", 1234.5), self.owe(self.ana, "2024-04-01", 1234.5)
        file = self.file(bank_samples.csv([("05/03/2024", "PIX 529.982.247-25 Conceição", "1.234,50"), ("06/03/2024", "TARIFA", "-9,90")]))
        self.assertEqual((file.state, file.kind), ("columns", "csv"))
        self.assertEqual(file.layout_column_ids.mapped("meaning"), ["day", "text", "amount", "unused"])
        self.assertEqual((file.layout_day_order, file.layout_decimal_mark), ("dmy", "comma"))
        file.action_read()
        balance = (9999.99, "ignored", False, [])
        self.assertEqual(self.told(file), [(1234.5, "open", "certain", [march.name]), (-9.9, "ignored", False, []), balance])
        file.action_book_certain()
        later = self.file(bank_samples.csv([("05/04/2024", "PIX 529.982.247-25", "1.234,50")]))
        self.assertEqual((later.state, later.repeated_count), ("read", 1))
        self.assertEqual(self.told(later), [(1234.5, "open", "certain", [april.name])])

    def test_wrong_columns_say_so_and_can_be_chosen_again(self):
        self.owe(self.ana, "2024-03-01")
        content = b"When,Who,In,Out\n03/05/2024,529.982.247-25,100.00,\n03/25/2024,Rent,,800.00\n"
        file = self.file(content, name="bank.csv")
        with self.assertRaisesRegex(UserError, "Say which column is the date"):
            file.action_read()
        for column, meaning in zip(file.layout_column_ids, ("day", "document", "credit", "debit"), strict=True):
            column.meaning = meaning
        with self.assertRaisesRegex(UserError, "no date in the chosen order"):
            file.action_read()
        file.layout_day_order = "mdy"
        file.action_read()
        self.assertEqual([row[:3] for row in self.told(file)], [(100.0, "open", "certain"), (-800.0, "ignored", False)])
        file.action_columns()
        self.assertEqual((file.state, file.row_count), ("columns", 0))
        file.action_read()
        self.assertEqual(file.row_count, 2)

    def test_camt_is_read_in_any_version(self):
        march = self.owe(self.ana, "2024-03-01")
        for version in ("02", "08"):
            rows = [
                ("2024-03-05", "100.00", f"C{version}", "ANA C SOUZA", "CPF 52998224725"),
                ("2024-03-05", "-3.00", f"D{version}", "X", "fee"),
            ]
            file = self.file(bank_samples.camt(rows, version=version), name="c.xml")
            self.assertEqual(self.told(file)[0][:3], (100.0, "open", "certain" if version == "02" else "doubtful"))
            self.assertEqual(self.told(file)[1][:2], (-3.0, "ignored"))
            if version == "02":
                file.action_book_certain()
        self.assertEqual(march.amount_residual, 0.0)

    def test_hostile_xml_is_refused(self):
        bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;&y;&y;">]>'
        outer = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        dtd = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd">'
        rows = [("2024-03-05", "100.00", "C1", "ANA &x;", "CPF 52998224725")]
        for doctype in (bomb, outer, dtd):
            with self.subTest(doctype), self.assertRaisesRegex(UserError, "definitions that no bank writes"):
                self.file(bank_samples.camt(rows, doctype=doctype))
        hidden = bank_samples.camt(rows, doctype=outer).decode().replace("UTF-8", "UTF-16").encode("utf-16")
        with self.assertRaisesRegex(UserError, "definitions that no bank writes"):
            self.file(hidden)
        with self.assertRaisesRegex(UserError, "cannot be read"):
            self.file(b"<Document><BkToCstmrStmt>")
        with self.assertRaisesRegex(UserError, "no bank statement"):
            self.file(b"<Document/>")
        with self.assertRaisesRegex(UserError, "definitions that no bank writes"):
            self.file(b"<!DOCTYPE OFX [<!ENTITY x 'y'>]>" + bank_samples.ofx([("20240305", "1.00", "A", "x")]))

    def test_bad_headers_of_ofx_files(self):
        row = [("20240305", "100.00", "A1", "PIX CONCEIÇÃO")]
        headers = {
            "utf-8": "OFXHEADER:100\nDATA:OFXSGML\nENCODING:UTF - 8\nCHARSET:1252\n",
            "latin-1": "OFXHEADER:100 DATA:OFXSGML VERSION:102 ENCODING:USASCII CHARSET:8859-1",
            "cp1252": "\n\n  ",
            "utf-8-sig": '<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="202"?>',
        }
        for number, (encoding, header) in enumerate(headers.items()):
            with self.subTest(header):
                row[0] = ("20240305", "100.00", f"A{number}", "PIX CONCEIÇÃO")
                file = self.file(bank_samples.ofx(row, header=header, encoding=encoding))
                self.assertEqual((file.row_ids.name, file.row_ids.amount), ("PIX CONCEIÇÃO", 100.0))

    def test_odd_ofx_movements_are_kept(self):
        """No number, an empty name, an ampersand, a decimal comma with thousands."""
        content = bank_samples.ofx([("20240305", "1.234,56", "", "PÃO & CIA", ""), ("20240305", "7.00", "X9", "A")])
        file = self.file(content)
        self.assertEqual([(row.amount, row.name) for row in file.row_ids.sorted("id")], [(1234.56, "PÃO & CIA"), (7.0, "A")])

    def test_files_that_are_none_say_what_to_do(self):
        cases = [
            (b"  \n", "is empty"),
            (b"%PDF-1.7 \x00\x01", "no bank file"),
            (b"OFXHEADER:100\n\n<OFX></OFX>", "no movements"),
            (bank_samples.ofx([("20249999", "1.00", "A", "x")]), "cannot be read"),
            (bank_samples.ofx([("20240305", "ten", "A", "x")]), "cannot be read"),
            (bank_samples.ofx([("20240305", "1.00", "A", "x")], currency="BRL"), "The file is in BRL"),
        ]
        for content, message in cases:
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self.file(content)

    def test_a_file_larger_than_ten_megabytes_is_refused(self):
        with self.assertRaisesRegex(UserError, "larger than 10 MB"):
            self.env["recurring.bank.reading"].kind(b"x" * (10 * 1024 * 1024 + 1))


class TestBankFileRights(BankFileCommon):
    def test_who_collects_or_bills_works_on_bank_files(self):
        biller = self.make_user("biller", "account.group_account_invoice")
        for number, user in enumerate((self.clerk, biller)):
            self.owe(self.ana, "2024-03-01")
            file = self.file(bank_samples.ofx([("20240305", "100.00", f"A{number}", "PIX 52998224725")]), user=user)
            file.action_book_certain()
            self.assertEqual(file.booked_count, 1)

    def test_others_do_not(self):
        content = bank_samples.ofx([("20240305", "100.00", "A1", "PIX 52998224725")])
        auditor = self.make_user("auditor", "recurring_billing.group_auditor")
        for user in (self.make_user("seller", "recurring_billing.group_user_all"), auditor):
            with self.assertRaises(AccessError):
                self.file(content, user=user)
        file = self.file(content)
        self.assertTrue(file.with_user(auditor).row_ids.name)
        for method in ("action_book", "action_ignore", "action_on_account"):
            with self.assertRaises(AccessError):
                getattr(file.row_ids.with_user(auditor), method)()

    def test_what_the_bank_said_cannot_be_written(self):
        file = self.file(bank_samples.ofx([("20240305", "100.00", "A1", "PIX 52998224725")]))
        for values in ({"amount": 999.0}, {"state": "booked"}, {"match": "certain"}, {"payment_id": 1}, {"date": "2024-01-01"}):
            with self.assertRaises(AccessError):
                file.row_ids.write(values)
        with self.assertRaises(AccessError):
            file.write({"state": "new"})
        with self.assertRaises(AccessError):
            self.env["recurring.bank.row"].with_user(self.clerk).create({"file_id": file.id})

    def test_another_company_sees_nothing(self):
        file = self.file(bank_samples.ofx([("20240305", "100.00", "A1", "PIX 52998224725")]))
        other = self.make_user("other", "recurring_billing.group_collections", companies=self.company_brl)
        env = self.env(user=other.id, context={"allowed_company_ids": self.company_brl.ids})
        self.assertFalse(env["recurring.bank.file"].search([]))
        self.assertFalse(env["recurring.bank.row"].search([]))
        with self.assertRaises(AccessError):
            file.row_ids.with_env(env).action_ignore()
