"""Stories of the conformance cases: every event, recorded in time and late, and what cannot be told.

Most of them are about April 2026, a month of thirty days: a line of 90.00 costs 3.00 a day.
"""

import json

import pytest

from tools import conformance

MONTHLY, YEARLY = {"count": 1, "unit": "month"}, {"count": 1, "unit": "year"}
APRIL = ("2026-04-01", "2026-05-01")


def day(number):
    return f"2026-04-{number:02}"


def start(line="A", on=1, price="90.00", **words):
    return {"on": day(on), "start": {"line": line, "price": price, "interval": MONTHLY, "anchor": day(1), **words}}


def event(on, word, line="A", since=None, **words):
    """An event recorded on a day of April, effective since another."""
    return {"on": day(on), word: line, **({"effective": day(since)} if since else {}), **words}


def net(*amounts, line="A"):
    """Amounts of a line in April, or with the period told."""
    told = [each if isinstance(each, tuple) else (each, APRIL) for each in amounts]
    return [{"line": line, "period": list(period), "amount": amount} for amount, period in told]


def item(line, since, until, amount):
    return {"line": line, "from": since, "to": until, "amount": amount}


@pytest.fixture
def said(tmp_path, capsys):
    """What the command says of one story; nothing when it passes."""

    def evaluated(events, expect, until="2026-04-30"):
        file = tmp_path / "cases.json"
        file.write_text(json.dumps({"cases": [{"id": "s", "kind": "story", "story": events, "bill_until": until, "expect": expect}]}))
        conformance.main([str(file)])
        lines = capsys.readouterr().out.splitlines()
        assert lines[-1] == ("1 passed, 0 failed" if len(lines) == 1 else "0 passed, 1 failed")
        return lines[0] if len(lines) > 1 else ""

    return evaluated


APRIL_STORIES = {
    "paused for ten days": ([event(11, "pause"), event(21, "resume")], "60.00"),
    "paused, told after it was over": ([event(25, "pause", since=11, no_run=True), event(25, "resume", since=21)], "60.00"),
    "paused from the first day, never resumed": ([event(1, "pause")], None),
    "paused within a pause told later": ([event(11, "pause"), event(21, "resume"), event(25, "pause", since=6)], "15.00"),
    "resumed earlier than was told": ([event(11, "pause"), event(21, "resume"), event(25, "resume", since=16)], "75.00"),
    "resumed as if never paused": ([event(11, "pause"), event(21, "resume", since=6)], "90.00"),
    "ended late": ([event(21, "end", since=11)], "30.00"),
    "ended while paused": ([event(11, "pause"), event(21, "end")], "30.00"),
    "ended earlier than was told": ([event(21, "end"), event(25, "end", since=11)], "30.00"),
    "ended before it started": ([event(11, "end", since=1)], None),
    "reopened with a gap": ([event(11, "end"), event(21, "reopen")], "60.00"),
    "reopened with a gap, told late": ([event(11, "end"), event(25, "reopen", since=21)], "60.00"),
    "reopened before it ended": ([event(21, "end"), event(25, "reopen", since=11)], "90.00"),
    "reopened and paused": ([event(11, "end"), event(16, "reopen"), event(21, "pause")], "45.00"),
    "another price": ([event(11, "reprice", to={"price": "120.00"})], "110.00"),
    "another price, told late": ([event(25, "reprice", since=11, to={"price": "120.00"})], "110.00"),
    "two prices, the later one told first": (
        [event(11, "reprice", to={"price": "120.00"}), event(21, "reprice", since=6, to={"price": "150.00"})],
        "140.00",  # 5 days of 3.00, 25 of 5.00
    ),
    "a price told before the start": ([event(5, "reprice", since=1, to={"price": "120.00"})], "120.00"),
    "a price told across a pause that is over": (
        [event(11, "pause"), event(21, "resume"), event(25, "reprice", since=6, to={"price": "120.00"})],
        "75.00",  # 5 days of 3.00, 5 and 10 of 4.00
    ),
    "a price told during a pause": (
        [event(11, "pause"), event(16, "reprice", to={"price": "120.00"}), event(21, "resume")],
        "70.00",
    ),
    "a pause across two prices": (
        [event(11, "reprice", to={"price": "120.00"}), event(21, "reprice", to={"price": "150.00"}), event(25, "pause", since=6)],
        "15.00",
    ),
    "a pause across two prices, resumed at the last": (
        [
            event(11, "reprice", to={"price": "120.00"}),
            event(21, "reprice", to={"price": "150.00"}),
            event(25, "pause", since=6),
            event(28, "resume"),
        ],
        "30.00",
    ),
    "ended and reopened as if nothing had been": (
        [event(11, "reprice", to={"price": "120.00"}), event(15, "end", since=6), event(20, "reopen", since=6)],
        "110.00",
    ),
    "another quantity": ([event(16, "reprice", to={"quantity": "2"})], "135.00"),
    "another quantity, then another price since earlier": (
        [event(16, "reprice", to={"quantity": 2}), event(20, "reprice", since=11, to={"price": "60.00"})],
        "100.00",  # 10 days of 3.00, 5 of 2.00, 15 of 4.00
    ),
    "a discount": ([event(16, "reprice", to={"discount": "50"})], "67.50"),
    "the same price again": ([event(16, "reprice", to={"price": "90.0"})], "90.00"),
}


@pytest.mark.parametrize(("events", "expected"), APRIL_STORIES.values(), ids=APRIL_STORIES)
def test_what_april_costs_after_its_events(said, events, expected):
    story = [start(), *events]
    assert said(story, {"net": net(expected) if expected else []}) == ""
    late = [each | {"no_run": True} for each in story]
    assert said(late, {"net": net(expected) if expected else []}) == ""
    arrears = [start(billing="arrears"), *events]
    assert said(arrears, {"net": net(expected) if expected else []}, until=APRIL[1]) == ""


def test_every_row_of_a_pause_that_cuts_two_prices(said):
    story = [start(), event(11, "reprice", to={"price": "120.00"}), event(21, "pause", since=6)]
    assert said(story, {"items": [
        item("A", *APRIL, "90.00"),
        item("A", day(11), APRIL[1], "-60.00"),
        item("A", day(11), APRIL[1], "80.00"),
        item("A", day(6), day(11), "-15.00"),
        item("A", day(11), APRIL[1], "-80.00"),
    ]}) == ""  # fmt: skip


def test_a_change_ends_the_line_and_starts_another_at_what_it_does_not_say(said):
    story = [start(quantity="2", discount="50"), event(16, "change", to={"line": "B", "price": "120.00"})]
    assert said(story, {"net": [*net("45.00"), *net("60.00", line="B")]}) == ""


def test_a_change_recorded_late_takes_the_time_from_the_line(said):
    story = [start(), event(26, "change", since=16, to={"line": "B", "price": "120.00"})]
    items = [item("A", *APRIL, "90.00"), item("A", day(16), APRIL[1], "-45.00"), item("B", day(16), APRIL[1], "60.00")]
    assert said(story, {"items": items}) == ""


def test_a_change_to_another_interval_and_anchor(said):
    """From 16 April to 1 January are 260 of 365 days."""
    to = {"line": "B", "price": "1200.00", "interval": YEARLY, "anchor": "2026-01-01"}
    expected = [*net("45.00"), *net(("854.79", ("2026-01-01", "2027-01-01")), line="B")]
    assert said([start(), event(16, "change", to=to)], {"net": expected}) == ""


def test_a_change_of_the_interval_alone_keeps_the_anchor(said):
    """From 16 April to 1 April are 350 of 365 days."""
    to = {"line": "B", "price": "365.00", "interval": YEARLY}
    expected = [*net("45.00"), *net(("350.00", ("2026-04-01", "2027-04-01")), line="B")]
    assert said([start(), event(16, "change", to=to)], {"net": expected}) == ""


def test_a_change_to_arrears_is_billed_at_the_end_of_the_period(said):
    story = [start(), event(16, "change", to={"line": "B", "billing": "arrears"})]
    assert said(story, {"net": net("45.00")}) == ""
    assert said(story, {"net": [*net("45.00", ("90.00", ("2026-05-01", "2026-06-01"))), *net("45.00", line="B")]}, until="2026-05-01") != ""
    assert said(story, {"net": [*net("45.00"), *net("45.00", line="B")]}, until="2026-05-01") == ""


def test_a_line_that_came_by_a_change_has_events_of_its_own(said):
    story = [
        start(),
        event(11, "change", to={"line": "B", "price": "120.00"}),
        event(16, "pause", "B"),
        event(21, "resume", "B"),
        event(26, "reprice", "B", to={"quantity": "2"}),
        event(28, "end", "B", since=26),
    ]
    assert said(story, {"net": [*net("30.00"), *net("40.00", line="B")]}) == ""


def test_a_change_to_the_same_name_is_another_lineage_of_that_name(said):
    assert said([start(), event(16, "change", to={"price": "120.00"})], {"net": net("105.00")}) == ""


def test_a_line_changed_before_it_started_is_not_wanted_at_all(said):
    story = [start(on=11, anchor=day(1)), event(16, "change", since=6, to={"line": "B"})]
    assert said(story, {"net": net("75.00", line="B")}) == ""


@pytest.mark.parametrize(
    ("policy", "events", "expected"),
    [
        ("full", [], "110.00"),
        ("full", [event(25, "end")], "50.00"),
        ("full", [event(22, "pause"), event(26, "resume")], "70.00"),
        ("full", [event(25, "end"), event(28, "reopen", since=25)], "110.00"),
        ("full", [event(25, "reprice", to={"price": "220.00"})], "170.00"),
        ("none", [event(25, "end")], None),
        ("none", [event(22, "reprice", to={"price": "220.00"})], None),
        ("thirty", [], "40.33"),
        ("thirty", [event(25, "end")], "18.33"),
        ("actual", [event(25, "end"), event(28, "reopen", since=25)], "40.33"),
    ],
)
def test_a_leading_stub_of_eleven_days(said, policy, events, expected):
    story = [start(on=20, price="110.00", proration=policy), *events]
    assert said(story, {"net": net(expected) if expected else []}) == ""


@pytest.mark.parametrize("policy", ["full", "none"])
def test_a_change_starts_no_leading_stub(said, policy):
    story = [start(on=20, price="110.00", proration=policy), event(25, "change", to={"line": "B", "price": "90.00"})]
    assert said(story, {"net": [*(net("50.00") if policy == "full" else []), *net("18.00", line="B")]}) == ""


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("2026-02-11", "reprice", {"to": {"price": "60.00"}})], "50.00"),  # 10/30 of 30, 20/30 of 60
        ([("2026-02-11", "reprice", {"to": {"price": "60.00"}}), ("2026-02-21", "end", {})], "30.00"),
        ([("2026-02-11", "pause", {}), ("2026-02-21", "resume", {})], "18.00"),
        ([("2026-02-21", "end", {}), ("2026-02-21", "reopen", {})], "30.00"),
        # The last eight days weighed 10/30 while the whole month was wanted; since four days are not, they weigh 8/30.
        (
            [
                ("2026-02-21", "reprice", {"to": {"price": "60.00"}}),
                ("2026-02-25", "pause", {"effective": "2026-02-05"}),
                ("2026-02-25", "resume", {"effective": "2026-02-09"}),
            ],
            "32.00",
        ),
    ],
)
def test_thirty_in_a_short_month(said, events, expected):
    begun = {"on": "2026-02-01", "start": {"line": "A", "price": "30.00", "interval": MONTHLY, "proration": "thirty"}}
    story = [begun, *({"on": on, word: "A", **words} for on, word, words in events)]
    assert said(story, {"net": net((expected, ("2026-02-01", "2026-03-01")))}, until="2026-02-28") == ""


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ("A starts", "a story is a list of events"),
        (["A starts"], "event 1 is not an object"),
        ([{"on": day(1)}], "event 1 must say one of start, change, reprice, pause, resume, end, reopen; it says none of them"),
        ([event(1, "pause", end="A")], "it says pause and end"),
        ([{"pause": "A"}], "it lacks 'on'"),
        ([{"on": day(1), "start": {"price": "1"}}], "it lacks 'line'"),
        ([{"on": day(1), "start": {"line": "A", "price": "1"}}], "it lacks 'interval'"),
        ([{"on": day(1), "start": "A"}], "event 1 (start) must say what the line is to be in an object, not 'A'"),
        ([event(1, "pause", ["A"])], "event 1 (pause) must name a line, not ['A']"),
        ([event(1, "pause")], "on 2026-04-01 there is no line 'A' to pause"),
        ([start(), event(5, "end", "B")], "on 2026-04-05 there is no line 'B' to end"),
        ([start(), start(on=5)], "the line 'A' is started on 2026-04-05 though it runs already"),
        ([start(on=5), event(1, "end")], "event 2 is recorded on 2026-04-01, before the one it follows"),
        (
            [start(), event(5, "pause"), event(9, "pause")],
            "the line 'A' is paused since 2026-04-05: on 2026-04-09 there is nothing to pause",
        ),
        ([start(), event(5, "end"), event(9, "pause")], "'A' has ended since 2026-04-05: on 2026-04-09 there is nothing to pause"),
        ([start(), event(5, "end"), event(9, "end")], "'A' has ended since 2026-04-05: on 2026-04-09 there is nothing to end"),
        ([start(), event(5, "resume")], "the line 'A' runs since 2026-04-01: on 2026-04-05 there is nothing to resume"),
        ([start(), event(5, "pause"), event(9, "reopen")], "on 2026-04-09 there is nothing to reopen"),
        ([start(), event(5, "end"), event(9, "change", to={"line": "B"})], "on 2026-04-09 there is nothing to change"),
        ([start(), start("B"), event(9, "change", to={"line": "B"})], "changes on 2026-04-09 to 'B', which runs already"),
        ([start(), event(9, "change")], "it lacks 'to'"),
        ([start(), event(9, "reprice", to={})], "must say a price, quantity or discount, which it does not"),
        (
            [start(), event(9, "reprice", to={"interval": YEARLY})],
            "a price, quantity or discount, not interval, which is a change",
        ),
        ([start(price="dear")], "an amount that is not a number"),
        ([start(price="NaN")], "a price is a number, not 'NaN'"),
        ([start(quantity=[])], "a quantity is a number, not []"),
        ([start(discount=True)], "a discount is a number, not True"),
        ([start(billing="later")], "billing is advance or arrears, not 'later'"),
        ([start(proration="fair")], "unknown proration policy 'fair', expected one of actual, thirty, full, none"),
        ([start(interval={"count": 1})], "it lacks 'unit'"),
        ([start(interval={"count": -1, "unit": "month"})], "an interval needs a count of at least 1, not -1"),
        ([start(anchor="April")], "Invalid isoformat string: 'April'"),
        ([event(1, "pause", since=None) | {"effective": "soon"}], "Invalid isoformat string: 'soon'"),
    ],
)
def test_a_story_that_cannot_be_told_gets_a_message(said, events, message):
    found = said(events, {"net": []})
    assert found.startswith("s (story): malformed case: ")
    assert message in found


def test_a_story_without_an_end_is_malformed(said):
    assert said([start()], {"net": []}, until=None).startswith("s (story): malformed case")


def test_a_story_that_expects_neither_rows_nor_net_is_malformed(said):
    assert "malformed case: it lacks 'items'" in said([start()], {})
