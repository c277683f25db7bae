"""Values of price indices: typed, imported, fetched from a service over real HTTP."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.recurring_billing.services import index_fetching

from .common import RecurringCommon


class Service(BaseHTTPRequestHandler):
    """Answers as the service of indices does: what the test put there."""

    status, body, delay, drip = 200, b"[]", 0.0, False
    asked: list = []

    def do_GET(self):
        cls = type(self)
        cls.asked.append(self.path)
        time.sleep(cls.delay)
        self.send_response(cls.status)
        self.end_headers()
        for n in range(len(cls.body)) if cls.drip else ():
            try:
                self.wfile.write(cls.body[n : n + 1])
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)
        if not cls.drip:
            self.wfile.write(cls.body)

    def log_message(self, *arguments):
        """Silence."""


@tagged("post_install", "-at_install")
class TestPriceIndex(RecurringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(thread.join, 5)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.index = cls.env["recurring.price.index"].create({"name": "Test Index", "series": "433"})
        cls.manager = cls.make_user("index_manager", "recurring_billing.group_manager")

    def setUp(self):
        super().setUp()
        Service.asked = []
        self.serve()
        self.set_address(f"http://127.0.0.1:{self.server.server_port}/{{series}}?from={{start}}&to={{end}}")

    def set_address(self, address):
        self.env["ir.config_parameter"].set_param(index_fetching.ADDRESS, address)

    def serve(self, rows=(), *, status=200, body=None, delay=0.0, drip=False):
        body = json.dumps([{"data": day, "valor": value} for day, value in rows]).encode() if body is None else body
        Service.status, Service.body, Service.delay, Service.drip = status, body, delay, drip

    def fetch(self, day="2026-03-15"):
        with mute_logger("odoo.addons.recurring_billing.services.index_fetching"):
            return self.press(day, self.index, "action_fetch", user=self.manager)

    def known(self):
        return {f"{row.month:%Y-%m}": row.value for row in self.index.value_ids}

    def test_values_come_from_the_service_and_a_month_known_already_is_asked_for_again(self):
        self.serve([("01/01/2026", "0.56"), ("01/02/2026", "-0.08")])
        notice = self.fetch()
        self.assertEqual(self.known(), {"2026-01": 0.56, "2026-02": -0.08})
        self.assertEqual((notice["params"]["type"], notice["params"]["message"]), ("success", "2 new and 0 revised values."))
        self.assertEqual(Service.asked, ["/433?from=01/03/2023&to=15/03/2026"])
        self.fetch("2026-04-02")
        self.assertEqual(Service.asked[1], "/433?from=01/12/2025&to=02/04/2026")
        self.assertEqual(len(self.index.value_ids), 2)

    def test_a_revised_value_replaces_the_old_one_and_the_history_says_so(self):
        self.env["recurring.price.index.value"].create({"index_id": self.index.id, "month": "2026-01-20", "value": 0.5})
        self.serve([("01/01/2026", "0.56")])
        self.assertEqual(self.fetch()["params"]["message"], "0 new and 1 revised values.")
        self.assertEqual(self.known(), {"2026-01": 0.56})
        self.assertIn("Jan 2026 was revised from 0.5 % to 0.56 %.", self.index.message_ids[0].body)

    def test_no_data_is_no_problem(self):
        self.serve(status=404, body=b"nothing")
        self.assertEqual(self.fetch()["params"]["message"], "0 new and 0 revised values.")
        self.assertFalse(self.index.fetch_problem)

    def assertProblem(self, words):
        notice = self.fetch()
        self.assertEqual(notice["params"]["type"], "warning")
        self.assertIn(words, self.index.fetch_problem)
        self.assertFalse(self.index.value_ids)

    def test_too_many_months_are_said_to_be_too_many(self):
        self.serve(status=406, body=b"{}")
        self.assertProblem("so many months at once")

    def test_a_service_that_fails_changes_nothing(self):
        self.serve(status=503, body=b"down")
        self.assertProblem("answered 503")

    def test_garbage_changes_nothing(self):
        for body in (
            b"<html>",
            b'{"data": 1}',
            b"\xff\xfe",
            b'[{"data": "01/01/2026"}]',
            b'[{"data": "01/01/2026", "valor": "NaN"}]',
            b"[" * 5000,
        ):
            self.serve(body=body)
            self.assertProblem("nothing was changed")

    def test_duplicates_count_once_and_contradictions_change_nothing(self):
        self.serve([("01/01/2026", "0.56"), ("01/01/2026", "0.57")])
        self.assertProblem("two values for 2026-01")
        self.serve([("01/01/2026", "0.56"), ("01/01/2026", "0.56")])
        self.fetch()
        self.assertEqual(self.known(), {"2026-01": 0.56})
        self.assertFalse(self.index.fetch_problem)

    def test_a_slow_service_is_given_up(self):
        with patch.object(index_fetching, "TIMEOUT", 0.3):
            self.serve([("01/01/2026", "0.56")], delay=1.0)
            self.assertProblem("did not answer in time")
            self.serve([("01/01/2026", "0.56")] * 40, drip=True)  # to its end it takes more than two minutes
            started = time.monotonic()
            self.assertProblem("did not answer in time")
            self.assertLess(time.monotonic() - started, 60)

    def test_an_endless_answer_is_given_up(self):
        self.serve(body=b" " * (index_fetching.LARGEST + 5000))
        with patch.object(index_fetching, "TIMEOUT", 60):  # a busy machine is no slow service
            self.assertProblem("far more than a list")

    def test_an_unreachable_service_is_told(self):
        self.set_address("http://127.0.0.1:9/{series}")
        self.assertProblem("could not be reached")

    def test_an_address_that_cannot_be_used_says_why(self):
        self.set_address("http://127.0.0.1/{month}")
        self.assertProblem("{series}, {start} and {end} only")
        self.set_address("file:///{series}")
        self.assertProblem("must begin with https://")

    def test_without_an_address_nothing_is_fetched(self):
        self.set_address("")
        with self.assertRaisesRegex(UserError, "gives the address"):
            self.press("2026-03-15", self.index, "action_fetch")
        self.assertFalse(self.env.ref("recurring_billing.cron_index_fetch").active)

    def test_the_scheduled_action_keeps_problems_and_goes_on(self):
        self.serve(status=500, body=b"")
        with self.in_test_mode(), mute_logger("odoo.addons.recurring_billing.services.index_fetching"):
            self.assertIs(self.env.ref("recurring_billing.cron_index_fetch").method_direct_trigger(), True)
        self.assertIn("answered 500", self.index.fetch_problem)
        asked = {path.split("?")[0] for path in Service.asked}
        self.assertEqual(asked, {"/433", "/189"})

    def test_values_are_typed_in_the_form(self):
        with Form(self.index) as form, form.value_ids.new() as row:
            row.month, row.value = "2026-02-17", -0.08
        self.assertEqual(self.known(), {"2026-02": -0.08})
        self.assertEqual(str(self.index.last_month), "2026-02-01")

    def test_values_are_imported_from_a_file(self):
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "recurring.price.index.value",
                "file": b"index_id,month,value\nTest Index,2025-12-01,0.33\nTest Index,2026-01-01,0.56\n",
                "file_type": "text/csv",
                "file_name": "values.csv",
            }
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%Y-%m-%d"}
        result = wizard.execute_import(["index_id", "month", "value"], ["index_id", "month", "value"], options)
        self.assertFalse(result["messages"])
        self.assertEqual(self.known(), {"2025-12": 0.33, "2026-01": 0.56})

    def test_a_month_has_one_value_and_a_sensible_one(self):
        values = {"index_id": self.index.id, "month": "2026-01-01"}
        self.env["recurring.price.index.value"].create({**values, "value": 1.0})
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["recurring.price.index.value"].create({**values, "month": "2026-01-31", "value": 1.0})
        with self.assertRaisesRegex(ValidationError, "between -100 and 1000"):
            self.env["recurring.price.index.value"].create({**values, "month": "2026-02-01", "value": -100.0})

    def test_twelve_months_are_accumulated_exactly(self):
        ipca = [0.53, 0.84, 0.71, 0.61, 0.23, -0.08, 0.12, 0.23, 0.26, 0.24, 0.28, 0.56]
        self.env["recurring.price.index.value"].create(
            [{"index_id": self.index.id, "month": f"2023-{n:02}-01", "value": value} for n, value in enumerate(ipca, 1)]
        )
        self.assertEqual((str(self.index.last_month), round(self.index.year_percent, 2)), ("2023-12-01", 4.62))
