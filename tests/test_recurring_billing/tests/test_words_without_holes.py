"""Who writes by hand chooses words that may speak of what there is not."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .arranging import ArrangingCase


@tagged("post_install", "-at_install")
class TestWordsWithoutHoles(ArrangingCase):
    def setUp(self):
        super().setUp()
        self.invoice("2026-03-10", 100)

    def writing(self, day):
        text = self.env.ref("recurring_billing.template_broken_friendly")
        case = self.case_of()
        return self.at(day)["recurring.dunning.write"].create({"case_id": case.id, "channel": "email", "template_id": text.id})

    def test_a_promise_nobody_made_is_not_spoken_of(self):
        wizard = self.writing("2026-03-13")
        self.assertIn("{promise_date}", wizard.hole_words)
        with self.assertRaisesRegex(UserError, "Choose another text, or change the words"):
            wizard.action_send()

    def test_the_promise_that_was_made_is_spoken_of(self):
        self.promise("2026-03-11", self.case_of(), "2026-03-12")
        self.watch("2026-03-13")
        wizard = self.writing("2026-03-14")
        self.assertFalse(wizard.hole_words)
        self.assertIn("03/12/2026", wizard.preview)
        wizard.action_send()
        message = self.case_of().message_line_ids.filtered(lambda each: each.kind == "manual")
        self.assertEqual(message.told["promise_date"], "2026-03-12")

    def test_a_broken_promise_whose_debt_is_paid_by_now_is_not_spoken_of(self):
        """100.00 were promised for the 12th and came on the 16th; another debt is open: nobody is told that nothing came of the promise."""
        promise = self.promise("2026-03-11", self.case_of(), "2026-03-12")
        self.watch("2026-03-16")
        self.invoice("2026-03-11", 70)
        self.pay("2026-03-16", promise.line_ids.move_id, 100.0)
        self.assertEqual((promise.state, promise.line_ids.amount_residual), ("broken", 0.0))
        self.assertIn("{promise_date}", self.writing("2026-03-17").hole_words or "")
