"""The demo database holds no card number: every row of every table is searched."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "test_recurring_billing" / "tests"))

from card_numbers import database_rows, scan

PLANTED = "5555 5555 5555 4444"


def test_the_demo_holds_no_card_number(told):
    told.flush_all()
    assert scan(database_rows(told.cr)) == {}


def test_one_that_is_there_is_found(told):
    with told.cr.savepoint() as kept:
        told["res.partner"].create({"name": "Careless", "comment": f"Her card is {PLANTED}"})
        told.flush_all()
        assert scan(database_rows(told.cr)) == {"res_partner": [PLANTED]}
        kept.rollback()
