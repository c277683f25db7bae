"""`./dev conformance FILE`: published worked examples against the rules, without a database and without Odoo.

With ``--odoo`` its stories are told to a real Odoo instead, by forms, wizards and the scheduled action (``story_replay.py``).

A file holds ``{"cases": [...]}``; each case has an ``id``, a ``kind``, the kind's input and what to ``expect``. One evaluator per kind
computes what the rules say; a case passes when that equals what is expected.
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "recurring_billing"))

from rules.charges import ADVANCE, Segment, Terms, due_rows
from rules.late_fees import Fees, LateTerms, late_fees
from rules.money import Price, round_money
from rules.periods import Interval, Period, periods_between
from rules.proration import ACTUAL, leading_stub, share
from rules.revenue import classify, per_month
from rules.usage import Tier, UsagePrice, usage_amount

from . import story_billing, story_replay
from .problem import Problem
from .stories import Refused


class Outcome(NamedTuple):
    """What a case expects and what the rules give, in the same form."""

    expected: object
    obtained: object


class NotBuilt(Exception):
    """The rules cannot do this yet; the text says what."""


def main(argv: list[str] | None = None) -> int:
    """Evaluate a file: 0 when every chosen case passes, 1 when one fails, 2 when the file cannot be read as cases."""
    options = _parser().parse_args(argv)
    try:
        cases = read_cases(options.file)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2
    chosen = [case for case in cases if not options.kind or case["kind"] in options.kind]
    if options.odoo:
        return _with_odoo([case for case in chosen if case["kind"] == STORY])
    return _judge(chosen, KINDS)


def _judge(cases: list[dict], evaluators: dict) -> int:
    """Say which cases fail and how, and count."""
    passed = failed = 0
    for case in cases:
        failure = evaluate(case, evaluators)
        if failure:
            failed += 1
            print(f"{case['id']} ({case['kind']}): {failure}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _with_odoo(cases: list[dict]) -> int:
    """Judge stories by what a real Odoo posts."""
    from . import databases, postgres

    with postgres.running(), databases.temporary(databases.addon_template(demo=False), "stories") as database:
        replay = story_replay.Replay(database)
        return _judge(cases, {STORY: lambda case: _posted_story(case, replay)})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev conformance", description="Check the rules against a file of worked examples.")
    parser.add_argument("file", type=Path, help="a file of cases (JSON)")
    parser.add_argument("--odoo", action="store_true", help="tell the stories to a real Odoo, in a database of their own")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only cases of this kind; may be repeated")
    return parser


def read_cases(file: Path) -> list[dict]:
    """The cases of a file.

    :raises Problem: when the file is not there, not JSON, or not of this format.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise Problem(f"{file} is not JSON: {error}.") from error
    cases = content.get("cases") if isinstance(content, dict) else None
    if not isinstance(cases, list):
        raise Problem(f'{file} holds no cases: it must be an object with a list of them, {{"cases": [...]}}.')
    for number, case in enumerate(cases, 1):
        if not isinstance(case, dict):
            raise Problem(f"{file}: case {number} is not an object.")
        missing = [key for key in ("id", "kind") if not isinstance(case.get(key), str)]
        if missing:
            raise Problem(f"{file}: case {number} lacks {' and '.join(missing)}.")
    return cases


def evaluate(case: dict, evaluators: dict) -> str:
    """Why a case fails: expected and obtained values in one line; nothing when it passes."""
    evaluator = evaluators.get(case["kind"])
    try:
        if not evaluator:
            raise NotBuilt(f"the kind {case['kind']!r} is not one of {', '.join(KINDS)}")
        expected, obtained = evaluator(case)
    except (NotBuilt, Refused) as missing:
        return f"expected {_text(_expect(case))}, obtained nothing: {missing}"
    except KeyError as error:
        return f"malformed case: it lacks {error}"
    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
        return f"malformed case: {_reason(error)}"
    return "" if expected == obtained else f"expected {_text(expected)}, obtained {_text(obtained)}"


def _expect(case: dict):
    """What a case expects; recurring revenue says so at each step."""
    return case.get("expect", [step.get("expect") for step in case.get("steps", ())])


def _reason(error: Exception) -> str:
    return "an amount that is not a number" if isinstance(error, InvalidOperation) else str(error)


def _text(value) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_text(each) for each in value) + "]"
    return str(value)


def _boundaries(case: dict) -> Outcome:
    found = periods_between(_day(case["anchor"]), _interval(case), _day(case["from"]), _day(case["to"]))
    return Outcome([_period(each) for each in case["expect"]], found)


def _share(case: dict) -> Outcome:
    """The share of a lineage that wants exactly what is covered."""
    covered, full = _period(case["covered"]), _period(case["period"])
    stub = leading_stub(covered.start, full, follows=False)
    found = share([covered], full, _interval(case), case.get("proration", ACTUAL), leading_stub=stub)
    return Outcome(Fraction(str(case["expect"])), found)


def _periods_billed(case: dict) -> Outcome:
    terms = Terms(_day(case["anchor"]), _interval(case), ADVANCE, case.get("proration", ACTUAL))
    line = Segment("line", "line", _day(case["start"]), _day(case.get("end")), Price(Decimal(1)))
    charges = due_rows(terms, [line], [], _day(case["bill_until"]))
    return Outcome(Fraction(str(case["expect"])), sum((charge.share for charge in charges), Fraction(0)))


def _story(case: dict) -> Outcome:
    """What is billed as the story is told: every row, or the net of each line and full period."""
    items, expect = story_billing.bill(case), case["expect"]
    if "net" in expect:
        return Outcome(_expected_net(expect), story_billing.net(items))
    return Outcome(_expected_rows(expect), sorted(_rows(items)))


def _posted_story(case: dict, replay: story_replay.Replay) -> Outcome:
    """The same of what a real Odoo posts, where one invoice line may hold the net of several rows."""
    items, expect = replay.bill(case), case["expect"]
    if "net" in expect:
        return Outcome(_expected_net(expect), story_billing.net(items))
    expected = _expected_rows(expect)
    return Outcome(expected, sorted(story_replay.rows_apart(_rows(items), expected)))


def _expected_net(expect: dict) -> dict:
    expected = {(each["line"], _period(each["period"])): Decimal(each["amount"]) for each in expect["net"]}
    return {key: amount for key, amount in sorted(expected.items()) if amount}


def _expected_rows(expect: dict) -> list[tuple]:
    return sorted((each["line"], _day(each["from"]), _day(each["to"]), Decimal(each["amount"])) for each in expect["items"])


def _rows(items: list[story_billing.Item]) -> list[tuple]:
    return [(item.label, item.start, item.end, item.amount) for item in items if item.amount]


def _usage(case: dict) -> Outcome:
    tiers = tuple(Tier(_limit(tier), Decimal(tier["unit_price"]), Decimal(tier.get("package_size", 1))) for tier in case["tiers"])
    price = UsagePrice(case["model"], tiers, Decimal(case.get("flat", 0)), Decimal(case.get("allowance", 0)))
    return Outcome(Decimal(case["expect"]), usage_amount(price, Decimal(case["quantity"])))


def _limit(tier: dict) -> Decimal | None:
    return None if tier.get("up_to") is None else Decimal(tier["up_to"])


def _mrr(case: dict) -> Outcome:
    """The movements of each step's day, of its customer, each line booked to the cent."""
    steps = sorted(case["steps"], key=lambda step: _day(step["on"]))
    lines, obtained = {}, []
    for step in steps:
        mine, day = lines.setdefault(step.get("customer"), {}), _day(step["on"])
        mine[day] = step["active"]
        booked = [sum((_booked(line) for line in active), Decimal(0)) for active in mine.values()]
        nets = [level - before for level, before in zip(booked, [Decimal(0), *booked], strict=False)]
        moved = [(each, net) for each, net in zip(mine, nets, strict=True) if net]
        obtained.append({found.kind: found.amount for found in classify(moved, mine.get) if found.on == day})
    return Outcome([{kind: Decimal(amount) for kind, amount in step["expect"].items()} for step in steps], obtained)


def _booked(line: dict) -> Decimal:
    price = Price(Decimal(line["amount"]), Decimal(line.get("quantity", 1)), Decimal(line.get("discount", 0)))
    return round_money(per_month(price.per_period, _interval(line)))


def _late_fee(case: dict) -> Outcome:
    terms = LateTerms(Decimal(case["fine_percent"]), Decimal(case["interest_percent_month"]), business_days=False)
    fees = late_fees(Decimal(case["residual"]), _day(case["due"]), _day(case["paid"]), terms)
    expect = case["expect"]
    return Outcome(Fees(Decimal(expect["fine"]), Decimal(expect["interest"])), fees)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _period(days: list[str]) -> Period:
    start, end = days
    return Period(_day(start), _day(end))


def _interval(case: dict) -> Interval:
    return Interval(case["interval"]["count"], case["interval"]["unit"])


STORY = "story"
KINDS: dict[str, Callable[[dict], Outcome]] = {
    "boundaries": _boundaries,
    "share": _share,
    "periods_billed": _periods_billed,
    STORY: _story,
    "usage": _usage,
    "late_fee": _late_fee,
    "mrr": _mrr,
}
"""The evaluator of each kind: a case in, what is expected and what the rules give out."""


if __name__ == "__main__":
    sys.exit(main())
