"""Several payers of a subscription by percentage: an invoice for each, to the cent, and no route that loses or doubles money."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import RecurringCommon


@tagged("post_install", "-at_install")
class TestPayers(RecurringCommon):
    def split(self, *percents, price=99.99, start="2024-01-01", line=None, **values):
        """A subscription of Ana, split among Bea, Cid, … by these percentages; Ana pays what is left."""
        names = ("Bea", "Cid", "Dora")
        self.payers = [self.make_partner(name) for name in names[: len(percents)]]
        payers = [
            Command.create({"partner_id": partner.id, "percent": percent}) for partner, percent in zip(self.payers, percents, strict=True)
        ]
        return self.subscribe(start, price, line=line, payer_ids=payers, **values)

    def by_payer(self, subscription):
        """What each owes by the documents in force: invoices less credit notes."""
        found = {}
        for move in self.invoices(subscription).filtered(lambda move: move.state != "cancel"):
            sign = 1 if move.move_type == "out_invoice" else -1
            name = move.partner_id.name
            found[name] = round(found.get(name, 0) + sign * move.amount_untaxed, 2)
        return found

    def assertBooksAgree(self, subscription):
        """The ledger is what the documents in force say; nothing waits to be invoiced again."""
        rows = subscription.period_ids.filtered(lambda period: not period.voided)
        documents = sum(self.by_payer(subscription).values())
        self.assertAlmostEqual(sum(rows.mapped("amount")), documents)
        self.assertFalse(rows.share_ids.filtered(lambda share: share.state == "to_invoice"))

    def invoice_of(self, subscription, name):
        return self.invoices(subscription).filtered(lambda move: move.partner_id.name == name)[-1]

    # Amounts

    def test_sixty_forty_of_99_99_with_taxes(self):
        """60 % of 99.99 = 59.994 and 40 % = 39.996: 59.99 and 40.00. With 15 % each by itself: 68.99 and 46.00."""
        subscription = self.split(40, line={"tax_ids": [Command.set(self.tax.ids)]})
        self.bill("2024-01-01", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 40.0, "Ana": 59.99})
        self.assertEqual({move.partner_id.name: move.amount_total for move in self.invoices(subscription)}, {"Bea": 46.0, "Ana": 68.99})
        (row,) = subscription.period_ids
        self.assertEqual((row.amount, len(row.move_line_ids)), (99.99, 2))
        self.assertIn("40 % of Gym", self.invoice_of(subscription, "Bea").invoice_line_ids.name)

    def test_three_payers_of_a_hundred(self):
        subscription = self.split(33.33, 33.33, 33.34, price=100.0)
        self.bill("2024-01-01", subscription)
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 66.66, "Cid": 66.66, "Dora": 66.68})
        self.assertBooksAgree(subscription)

    def test_shares_add_up_to_a_hundred_at_most(self):
        with self.assertRaisesRegex((UserError, ValidationError), "pay 110 %"):
            self.split(60, 50)
        subscription = self.split(40)
        with self.assertRaisesRegex((UserError, ValidationError), "add up to 100"):
            subscription.payer_ids = [Command.create({"partner_id": subscription.partner_invoice_id.id, "percent": 50})]
        subscription.payer_ids.unlink()
        subscription.payer_ids = [
            Command.create({"partner_id": subscription.partner_invoice_id.id, "percent": 50}),
            Command.create({"partner_id": self.payers[0].id, "percent": 50}),
        ]

    def test_an_end_gives_back_in_shares(self):
        """30.00 for April, 60/40; the end after 15 April gives back 15.00: 9.00 to Bea, 6.00 to Ana, on their open invoices."""
        subscription = self.split(60, price=30.0, start="2024-04-01")
        self.bill("2024-04-01", subscription)
        subscription.end_date = "2024-04-15"
        self.bill("2024-04-16", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 9.0, "Ana": 6.0})
        credits = self.invoices(subscription).filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual({credit.reversed_entry_id.partner_id: credit.partner_id for credit in credits}, {p: p for p in credits.partner_id})
        self.assertBooksAgree(subscription)

    def test_changed_percentages_count_from_the_next_invoice_and_credits_follow_what_was_paid(self):
        """April 60/40 of 30.00; from May 50/50. The end on 15 May gives back 16/31 of 30.00 = 15.48 of May, halves: 7.74 each."""
        subscription = self.split(60, price=30.0, start="2024-04-01")
        self.bill("2024-04-01", subscription)
        subscription.payer_ids.percent = 50
        self.bill("2024-05-01", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 33.0, "Ana": 27.0})
        subscription.payer_ids.percent = 90
        subscription.end_date = "2024-05-15"
        self.bill("2024-05-16", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 25.26, "Ana": 19.26})
        self.assertBooksAgree(subscription)

    def test_what_one_paid_before_others_joined_goes_back_to_that_one(self):
        subscription = self.subscribe("2024-04-01", 30.0)
        self.bill("2024-04-01", subscription)
        subscription.payer_ids = [Command.create({"partner_id": self.make_partner("Bea").id, "percent": 50})]
        subscription.end_date = "2024-04-15"
        self.bill("2024-04-16", subscription)
        self.assertEqual(self.by_payer(subscription), {"Ana": 15.0})
        self.assertBooksAgree(subscription)

    def test_one_off_charges_are_split_as_well(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        one_off = self.env["recurring.one.off"].create(
            {
                "subscription_id": subscription.id,
                "product_id": self.make_product(80).id,
                "price_unit": 80.0,
                "reason": "Visit",
                "date": "2024-01-10",
            }
        )
        self.bill("2024-02-01", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0 * 2 + 48.0, "Ana": 12.0 * 2 + 32.0})
        self.assertEqual((one_off.state, len(one_off.move_ids)), ("billed", 2))

    # Invoices that go and come back

    def test_one_payers_deleted_draft_is_made_again(self):
        subscription = self.split(60, price=30.0, plan=self.make_plan(invoice_mode="draft"))
        self.bill("2024-01-01", subscription)
        self.invoice_of(subscription, "Bea").unlink()
        self.assertEqual((self.by_payer(subscription), bool(subscription.next_invoice_date)), ({"Ana": 12.0}, True))
        self.bill("2024-01-02", subscription)
        self.bill("2024-01-03", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})
        self.assertBooksAgree(subscription)
        self.assertIn("60 % of Gym", self.invoice_of(subscription, "Bea").invoice_line_ids.name)

    def test_both_drafts_deleted_free_the_time(self):
        subscription = self.split(60, price=30.0, plan=self.make_plan(invoice_mode="draft"))
        self.bill("2024-01-01", subscription)
        self.invoice_of(subscription, "Bea").unlink()
        self.invoice_of(subscription, "Ana").unlink()
        self.assertEqual(self.periods(subscription), [])
        subscription.payer_ids.percent = 50
        self.bill("2024-01-02", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 15.0, "Ana": 15.0})
        self.assertBooksAgree(subscription)

    def test_a_cancelled_invoice_is_made_again_and_does_not_come_back_beside_it(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        first = self.invoice_of(subscription, "Bea")
        first.button_draft()
        first.button_cancel()
        self.assertEqual(len(self.periods(subscription)), 1)
        self.bill("2024-01-02", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})
        with self.assertRaisesRegex(UserError, "meanwhile"):
            first.button_draft()
        self.assertBooksAgree(subscription)

    def test_a_cancelled_invoice_comes_back_before_it_is_made_again(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        first = self.invoice_of(subscription, "Bea")
        first.button_draft()
        first.button_cancel()
        first.button_draft()
        first.action_post()
        self.bill("2024-01-02", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})
        self.assertBooksAgree(subscription)

    def test_all_cancelled_and_one_comes_back(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        bea, ana = (self.invoice_of(subscription, name) for name in ("Bea", "Ana"))
        for move in (bea, ana):
            move.button_draft()
            move.button_cancel()
        self.assertEqual(self.periods(subscription), [])
        bea.button_draft()
        bea.action_post()
        self.bill("2024-01-02", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})
        self.assertBooksAgree(subscription)

    def test_a_missing_share_and_an_end_net_out(self):
        """April 30.00, 60/40; Bea's invoice is cancelled, service ends on 15 April: Bea owes 9.00 in the end, Ana 6.00."""
        subscription = self.split(60, price=30.0, start="2024-04-01")
        self.bill("2024-04-01", subscription)
        bea = self.invoice_of(subscription, "Bea")
        bea.button_draft()
        bea.button_cancel()
        subscription.end_date = "2024-04-15"
        self.bill("2024-04-16", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 9.0, "Ana": 6.0})
        self.assertBooksAgree(subscription)

    # Reversals and edits

    def reverse(self, move, choice, is_modify=False, day="2024-01-05"):
        env = self.at(day)
        wizard = (
            env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": day, "recurring_reversal": choice})
        )
        action = wizard.modify_moves() if is_modify else wizard.refund_moves()
        document = self.env["account.move"].browse(action.get("res_id") or wizard.new_move_ids.ids)
        return document

    def test_a_reversal_that_frees_bills_that_payer_again(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        credit = self.reverse(self.invoice_of(subscription, "Bea"), "free")
        credit.action_post()
        self.assertEqual(self.by_payer(subscription), {"Bea": 0.0, "Ana": 12.0})
        self.bill("2024-01-06", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})
        self.assertBooksAgree(subscription)

    def test_a_reversal_that_frees_is_undone_by_cancelling_it(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        credit = self.reverse(self.invoice_of(subscription, "Bea"), "free")
        credit.action_post()
        credit.button_draft()
        credit.button_cancel()
        self.bill("2024-01-06", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})
        self.assertBooksAgree(subscription)

    def test_a_reversal_that_keeps_gives_that_payer_the_money_back(self):
        """April 30.00: Bea's 18.00 go back, the time counts as billed; the end after 15 April gives back half of Ana's 12.00: 6.00."""
        subscription = self.split(60, price=30.0, start="2024-04-01")
        self.bill("2024-04-01", subscription)
        self.reverse(self.invoice_of(subscription, "Bea"), "keep", day="2024-04-05").action_post()
        self.bill("2024-04-06", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 0.0, "Ana": 12.0})
        self.assertBooksAgree(subscription)
        subscription.end_date = "2024-04-15"
        self.bill("2024-04-16", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 0.0, "Ana": 6.0})
        self.assertBooksAgree(subscription)

    def test_reversed_twice_is_refused(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        invoice = self.invoice_of(subscription, "Bea")
        self.reverse(invoice, "free").action_post()
        with self.assertRaisesRegex(UserError, "left to give back"):
            self.reverse(invoice, "free")

    def test_reverse_and_create_hands_the_share_over(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        self.reverse(self.invoice_of(subscription, "Bea"), "keep", is_modify=True)
        self.bill("2024-01-06", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})
        self.assertBooksAgree(subscription)

    def test_a_draft_changed_by_hand_changes_that_share(self):
        subscription = self.split(60, price=30.0, plan=self.make_plan(invoice_mode="draft"), start="2024-04-01")
        self.bill("2024-04-01", subscription)
        bea, ana = (self.invoice_of(subscription, name) for name in ("Bea", "Ana"))
        bea.invoice_line_ids.price_unit = 10.0
        (bea | ana).action_post()
        self.bill("2024-04-02", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 10.0, "Ana": 12.0})
        self.assertBooksAgree(subscription)
        subscription.end_date = "2024-04-15"
        self.bill("2024-04-16", subscription)
        drafts = self.invoices(subscription).filtered(lambda move: move.state == "draft")
        drafts.action_post()
        self.assertEqual(self.by_payer(subscription), {"Bea": 5.0, "Ana": 6.0})
        self.assertBooksAgree(subscription)

    def test_untouched_drafts_are_made_again(self):
        subscription = self.split(60, price=30.0, plan=self.make_plan(invoice_mode="draft"), start="2024-04-01")
        self.bill("2024-04-01", subscription)
        subscription.end_date = "2024-04-15"
        self.bill("2024-04-16", subscription)
        self.assertEqual(self.by_payer(subscription), {"Bea": 9.0, "Ana": 6.0})
        self.assertEqual(set(self.invoices(subscription).mapped("move_type")), {"out_invoice"})
        self.assertBooksAgree(subscription)

    def test_one_draft_posted_and_one_not_waits_for_a_person(self):
        subscription = self.split(60, price=30.0, plan=self.make_plan(invoice_mode="draft"), start="2024-04-01")
        self.bill("2024-04-01", subscription)
        self.invoice_of(subscription, "Bea").action_post()
        subscription.end_date = "2024-04-15"
        self.bill("2024-04-16", subscription)
        self.assertIn("A draft of one payer", self.issue(subscription).name)
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})

    # Around

    def test_an_archived_payer_parks(self):
        subscription = self.split(60, price=30.0)
        self.payers[0].active = False
        self.bill("2024-01-01", subscription)
        self.assertIn("Bea", self.issue(subscription).name)
        self.assertFalse(self.invoices(subscription))
        self.payers[0].active = True
        self.press("2024-01-02", self.issue(subscription), "action_retry")
        self.assertEqual(self.by_payer(subscription), {"Bea": 18.0, "Ana": 12.0})

    def test_coming_invoices_show_every_payer(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        with self.committing("2024-01-02") as env:
            mine = env["recurring.subscription"].browse(subscription.id)
            expected, _problems = env["recurring.billing.outlook"].expected(mine, date(2024, 3, 2))
            found = [(str(each.run_day), each.planned.partner.name, each.total) for each in expected]
        self.assertEqual(
            sorted(found),
            [("2024-02-01", "Ana", 12.0), ("2024-02-01", "Bea", 18.0), ("2024-03-01", "Ana", 12.0), ("2024-03-01", "Bea", 18.0)],
        )

    def test_a_company_that_pays_a_part_for_two_gets_one_invoice(self):
        """Per customer: the company pays half of 50.00 and of 30.00 on one invoice of 40.00, the employees their own halves."""
        plan = self.make_plan(grouping="customer")
        firm = self.make_partner("Firm", is_company=True)
        half = [Command.create({"partner_id": firm.id, "percent": 50})]
        one = self.subscribe("2024-01-01", 50.0, plan=plan, payer_ids=half)
        two = self.subscribe("2024-01-01", 30.0, plan=plan, partner=self.make_partner("Bob"), payer_ids=half)
        self.bill("2024-01-01", one | two)
        moves = self.invoices(one | two)
        self.assertEqual(
            sorted((move.partner_id.name, move.amount_total) for move in moves), [("Ana", 25.0), ("Bob", 15.0), ("Firm", 40.0)]
        )

    def test_why_this_amount_tells_the_shares(self):
        subscription = self.split(60, price=30.0)
        self.bill("2024-01-01", subscription)
        words = self.env["recurring.amount.explanation"].of_line(self.invoice_of(subscription, "Bea").invoice_line_ids)
        told = " ".join(line for paragraph in words for line in paragraph.lines)
        self.assertIn("Bea: 60 % = ", told)
        self.assertNotIn("A person changed the line", told)


@tagged("post_install", "-at_install")
class TestBeneficiary(RecurringCommon):
    def test_invoices_are_found_by_who_they_are_for(self):
        """A parent pays for two pupils; on the invoice of one, a single line is for a third."""
        parent, ana, bea, caio = (self.make_partner(name) for name in ("Paula", "Ana", "Bea", "Caio"))
        line = {"beneficiary_id": caio.id}
        one = self.subscribe("2024-01-01", 50.0, partner=parent, beneficiary_id=ana.id)
        two = self.subscribe("2024-01-01", 60.0, partner=parent, beneficiary_id=bea.id, line=line)
        self.bill("2024-01-01", one | two)
        moves = self.env["account.move"]
        self.assertEqual(moves.search([("recurring_beneficiary_ids", "=", ana.id)]), self.invoices(one))
        self.assertEqual(moves.search([("recurring_beneficiary_ids", "=", caio.id)]), self.invoices(two))
        self.assertFalse(moves.search([("recurring_beneficiary_ids", "=", bea.id)]))
        self.assertIn("Caio", self.invoices(two).invoice_line_ids.name)
        self.assertEqual(self.invoices(one).partner_shipping_id, ana)
        credit = self.invoices(one)._reverse_moves(cancel=True)
        self.assertEqual(credit.recurring_beneficiary_ids, ana)
