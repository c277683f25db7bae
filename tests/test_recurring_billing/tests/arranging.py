"""What tests of promises, agreements, disputes and write-offs stand on: a customer who owes, a case, and dialogs filled in by people."""

from odoo import Command, fields
from odoo.tests import Form

from .fees import FeeCase


class ArrangingCase(FeeCase):
    """Ana owes Harbor Gym; Carla collects, Bert keeps the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recurring_fee_policy_id = False
        cls.ana = cls.make_partner("Ana", email="ana@example.com")
        cls.carla = cls.make_user("carla", "recurring_billing.group_collections")
        cls.bert = cls.make_user("bert", "account.group_account_invoice")
        cls.loss = cls.make_account("600910", "expense")

    def invoice(self, day, amount, partner=None, due=None, **values):
        """A plain invoice of the books, no subscription: posted, due on its day."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.ana).id,
                "invoice_date": day,
                "invoice_payment_term_id": False,
                "invoice_date_due": due or day,
                "invoice_line_ids": [
                    Command.create({"name": "Training", "price_unit": amount, "account_id": self.income.id, "tax_ids": [Command.clear()]})
                ],
                **values,
            }
        )
        move.action_post()
        return move

    def items(self, move):
        """Its receivable items: due date and what is open, by date."""
        lines = move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable" and line.balance > 0)
        return sorted((str(line.date_maturity), line.amount_residual) for line in lines)

    def case_of(self, partner=None):
        partner = partner or self.ana
        return self.env["recurring.dunning.case"]._of(partner, self.company)[partner]

    def dialog(self, day, case, method, user=None, save="action_save", **values):
        """Press a button of the case as a person, fill the dialog in, and press its button; gives what that gives."""
        return self._dialog(self.committing(day, user or self.carla), case, method, save, values)

    def _dialog(self, committing, record, method, save, values):
        with committing as env:
            record = env[record._name].browse(record.id)
            action = getattr(record, method)()
            with Form(env[action["res_model"]].with_context(**action["context"])) as form:
                for name, value in values.items():
                    setattr(form, name, fields.Date.to_date(value) if form._view["fields"][name]["type"] == "date" else value)
            done = getattr(form.record, save)()
        self.env.invalidate_all()
        return done

    def promise(self, day, case, until, **values):
        self.dialog(day, case, "action_promise", date=until, **values)
        return self.env["recurring.promise"].search([("case_id", "=", case.id)], order="id desc", limit=1)

    def agree(self, day, case, **values):
        self.dialog(day, case, "action_agreement", save="action_sign", **values)
        return self.env["recurring.agreement"].search([("case_id", "=", case.id)], order="id desc", limit=1)

    def watch(self, day):
        """The daily look, as the scheduler has it."""
        self.trigger("cron_arrangements", day)

    def pay(self, day, moves, amount):
        """Money registered with Odoo's own dialog, and committed."""
        with self.committing(day) as env:
            wizard = (
                env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=moves.ids)
                .create({"amount": amount, "payment_date": day, "journal_id": self.bank.id, "payment_difference_handling": "open"})
            )
            wizard._create_payments()
        self.env.invalidate_all()

    def take_back(self, day):
        """The last payment fails: its entry is cancelled."""
        last = self.env["account.payment"].search([("partner_id", "=", self.ana.id)], order="id desc", limit=1)
        with self.committing(day) as env:
            payment = env["account.payment"].browse(last.id)
            payment.action_draft()
            payment.action_cancel()
        self.env.invalidate_all()
