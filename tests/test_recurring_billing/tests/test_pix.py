"""Pix that confirms itself: codes registered at the bank follow their invoices, and each Pix is booked once."""

from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.recurring_billing.rules import brcode

from .banking import CNPJ, PixCommon
from .code_reading import codes_in_html, codes_in_pdf

SETTLED = ("paid", "in_payment")


@tagged("post_install", "-at_install")
class TestPixStory(PixCommon):
    """The life of a code, by date."""

    def balance(self, invoice, account):
        """What the payments of an invoice brought to an account."""
        lines = invoice._get_reconciled_payments().move_id.line_ids
        return sum(lines.filtered(lambda line: line.account_id == account).mapped("balance"))

    def pay_part(self, invoice, amount, day):
        """Some of an invoice is paid at the counter."""
        self.env["recurring.receipt"].with_env(self.at(day)).receive(invoice, amount, self.journal, date.fromisoformat(day))
        self.env.cr.precommit.run()

    def test_paid_late_with_fine_and_interest(self):
        """1 000.00 due 10 March, paid on the 25th: the bank asks for 1 025.00, which settles the invoice and books 20.00 and 5.00."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.assertEqual((self.states(invoice), self.charge(invoice).problem), (["active"], False))
        self.assertEqual(
            self.sent(invoice),
            {
                "chave": "7d9f0335-8dcc-4054-9bf9-0dbd61d36906",
                "solicitacaoPagador": f"Invoice {invoice.name}",
                "devedor": {"nome": "Ana Souza", "cpf": "52998224725"},
                "calendario": {"dataDeVencimento": "2026-03-10", "validadeAposVencimento": 60},
                "valor": {
                    "original": "1000.00",
                    "multa": {"modalidade": 1, "valorPerc": "20.00"},
                    "juros": {"modalidade": 3, "valorPerc": "1.00"},
                },
            },
        )
        self.bank.pay(self.charge(invoice).txid, "2026-03-25")
        self.hear("2026-03-25")
        self.assertEqual(self.payments(invoice), [("2026-03-25", 1025.0)])
        self.assertIn(invoice.payment_state, SETTLED)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual((self.balance(invoice, self.fine_account), self.balance(invoice, self.interest_account)), (-20.0, -5.0))
        self.assertEqual(self.states(invoice), ["paid"])
        self.assertBankContent()

    def test_paid_early_with_a_discount(self):
        """5 % off until five days before: 950.00 on 5 March settles 1 000.00 due on the 10th."""
        self.policy.tier_ids = [Command.create({"days": 5, "percent": 5}), Command.create({"days": 2, "amount": 10})]
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.assertEqual(
            self.sent(invoice)["valor"]["desconto"],
            {
                "modalidade": 1,
                "descontoDataFixa": [{"data": "2026-03-05", "valorPerc": "50.00"}, {"data": "2026-03-08", "valorPerc": "10.00"}],
            },
        )
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        self.hear("2026-03-05")
        self.assertEqual(self.payments(invoice), [("2026-03-05", 950.0)])
        self.assertEqual((invoice.payment_state in SETTLED, self.balance(invoice, self.discount_account)), (True, 50.0))
        self.assertBankContent()

    def test_the_bank_asks_each_day_for_our_amount(self):
        """Due on Saturday 14 March, 333.33, with discounts: on every day until May bank and invoice say the same."""
        self.policy.tier_ids = [Command.create({"days": 3, "percent": 3.33})]
        invoice = self.owe("2026-03-14", 333.33)
        self.register("2026-03-01")
        self.assertEqual(self.charge(invoice).kind, "cobv")
        txid, day = self.charge(invoice).txid, date(2026, 3, 2)
        asked = set()
        while day <= date(2026, 5, 13):
            owed = self.bank.owed(txid, day)
            self.assertEqual(float(owed), self.env["recurring.amount.due"].of(invoice, day)[invoice].total, day)
            asked.add(owed)
            day += timedelta(days=1)
        self.assertGreater(len(asked), 55)

    def test_a_policy_the_bank_cannot_compute_ends_with_the_due_date(self):
        """Three days of grace are unknown to the bank: the code holds until 10 March, then each day has a code of its own."""
        self.policy.grace_days = 3
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.assertEqual((self.charge(invoice).kind, str(self.charge(invoice).last_day)), ("cobv", "2026-03-10"))
        self.register("2026-03-14")
        self.assertEqual(self.states(invoice), ["removed", "active"])
        # 14 March: 20.00 and four days of 1 000.00 × 1 % / 30.
        self.assertEqual((self.charge(invoice).kind, self.sent(invoice)["valor"]["original"]), ("cob", "1021.33"))
        self.assertBankContent()

    def test_a_part_paid_before_the_due_date_keeps_the_code(self):
        """400.00 at the counter on 5 March: the same code asks for 600.00, and its fine is 12.00."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        first = self.charge(invoice)
        code = first.code
        self.pay_part(invoice, 400.0, "2026-03-05")
        self.register("2026-03-05")
        self.assertEqual((self.states(invoice), self.charge(invoice), first.code), (["active"], first, code))
        self.assertEqual((self.sent(invoice)["valor"]["original"], self.sent(invoice)["valor"]["multa"]["valorPerc"]), ("600.00", "12.00"))
        self.assertEqual(first.revision, 1)
        self.bank.pay(first.txid, "2026-03-10")
        self.hear("2026-03-10")
        self.assertEqual(self.payments(invoice), [("2026-03-05", 400.0), ("2026-03-10", 600.0)])
        self.assertBankContent()

    def test_a_part_paid_late_gets_a_new_code_for_the_day(self):
        """500.00 on 20 March leave 523.33 less what was booked; the old code cannot be paid any more."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        old = self.charge(invoice)
        self.pay_part(invoice, 500.0, "2026-03-20")
        left = self.env["recurring.amount.due"].of(invoice, date(2026, 3, 20))[invoice].total
        self.register("2026-03-20")
        self.assertEqual((self.states(invoice), old.state), (["removed", "active"], "removed"))
        self.assertEqual(float(self.sent(invoice)["valor"]["original"]), left)
        with self.assertRaisesRegex(Exception, "REMOVIDA_PELO_USUARIO_RECEBEDOR"):
            self.bank.pay(old.txid, "2026-03-20")
        self.bank.pay(self.charge(invoice).txid, "2026-03-20")
        self.hear("2026-03-20")
        self.assertEqual((invoice.amount_residual, invoice.payment_state in SETTLED), (0.0, True))
        self.assertBankContent()

    def test_paid_otherwise_the_code_is_withdrawn(self):
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.pay_part(invoice, 1000.0, "2026-03-05")
        self.register("2026-03-05")
        self.assertEqual(self.states(invoice), ["removed"])
        self.assertEqual(self.bank.charges("ATIVA").keys() & {self.charge(invoice).txid}, set())
        self.register("2026-03-06")
        self.assertEqual(self.states(invoice), ["removed"])

    def test_paid_twice_the_second_money_stays_open(self):
        """The counter takes 1 000.00 while the Pix is on its way: both are booked, the Pix is the customer's credit, the code is paid."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.pay_part(invoice, 1000.0, "2026-03-05")
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        self.register("2026-03-05")  # the withdrawal comes too late, and learns that it was paid
        self.assertEqual(self.states(invoice), ["paid"])
        self.hear("2026-03-05")
        pix = invoice.recurring_pix_payment_ids
        self.assertEqual((pix.state, pix.payment_id.amount, pix.payment_id.partner_id), ("booked", 1000.0, self.ana))
        self.assertEqual(self.payments(invoice), [("2026-03-05", 1000.0)])
        credit = pix.payment_id.move_id.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.assertEqual(credit.amount_residual, -1000.0)

    def test_a_code_that_ran_out_is_made_again(self):
        """Payable for 60 days after 10 March; on 15 May there is a new code with the fees of that day."""
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.register("2026-05-15")
        self.assertEqual(self.states(invoice), ["removed", "active"])
        # 66 days late: 20.00 and 22.00.
        self.assertEqual(self.sent(invoice)["valor"], {"original": "1042.00"})
        self.register("2026-05-16")
        # 67 days: 1 000.00 × 1 % / 30 × 67 = 22.33
        self.assertEqual((self.states(invoice)[-2:], self.sent(invoice)["valor"]), (["removed", "active"], {"original": "1042.33"}))
        self.bank.pay(self.charge(invoice).txid, "2026-05-16")
        self.hear("2026-05-16")
        self.assertEqual((self.payments(invoice), invoice.amount_residual), ([("2026-05-16", 1042.33)], 0.0))
        self.assertBankContent()

    def test_who_has_no_cpf_pays_the_amount_of_the_day(self):
        invoice = self.owe("2026-03-10", partner=self.make_partner("Foreigner"))
        self.register("2026-03-01")
        self.assertEqual((self.charge(invoice).kind, str(self.charge(invoice).last_day)), ("cob", "2026-03-10"))
        self.assertNotIn("devedor", self.sent(invoice))
        with self.assertRaisesRegex(Exception, "expirou"):
            self.bank.owed(self.charge(invoice).txid, "2026-03-12")
        self.register("2026-03-11")
        self.assertEqual(self.sent(invoice)["valor"], {"original": "1020.33"})
        self.assertBankContent()

    def test_a_company_owes_by_its_cnpj(self):
        partner = self.make_partner("Padaria Sol", vat=CNPJ, country_id=self.env.ref("base.br").id, is_company=True)
        invoice = self.owe("2026-03-10", partner=partner)
        self.register("2026-03-01")
        self.assertEqual(self.sent(invoice)["devedor"], {"nome": "Padaria Sol", "cnpj": "11222333000181"})
        self.assertBankContent()

    def test_instalments_are_paid_by_the_amount_of_the_day(self):
        """Two instalments have two due dates, which one charge cannot have."""
        invoice = self.owe("2026-03-10")
        invoice.button_draft()
        halves = [{"value": "percent", "value_amount": 50, "nb_days": days} for days in (9, 40)]
        invoice.invoice_payment_term_id = self.env["account.payment.term"].create(
            {"name": "Twice", "line_ids": [Command.create(half) for half in halves]}
        )
        invoice.action_post()
        self.register("2026-03-01")
        self.assertEqual((self.charge(invoice).kind, self.sent(invoice)["valor"]), ("cob", {"original": "1000.00"}))

    def test_an_overdue_instalment_is_asked_for_day_by_day(self):
        """500.00 due 10 March and 500.00 on 10 April: from the 11th on the code holds for its day only."""
        invoice = self.owe("2026-03-10")
        invoice.button_draft()
        halves = [{"value": "percent", "value_amount": 50, "nb_days": days} for days in (9, 40)]
        invoice.invoice_payment_term_id = self.env["account.payment.term"].create(
            {"name": "Twice", "line_ids": [Command.create(half) for half in halves]}
        )
        invoice.action_post()
        self.assertEqual(sorted(map(str, invoice.line_ids.mapped("date_maturity"))), ["2026-03-10", "2026-04-10", "False"])
        self.register("2026-03-01")
        self.assertEqual(str(self.charge(invoice).last_day), "2026-03-10")
        self.register("2026-03-12")
        # 10.00 and two days of 500.00 × 1 % / 30.
        self.assertEqual((self.sent(invoice)["valor"]["original"], str(self.charge(invoice).last_day)), ("1010.33", "2026-03-12"))

    def test_a_discount_of_the_payment_term_holds_until_its_day(self):
        """2 % within five days, by Odoo's own payment term, which the bank is told as two codes."""
        invoice = self.owe("2026-03-10")
        invoice.button_draft()
        invoice.invoice_payment_term_id.write({"early_discount": True, "discount_days": 5, "discount_percentage": 2})
        invoice.action_post()
        self.register("2026-03-01")
        self.assertEqual((self.sent(invoice)["valor"], str(self.charge(invoice).last_day)), ({"original": "980.00"}, "2026-03-06"))
        self.register("2026-03-07")
        self.assertEqual((self.charge(invoice).kind, self.sent(invoice)["valor"]["original"]), ("cobv", "1000.00"))

    def test_another_fee_policy_changes_the_codes_that_are_out(self):
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.env.cr.execute("UPDATE recurring_pix_charge SET write_date = write_date - interval '1 day'")
        self.policy.fine_percent = 1.0
        self.register("2026-03-01")
        self.assertEqual((self.states(invoice), self.sent(invoice)["valor"]["multa"]["valorPerc"]), (["active"], "10.00"))

    def test_the_scheduled_actions_work_for_every_company(self):
        """Odoo runs them in whatever company its robot is."""
        invoice = self.owe("2026-03-10")
        harbor = self.env.ref("test_recurring_billing.company_usd")
        self.bank.day("2026-03-05")
        with self.committing("2026-03-05", companies=harbor) as env:
            env["recurring.pix.registration"].run_scheduled()
        self.bank.pay(self.charge(invoice).txid)
        with self.committing("2026-03-05", companies=harbor) as env:
            env["recurring.pix.reading"].run_scheduled()
        self.assertEqual(self.payments(invoice), [("2026-03-05", 1000.0)])

    def test_the_code_of_the_invoice_is_the_banks(self):
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        code = invoice.with_env(self.at("2026-03-25"))._recurring_payment_code()
        self.assertEqual((code["text"], code["amount"], code["confirmed_by_hand"]), (self.charge(invoice).code, 1025.0, False))
        self.assertIn("bank.example/qr/cobv/", brcode.read(code["text"]).fields["26"])
        self.assertTrue(code["image"].startswith("data:image/svg+xml"))
        # A part was paid, and the bank does not know yet: nobody is shown an amount that is wrong.
        self.pay_part(invoice, 400.0, "2026-03-05")
        self.assertNotEqual(invoice.with_env(self.at("2026-03-05"))._recurring_payment_code().get("text"), self.charge(invoice).code)

    def test_the_printed_code_is_the_banks(self):
        """Read back from the printed page and from the message, as a payer's telephone would."""
        self.company.qr_code = True
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        invoice = invoice.with_env(self.at("2026-03-05"))
        report = self.env(context={**invoice.env.context, "force_report_rendering": True})["ir.actions.report"]
        pdf, kind = report._render_qweb_pdf("account.account_invoices", invoice.ids)
        self.assertEqual((kind, codes_in_pdf(pdf)), ("pdf", [self.charge(invoice).code]))
        html = report._render_qweb_html("account.report_invoice_with_payments", invoice.ids, {"report_type": "pdf"})[0].decode()
        self.assertEqual(codes_in_html(html), [self.charge(invoice).code])
        self.assertIn(self.charge(invoice).code, html)
        self.assertNotIn("by hand", html)

    def test_a_static_code_confirms_itself_where_the_bank_lists_it(self):
        """The printed code carries the invoice's own id; the bank's list has it."""
        invoice = self.owe("2026-03-10")
        self.bank.pay(invoice._recurring_ensure_txid(), "2026-03-10", "1000.00")
        self.hear("2026-03-10")
        self.assertEqual((self.payments(invoice), invoice.amount_residual), ([("2026-03-10", 1000.0)], 0.0))

    def test_a_cancelled_invoice_has_no_code(self):
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        invoice.button_draft()
        invoice.button_cancel()
        self.register("2026-03-02")
        self.assertEqual(self.states(invoice), ["removed"])

    def test_money_for_a_cancelled_invoice_is_the_customers_credit(self):
        invoice = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        invoice.button_draft()
        invoice.button_cancel()
        self.hear("2026-03-05")
        pix = invoice.recurring_pix_payment_ids
        self.assertEqual((pix.state, pix.payment_id.amount, pix.payment_id.partner_id), ("booked", 1000.0, self.ana))

    def test_other_payments_of_the_account_are_none_of_ours(self):
        self.bank.pay("ABC123", "2026-03-05", "55.00")
        before = self.env["recurring.pix.payment"].search_count([])
        self.hear("2026-03-05")
        self.assertEqual(self.env["recurring.pix.payment"].search_count([]), before)

    def test_only_invoices_of_subscriptions_unless_told(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.ana.id,
                "invoice_date": "2026-03-01",
                "invoice_date_due": "2026-03-10",
                "company_id": self.company.id,
                "invoice_line_ids": [Command.create({"name": "Towel", "price_unit": 20.0, "tax_ids": []})],
            }
        )
        invoice.action_post()
        self.register("2026-03-01")
        self.assertFalse(self.charge(invoice))
        self.account.applies_to = "all"
        self.register("2026-03-01")
        self.assertEqual((self.states(invoice), self.sent(invoice)["valor"]["original"]), (["active"], "20.00"))

    def test_switched_off_no_new_codes_but_payments_are_read(self):
        first = self.owe("2026-03-10")
        self.register("2026-03-01")
        self.account.action_turn_off()
        second = self.owe("2026-03-10")
        self.register("2026-03-02")
        self.assertEqual((self.states(first), self.states(second)), (["active"], []))
        self.bank.pay(self.charge(first).txid, "2026-03-05")
        self.hear("2026-03-05")
        self.assertEqual(first.amount_residual, 0.0)

    def test_many_payments_come_in_pages(self):
        """Three invoices, and 230 payments of others: the list has three pages, each is booked."""
        invoices = [self.owe("2026-03-10", 100.0 + number) for number in range(3)]
        self.register("2026-03-01")
        for number, invoice in enumerate(invoices):
            for _other in range(77):
                self.bank.pay(f"OTHER{number}", "2026-03-05", "1.00")
            self.bank.pay(self.charge(invoice).txid, "2026-03-05")
        self.hear("2026-03-05")
        self.assertEqual([invoice.amount_residual for invoice in invoices], [0.0, 0.0, 0.0])
        self.assertBankContent()
