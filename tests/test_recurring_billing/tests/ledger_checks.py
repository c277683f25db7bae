"""What holds after every story of credit notes and edited drafts: the ledger says what the documents say, and what its days are worth."""

from collections import defaultdict
from contextlib import contextmanager
from fractions import Fraction

import psycopg2.errors

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import RecurringCommon


class LedgerChecks(RecurringCommon):
    """Checks told in the words of RULES §2, computed here from the rows and lines alone."""

    def reverse(self, day, invoice, choice=None, *, create=False, user=None):
        """Reverse an invoice with Odoo's wizard on a day; gives the new document (the credit note, or the invoice that replaces it)."""
        with self.frozen(f"{day} 12:00:00"), self.committing(day, user) as env:
            wizard = self.reversal_form(invoice, env)
            if choice:
                wizard.recurring_reversal = choice
            wizard = wizard.save()
            action = wizard.modify_moves() if create else wizard.refund_moves()
            move_id = action["res_id"]
        return self.env["account.move"].browse(move_id)

    def reversal_form(self, invoice, env=None):
        """Odoo's wizard, as its form opens on an invoice."""
        return Form((env or self.env)["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids))

    def post(self, day, move, user=None):
        with self.frozen(f"{day} 12:00:00"):
            self.press(day, move, "action_post", user=user)

    def pay(self, move):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create({})
        wizard.action_create_payments()

    @contextmanager
    def refused(self, words):
        """What is done inside is refused in these words, and undone."""
        with self.assertRaisesRegex((UserError, ValidationError), words), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    @contextmanager
    def refused_by_database(self, words):
        """As ``refused``, by a constraint of PostgreSQL: its message is what people read."""
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation) as caught, self.env.cr.savepoint():
            yield
            self.env.flush_all()
        self.env.invalidate_all()
        model = self.env[caught.exception.diag.table_name.replace("_", ".")]
        self.assertIn(words, model._sql_error_to_message(caught.exception))

    def booked(self, subscription):
        """The sum of the ledger in force."""
        return round(sum(amount for *_row, amount in self.rows(subscription)), 2)

    def rows(self, subscription):
        """The ledger in force in the order it was written: (kind, first day, last day still in force, amount)."""
        rows = subscription.period_ids.filtered(lambda row: not row.voided).sorted("id")
        return [(row.kind, str(row.start), str(row.live_end), row.amount) for row in rows]

    def said(self, move):
        """The lines of a document: (quantity, unit price)."""
        return [(line.quantity, line.price_unit) for line in move.invoice_line_ids]

    def assertInOrder(self, subscription, *, drafts_of_reversals=()):
        """No day is covered twice; priced rows add up to what they cover; the ledger's amounts are those of the documents."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = subscription.period_ids.filtered(lambda row: not row.voided)
        covering = rows.filtered(lambda row: row.kind != "credit" and row.start < row.live_end)
        days = [(row.lineage_id, row.start.toordinal() + n) for row in covering for n in range((row.live_end - row.start).days)]
        self.assertEqual(len(days), len(set(days)), "a day is covered twice")
        self._assert_priced_rows_add_up(rows.filtered("price_known"))
        booked, said = defaultdict(float), defaultdict(float)
        for row in rows:
            booked[row.lineage_id] += row.amount
        lines = self.invoices(subscription).filtered(lambda move: move.state != "cancel" and move not in drafts_of_reversals).line_ids
        for line in lines.filtered("recurring_period_id"):
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            amount = line.currency_id.round(line.quantity * line.price_unit * (1 - line.discount / 100))
            said[line.recurring_period_id.lineage_id] += sign * amount
        for lineage in booked | said:
            self.assertAlmostEqual(booked[lineage], said[lineage], msg=f"ledger {booked[lineage]}, documents {said[lineage]}")

    def _assert_priced_rows_add_up(self, rows):
        """By the day (plans of these tests prorate so): rounded price × days covered / days of the period."""
        groups = defaultdict(lambda: [0, 0.0, None])
        for row in rows:
            key = (row.lineage_id, row.full_start, row.price_unit, row.quantity, row.discount, row.discount_amount)
            if row.kind == "charge":
                groups[key][0] += (row.live_end - row.start).days
            groups[key][1] += row.amount
            groups[key][2] = row
        for days, amount, row in groups.values():
            whole = row.price_unit * row.quantity * (1 - row.discount / 100) - row.discount_amount
            worth = float(Fraction(str(round(whole, 6))) * Fraction(days, (row.full_end - row.full_start).days))
            self.assertAlmostEqual(row.currency_id.round(worth + 1e-9), amount, msg=f"rows of {row.display_name}")
