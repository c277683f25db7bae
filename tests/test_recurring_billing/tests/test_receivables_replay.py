"""Replay of real invoices and settlements: each day the policy acts as the rule says, nothing after payment, none twice.

The file lies beside the project (``../shared/data/receivables.csv``); what is expected is counted here, day by day, without the rules.
"""

import csv
import logging
import os
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from odoo import Command
from odoo.tests import tagged

from .dunning import DunningCommon

_logger = logging.getLogger(__name__)

FILE = Path(os.environ.get("RECURRING_BILLING_SHARED_DATA", Path(__file__).parents[3] / ".." / "shared" / "data")) / "receivables.csv"
FIRST, LAST = date(2012, 1, 1), date(2012, 3, 15)
"""Invoices of these days; the days that are lived through are those of their due dates and what follows."""
FEW = 12
"""So many customers every day; all of them in the long run."""
OFFSETS = (-5, -1, 0, 1, 3, 7, 10, 15, 30)
NOTICE, BLOCK = 15, 30


def read_invoices(customers):
    """The invoices of the first customers in the window, as plain rows."""
    with FILE.open(encoding="utf-8") as lines:
        rows = [
            {
                "customer": row["customerID"],
                "number": row["invoiceNumber"],
                "day": datetime.strptime(row["InvoiceDate"], "%d/%m/%Y").date(),
                "due": datetime.strptime(row["DueDate"], "%d/%m/%Y").date(),
                "amount": float(row["InvoiceAmount"]),
                "disputed": row["Disputed"] == "Yes",
                "settled": datetime.strptime(row["SettledDate"], "%d/%m/%Y").date(),
            }
            for row in csv.DictReader(lines)
        ]
    rows = [row for row in rows if FIRST <= row["day"] <= LAST]
    wanted = sorted({row["customer"] for row in rows})[:customers]
    return [row for row in rows if row["customer"] in wanted]


def expected(row, days):
    """On which days which step is done about an invoice that is paid as the file says: counted without the rules."""
    done, last, notice = [], -1000, None
    paying = row["due"]
    while paying.weekday() > 4:
        paying += timedelta(days=1)
    for day in days:
        if day.weekday() > 4 or day >= row["settled"] or row["disputed"] or day < row["day"]:
            continue
        age = (day - row["due"]).days if day <= row["due"] else max(0, (day - paying).days)
        due_steps = [step for step in OFFSETS if last < step <= age]
        if age > 0:
            due_steps = [step for step in due_steps if step > 0]
        due_steps = [step for step in due_steps if step > 0 or row["day"] < row["due"] + timedelta(days=step)]
        if BLOCK in due_steps and not (notice and (day - notice).days >= BLOCK - NOTICE):
            due_steps.remove(BLOCK)
        if due_steps:
            last = max(due_steps)
            done.append((str(day), last))
            notice = day if last == NOTICE else notice
    return done


@tagged("post_install", "-at_install")
@pytest.mark.shared_data
class TestReceivablesReplay(DunningCommon):
    customers = FEW

    def setUp(self):
        super().setUp()
        self.company.recurring_dunning_from = FIRST
        self.rows = read_invoices(self.customers)
        partners = {name: self.make_partner(name) for name in {row["customer"] for row in self.rows}}
        values = [
            {
                "move_type": "out_invoice",
                "partner_id": partners[row["customer"]].id,
                "invoice_date": row["day"],
                "invoice_payment_term_id": False,
                "invoice_date_due": row["due"],
                "ref": row["number"],
                "invoice_line_ids": [
                    Command.create({"product_id": self.item.id, "price_unit": row["amount"], "tax_ids": [Command.clear()]})
                ],
            }
            for row in self.rows
        ]
        moves = self.env["account.move"].create(values)
        moves.action_post()
        self.moves = dict(zip((row["number"] for row in self.rows), moves, strict=True))
        for row, move in zip(self.rows, moves, strict=True):
            if row["disputed"]:
                case = self.env["recurring.dunning.case"]._of(move.partner_id, self.company)[move.partner_id]
                self.env["recurring.dispute"].create(
                    {"case_id": case.id, "line_ids": self.receivable(move).ids, "reason": "In the file", "answer_by": "2012-12-31"}
                )

    def settle(self, day):
        """What is settled on a day is paid: one payment per customer, its invoices chosen."""
        mine = [self.moves[row["number"]] for row in self.rows if row["settled"] == day]
        for move in mine:
            self.pay(move, str(day))

    def test_every_day_the_policy_acts_as_the_rule_says_nothing_after_payment_none_twice(self):
        end = max(row["settled"] for row in self.rows) + timedelta(days=3)
        days = [FIRST + timedelta(days=n) for n in range((end - FIRST).days)]
        for day in days:
            self.settle(day)
            # On days off it runs too, and does nothing; some of them are left out to save time.
            if day.weekday() < 6:
                self.dun(str(day))
        actions = self.env["recurring.dunning.action"].search(
            [("company_id", "=", self.company.id), ("state", "=", "done")], order="day, id"
        )
        found = defaultdict(list)
        for action in actions:
            found[action.move_id.ref].append((str(action.day), action.step_id.offset_days))
        counts = Counter(action.step_id.offset_days for action in actions)
        for row in self.rows:
            with self.subTest(invoice=row["number"], due=row["due"], settled=row["settled"]):
                self.assertEqual(found[row["number"]], expected(row, days))
        self.assertTrue(counts[1] and counts[3], "the replay must reach late steps")
        messages = self.env["recurring.dunning.message"].search([("company_id", "=", self.company.id), ("kind", "=", "dunning")])
        per_day = Counter((message.partner_id, message.day) for message in messages)
        self.assertEqual(max(per_day.values()), 1)
        self.assertFalse(self.env["recurring.dunning.case"].search([("company_id", "=", self.company.id), ("state", "=", "open")]))
        words = ", ".join(f"day {offset:+d}: {counts[offset]}" for offset in OFFSETS)
        _logger.warning("replay of %s invoices, %s contacts; %s", len(self.rows), len(messages), words)


@tagged("post_install", "-at_install")
@pytest.mark.shared_data
@pytest.mark.long
class TestReceivablesReplayOfAll(TestReceivablesReplay):
    customers = None
