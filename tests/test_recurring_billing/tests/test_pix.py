"""Pix that confirms itself: codes registered at the bank follow their invoices, and each Pix is booked once."""

from .banking import PixCommon


class TestPixStory(PixCommon):
    """The life of a code, by date."""

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
        self.read("2026-03-25")
        self.assertEqual(self.payments(invoice), [("2026-03-25", 1025.0)])
        self.assertEqual((invoice.payment_state in ("paid", "in_payment"), invoice.amount_residual), (True, 0.0))
        entries = invoice._get_reconciled_payments().move_id.line_ids
        self.assertEqual(sum(entries.filtered(lambda line: line.account_id == self.fine_account).mapped("balance")), -20.0)
        self.assertEqual(sum(entries.filtered(lambda line: line.account_id == self.interest_account).mapped("balance")), -5.0)
        self.assertEqual(self.states(invoice), ["paid"])
        self.assertBankContent()
