"""Whole stories through forms, wizards and the scheduled action cost what their days cost, whenever and however often they are billed."""

from datetime import date

import pytest
from story_kit import KilledReplay, expected_net, random_story

from tools.story_billing import net
from tools.story_replay import Replay

MONTHLY = {"count": 1, "unit": "month"}
FEW, MANY = 2, 60
TAXES = [pytest.param(False, id="tax on top"), pytest.param(True, id="tax included", marks=pytest.mark.long)]


def start(line, on, price="90.00", **words):
    return {"on": on, "start": {"line": line, "price": price, "interval": MONTHLY, "anchor": "2026-01-01", **words}}


STORIES = {
    "paused, repriced and resumed late": [
        start("A", "2026-01-10", "99.99"),
        {"on": "2026-02-11", "pause": "A"},
        {"on": "2026-03-05", "reprice": "A", "effective": "2026-02-20", "to": {"price": "120.00"}},
        {"on": "2026-03-20", "resume": "A", "effective": "2026-02-25"},
        {"on": "2026-04-18", "end": "A", "effective": "2026-04-03"},
        {"on": "2026-05-09", "reopen": "A", "effective": "2026-04-20"},
    ],
    "replaced, with a second line that is cut": [
        start("A", "2026-01-05"),
        start("B", "2026-01-20", "249.95", quantity="2", discount="33.33"),
        {"on": "2026-02-16", "change": "A", "to": {"line": "C", "price": "33.33"}},
        {"on": "2026-03-10", "pause": "B", "effective": "2026-01-25"},
        {"on": "2026-03-28", "resume": "B", "effective": "2026-02-02"},
        {"on": "2026-05-02", "reprice": "C", "effective": "2026-03-15", "to": {"quantity": "3"}},
    ],
    "in arrears, by thirty days a month": [
        start("A", "2026-01-15", "100.00", billing="arrears", proration="thirty"),
        {"on": "2026-02-21", "reprice": "A", "to": {"price": "61.00"}},
        {"on": "2026-03-09", "pause": "A", "effective": "2026-02-05"},
        {"on": "2026-03-09", "resume": "A", "effective": "2026-02-09"},
        {"on": "2026-05-30", "end": "A", "effective": "2026-05-11"},
    ],
}
UNTIL = "2026-07-01"
MONTHS = [date(2026, month, 1) for month in range(1, 8)]


def case(name, *, billed_once=False):
    return {"story": [event | {"no_run": billed_once} for event in STORIES[name]], "bill_until": UNTIL}


@pytest.fixture(scope="module")
def replays(database):
    """By whether taxes are included in prices."""
    return {included: Replay(database, included=included) for included in (False, True)}


def ledger(replay, *, whole=False) -> list[tuple]:
    """The rows in force by product: what they cover and cost, and, when asked for, everything the ledger and the documents say of them."""
    places = {place.product_id: place for place in replay.places.values()}
    more = """, p.end, p.share_numerator, p.share_denominator, p.price_unit, p.quantity, p.discount, p.due_on, m.move_type, m.state,
              m.invoice_date, m.invoice_date_due, m.amount_untaxed, m.amount_total, m.amount_residual, a.name, a.quantity, a.price_unit,
              a.price_subtotal, a.price_total, s.next_invoice_date, g.billed_until"""
    query = f"""
        SELECT l.product_id, p.full_start, p.full_end, p.start, p.live_end, p.kind, p.amount {more if whole else ""} FROM recurring_period p
          JOIN recurring_subscription_line l ON l.id = p.line_id JOIN recurring_lineage g ON g.id = p.lineage_id
          JOIN recurring_subscription s ON s.id = p.subscription_id LEFT JOIN account_move_line a ON a.recurring_period_id = p.id
          LEFT JOIN account_move m ON m.id = a.move_id
         WHERE l.product_id IN %s AND p.voided IS NOT TRUE ORDER BY p.id, a.id
    """
    with replay.registry.cursor() as cursor:
        cursor.execute(query, [tuple(places)])
        rows = cursor.fetchall()
    names = {id: f"{place.line.key} {place.line.label}" for id, place in places.items()}
    return sorted(((names[row[0]], *row[1:]) for row in rows), key=repr)


def covered(replay) -> dict:
    """How many days are in force per lineage and full period."""
    found = {}
    for name, full_start, full_end, start, live_end, kind, _amount in ledger(replay):
        if kind != "credit":
            key = (name, full_start, full_end)
            found[key] = found.get(key, 0) + (live_end - start).days
    return {key: days for key, days in found.items() if days}


def check_random(replay, seed):
    story = random_story(seed)
    expected, known = expected_net(story)
    billed = {key: amount for key, amount in net(replay.bill(story)).items() if key in known}
    assert billed == expected, story


@pytest.mark.parametrize("seed", range(FEW))
def test_a_random_story_costs_what_its_days_cost(replays, seed):
    check_random(replays[seed % 2 == 1], seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(FEW, MANY))
def test_another_random_story_costs_what_its_days_cost(replays, seed):
    check_random(replays[seed % 2 == 1], seed)


@pytest.mark.parametrize("included", TAXES)
@pytest.mark.parametrize("name", STORIES)
def test_a_story_billed_month_by_month_costs_what_it_costs_at_once(replays, name, included):
    replay = replays[included]
    monthly = replay.bill(case(name), MONTHS)
    covered_monthly = covered(replay)
    at_once = replay.bill(case(name, billed_once=True))
    assert net(monthly) == net(at_once) == expected_net(case(name))[0]
    assert covered_monthly == covered(replay)


def check_killed(replay, name, months):
    replay.bill(case(name), months)
    peaceful = ledger(replay, whole=True)
    killed = KilledReplay(replay)
    killed.bill(case(name), months)
    assert ledger(killed, whole=True) == peaceful
    assert killed.kills > 3 * len(months)


def test_a_story_billed_by_killed_processes_leaves_the_same_rows(replays):
    check_killed(replays[True], "paused, repriced and resumed late", MONTHS[:2])


@pytest.mark.long
@pytest.mark.parametrize("included", [False, True], ids=["tax on top", "tax included"])
@pytest.mark.parametrize("name", STORIES)
def test_every_story_billed_by_killed_processes_leaves_the_same_rows(replays, name, included):
    check_killed(replays[included], name, MONTHS)
