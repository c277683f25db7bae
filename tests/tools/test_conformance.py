"""`./dev conformance`: what it evaluates, what it prints, and what it makes of a file that is wrong."""

import doctest
import json
from importlib import import_module

import pytest

from tools import conformance

MONTHLY = {"count": 1, "unit": "month"}
SHARE = {
    "id": "a-share",
    "kind": "share",
    "covered": ["2023-02-23", "2023-03-15"],
    "period": ["2023-02-15", "2023-03-15"],
    "interval": MONTHLY,
    "proration": "actual",
    "expect": "20/28",
}
BOUNDARIES = {
    "id": "an-end-of-month",
    "kind": "boundaries",
    "anchor": "2024-01-31",
    "interval": MONTHLY,
    "from": "2024-02-01",
    "to": "2024-03-01",
    "expect": [["2024-01-31", "2024-02-29"], ["2024-02-29", "2024-03-31"]],
}
BILLED = {
    "id": "a-stub",
    "kind": "periods_billed",
    "start": "2011-02-01",
    "anchor": "2011-02-13",
    "interval": MONTHLY,
    "bill_until": "2011-02-13",
    "expect": "43/31",
}


def started(line="A", on="2021-09-16", **start):
    return {"on": on, "start": {"line": line, "price": "24.95", "interval": MONTHLY, **start}}


STORY = {
    "id": "a-start",
    "kind": "story",
    "story": [started(anchor="2021-09-25")],
    "bill_until": "2021-09-16",
    "expect": {"items": [{"line": "A", "from": "2021-09-16", "to": "2021-09-25", "amount": "7.24"}]},
}


@pytest.fixture
def run(tmp_path, capsys):
    """Evaluates cases; gives the exit code and the lines printed."""

    def evaluated(*cases, options=()):
        file = tmp_path / "cases.json"
        file.write_text(json.dumps({"cases": cases}))
        code = conformance.main([str(file), *options])
        return code, capsys.readouterr().out.splitlines()

    return evaluated


@pytest.mark.parametrize("case", [SHARE, BOUNDARIES, BILLED, STORY], ids=lambda case: case["kind"])
def test_a_case_that_agrees_passes_without_a_line_of_its_own(run, case):
    assert run(case) == (0, ["1 passed, 0 failed"])


def test_a_case_that_differs_fails_with_expected_and_obtained_values(run):
    code, lines = run(SHARE | {"expect": "21/28"}, BOUNDARIES)
    assert code == 1
    assert lines == ["a-share (share): expected 3/4, obtained 5/7", "1 passed, 1 failed"]


def test_different_boundaries_are_shown(run):
    _code, lines = run(BOUNDARIES | {"expect": [["2024-01-31", "2024-03-02"]]})
    assert lines[0] == (
        "an-end-of-month (boundaries): expected [[2024-01-31, 2024-03-02]], obtained [[2024-01-31, 2024-02-29], [2024-02-29, 2024-03-31]]"
    )


def test_shares_are_compared_by_value(run):
    assert run(SHARE | {"expect": "5/7"})[0] == 0


@pytest.mark.parametrize(
    ("policy", "covered", "expected"),
    [
        ("thirty", ["2026-05-01", "2026-05-13"], "12/30"),
        ("full", ["2026-05-20", "2026-06-01"], "1"),
        ("none", ["2026-05-20", "2026-06-01"], "0"),
        ("full", ["2026-05-01", "2026-05-20"], "19/31"),
    ],
)
def test_a_share_follows_its_proration_policy(run, policy, covered, expected):
    case = SHARE | {"proration": policy, "covered": covered, "period": ["2026-05-01", "2026-06-01"], "expect": expected}
    assert run(case)[0] == 0


def test_without_a_policy_the_actual_days_count(run):
    assert run({key: value for key, value in SHARE.items() if key != "proration"})[0] == 0


def test_periods_billed_stop_at_the_end(run):
    case = BILLED | {"start": "2011-02-10", "anchor": "2011-02-10", "end": "2011-02-24", "bill_until": "2011-03-06"}
    assert run(case | {"expect": "1/2"})[0] == 0


def test_kinds_can_be_selected(run):
    code, lines = run(SHARE | {"expect": "0"}, BOUNDARIES, BILLED, options=["--kind", "boundaries", "--kind", "periods_billed"])
    assert (code, lines) == (0, ["2 passed, 0 failed"])


def test_a_kind_not_built_yet_fails_and_says_so(run):
    code, lines = run({"id": "later", "kind": "dunning", "expect": "5.90"})
    assert code == 1
    assert lines[0].startswith("later (dunning): expected 5.90, obtained nothing: the kind 'dunning' is not one of boundaries")


def test_late_fees_are_fine_and_interest(run):
    case = {"id": "late", "kind": "late_fee", "residual": "1000.00", "due": "2026-03-14", "paid": "2026-03-29"}
    case |= {"fine_percent": "2", "interest_percent_month": "1"}
    assert run(case | {"expect": {"fine": "20.00", "interest": "5.00"}})[0] == 0
    assert run(case | {"expect": {"fine": "20.00", "interest": "4.99"}})[0] == 1


def _line(amount, unit="month", count=1, **more):
    return {"amount": amount, "interval": {"count": count, "unit": unit}, **more}


MRR_STEPS = [
    ("a", "2026-01-01", [_line("60"), _line("120", "year", quantity=2)], {"new": "80.00"}),
    ("b", "2026-01-01", [_line("7", "week")], {"new": "30.44"}),
    ("b", "2026-01-09", [_line("1", "day")], {}),
    ("a", "2026-02-01", [_line("120", "year", quantity=3), _line("90", count=3)], {"contraction": "-20.00"}),
    ("b", "2026-02-01", [], {"churn": "-30.44"}),
    ("a", "2026-03-01", [_line("120", "year", quantity=3, discount="10"), _line("0")], {"contraction": "-33.00"}),
    ("b", "2026-04-01", [_line("2000", "year")], {"reactivation": "166.67"}),
    ("a", "2026-05-01", [_line("0")], {"contraction": "-27.00"}),
    ("a", "2026-06-01", [_line("30")], {"expansion": "30.00"}),
]


def test_movements_of_recurring_revenue_are_those_of_each_customer_and_day(run):
    steps = [{"on": day, "customer": who, "active": lines, "expect": expect} for who, day, lines, expect in MRR_STEPS]
    assert run({"id": "two customers", "kind": "mrr", "steps": steps}) == (0, ["1 passed, 0 failed"])


def test_a_wrong_movement_fails_with_what_its_steps_expect(run):
    step = {"on": "2026-01-01", "customer": "a", "active": [_line("50")], "expect": {"new": "60.00"}}
    _code, lines = run({"id": "wrong", "kind": "mrr", "steps": [step]})
    assert lines[0] == "wrong (mrr): expected [{new: 60.00}], obtained [{new: 50.00}]"


def test_an_unknown_kind_fails_and_names_the_known_ones(run):
    code, lines = run({"id": "odd", "kind": "taxes", "expect": "1"})
    assert code == 1
    assert "the kind 'taxes' is not one of boundaries, share" in lines[0]


def test_a_story_of_two_starts_bills_each_line_by_its_own_anchor(run):
    story = [started("A", "2021-09-17"), started("B", "2021-09-25", anchor="2021-09-17")]
    items = [("A", "2021-09-17", "2021-10-17", "24.95"), ("B", "2021-09-25", "2021-10-17", "18.30")]
    expect = {"items": [dict(zip(("line", "from", "to", "amount"), item, strict=True)) for item in reversed(items)]}
    assert run(STORY | {"story": story, "bill_until": "2021-10-16", "expect": expect})[0] == 0


def test_a_backdated_start_is_compared_by_its_net(run):
    story = [started(on="2026-05-10", anchor="2026-04-01", price="60.00") | {"effective": "2026-04-20"}]
    net = [("2026-04-01", "2026-05-01", "22.00"), ("2026-05-01", "2026-06-01", "60.00")]
    expect = {"net": [{"line": "A", "period": [start, end], "amount": amount} for start, end, amount in net]}
    assert run(STORY | {"story": story, "bill_until": "2026-05-10", "expect": expect})[0] == 0


def test_a_story_leaves_rows_of_nothing_out(run):
    story = [started(on="2026-04-20", anchor="2026-04-01", proration="none")]
    assert run(STORY | {"story": story, "bill_until": "2026-04-20", "expect": {"items": []}})[0] == 0


def test_a_story_with_a_wrong_amount_fails(run):
    expect = {"items": [STORY["expect"]["items"][0] | {"amount": "7.25"}]}
    code, lines = run(STORY | {"expect": expect})
    assert code == 1
    assert lines[0] == ("a-start (story): expected [[A, 2021-09-16, 2021-09-25, 7.25]], obtained [[A, 2021-09-16, 2021-09-25, 7.24]]")


@pytest.mark.parametrize(
    ("model", "tiers", "flat", "quantity", "expected"),
    [
        ("graduated", [("1000", "1.50"), (None, "2.00")], "30.00", "1000", "1530.00"),
        ("volume", [("1000", "1.50"), (None, "2.00")], "30.00", "1200", "2430.00"),
        ("volume", [("1000", "1.50"), (None, "2.00")], "30.00", "0", "30.00"),
    ],
)
def test_usage_follows_its_model(run, model, tiers, flat, quantity, expected):
    tiers = [{"up_to": limit, "unit_price": price} for limit, price in tiers]
    case = {"id": "used", "kind": "usage", "model": model, "tiers": tiers, "flat": flat, "quantity": quantity, "expect": expected}
    assert run(case)[0] == 0


def test_begun_packages_are_paid_whole(run):
    tiers = [{"package_size": "100", "unit_price": "2.95"}]
    case = {"id": "used", "kind": "usage", "model": "package", "tiers": tiers, "flat": "0", "quantity": "199", "expect": "5.90"}
    assert run(case)[0] == 0
    assert run(case | {"quantity": "201"})[1][0] == "used (usage): expected 5.90, obtained 8.85"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"anchor": None}, "malformed case: it lacks 'anchor'"),
        ({"anchor": "31 January"}, "malformed case: Invalid isoformat string: '31 January'"),
        ({"interval": {"count": 0, "unit": "month"}}, "malformed case: an interval needs a count of at least 1, not 0"),
        ({"interval": {"count": 1, "unit": "moon"}}, "malformed case: unknown interval unit 'moon'"),
        ({"expect": [["2024-01-31"]]}, "malformed case: not enough values to unpack"),
    ],
)
def test_a_malformed_case_fails_by_itself_and_the_others_are_evaluated(run, change, said):
    case = {key: value for key, value in (BOUNDARIES | change).items() if value is not None}
    code, lines = run(case, SHARE)
    assert code == 1
    assert lines[0].startswith(f"an-end-of-month (boundaries): {said}")
    assert lines[-1] == "1 passed, 1 failed"


@pytest.mark.parametrize("amount", ["seven", None])
def test_an_amount_that_is_no_number_is_malformed(run, amount):
    code, lines = run(STORY | {"expect": {"items": [STORY["expect"]["items"][0] | {"amount": amount}]}})
    assert code == 1
    assert "malformed case" in lines[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no cases"),
        ('{"cases": {}}', "holds no cases"),
        ('{"cases": [7]}', "case 1 is not an object"),
        ('{"cases": [{"id": "x"}]}', "case 1 lacks kind"),
        ("\xff", "is not JSON"),
    ],
)
def test_a_malformed_file_gets_a_message(tmp_path, capsys, content, said):
    file = tmp_path / "cases.json"
    file.write_bytes(content.encode("latin-1"))
    assert conformance.main([str(file)]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there_gets_a_message(tmp_path, capsys):
    assert conformance.main([str(tmp_path / "none.json")]) == 2
    assert "none.json cannot be read: No such file or directory." in capsys.readouterr().err


def test_a_kind_that_does_not_exist_cannot_be_selected(tmp_path, capsys):
    with pytest.raises(SystemExit):
        conformance.main([str(tmp_path / "cases.json"), "--kind", "taxes"])
    assert "invalid choice: 'taxes'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["stories", "story_billing", "story_replay"])
def test_the_worked_examples_of_the_stories_are_right(name):
    found = doctest.testmod(import_module(f"tools.{name}"))
    assert (found.failed, found.attempted > 0) == (0, True)
