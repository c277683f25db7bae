"""What an update from an earlier version does to collection cases."""

from odoo.modules.migration import load_script
from odoo.tools import file_path

from .arranging import ArrangingCase


class TestCaseUpdate(ArrangingCase):
    def migrate(self, version):
        self.env.flush_all()
        load_script(file_path("recurring_billing/migrations/19.0.1.2.0/post-cases.py"), "post_cases").migrate(self.env.cr, version)
        self.env.invalidate_all()

    def test_open_cases_have_their_amounts_at_once(self):
        """300.00 are late, 200.00 are not; a customer who owes nothing any more has no open case."""
        boris = self.make_partner("Boris")
        self.invoice("2024-03-02", 300.0)
        self.invoice("2024-03-02", 200.0, due="2124-03-02")
        case, paid = self.case_of(), self.case_of(boris)
        (case | paid).sudo().write({"amount_due": 0.0, "amount_open": 0.0, "opened_on": "2024-01-01"})
        self.migrate("")
        self.assertEqual(case.amount_open, 0.0)
        self.migrate("19.0.1.1.0")
        self.assertEqual((case.amount_due, case.amount_open, case.state), (300.0, 500.0, "open"))
        self.assertEqual(paid.state, "closed")
