"""PostgreSQL itself refuses to bill a day twice, whoever inserts the row."""

import psycopg2.errors
import pytest
from processes import run


def _insert_like(cursor, period_id: int, **values) -> None:
    """Insert a copy of a ledger row, with these columns changed, past all of our code."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'recurring_period' AND column_name <> 'id' "
        "AND table_schema = 'public'"
    )
    columns = [f'"{name}"' for (name,) in cursor.fetchall()]
    shown = [values.get(name.strip('"'), name) for name in columns]
    cursor.execute(
        f"INSERT INTO recurring_period ({', '.join(columns)}) SELECT {', '.join(shown)} FROM recurring_period WHERE id = %s", [period_id]
    )


@pytest.fixture
def period_id(world) -> int:
    """The ledger row of a billed month."""
    ids = world.make(1)
    run(world.billing(ids))
    return world.sql("SELECT id FROM recurring_period WHERE subscription_id IN %s", tuple(ids))[0][0]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"start": '"end" - 1'},
        {"kind": "'opening'"},
        {"live_end": "start + 1", "end": "start + 1"},
        {"price_unit": "99"},
    ],
    ids=["the same month", "its last day", "as an opening", "its first day", "at another price"],
)
def test_a_day_billed_already_is_refused(world, period_id, values):
    with pytest.raises(psycopg2.errors.ExclusionViolation):
        world.work(lambda env: _insert_like(env.cr, period_id, **values))()


NEXT_MONTH = {name: f"({name} + interval '1 month')::date" for name in ("full_start", "start")}
NEXT_MONTH |= {name: f"(\"{name}\" + interval '1 month')::date" for name in ("full_end", "end", "live_end")}


@pytest.mark.parametrize("values", [{"voided": "TRUE"}, NEXT_MONTH], ids=["not in force", "the next month"])
def test_a_row_that_doubles_nothing_is_accepted(world, period_id, values):
    """The insertions above fail for the days they cover, not for what they are."""
    before = world.sql("SELECT count(*) FROM recurring_period")[0][0]
    world.work(lambda env: _insert_like(env.cr, period_id, **values))()
    assert world.sql("SELECT count(*) FROM recurring_period")[0][0] == before + 1


def test_two_transactions_that_bill_one_day_cannot_both_commit(world):
    """The second waits for the first and is refused, although it cannot see the row."""
    (number,) = world.make(1)
    run(world.billing([number]))
    (template,) = world.sql("SELECT id FROM recurring_period WHERE subscription_id = %s", number)[0]
    with world.registry.cursor() as one, world.registry.cursor() as other:
        other.execute("SELECT 1")
        one.execute("SELECT 1")
        _insert_like(one, template, **NEXT_MONTH)
        other.execute("SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(psycopg2.errors.LockNotAvailable):
            _insert_like(other, template, **NEXT_MONTH)
        other.rollback()
        one.commit()
        with pytest.raises(psycopg2.errors.ExclusionViolation):
            _insert_like(other, template, **NEXT_MONTH)
