"""Plants one bug at a time into a copy of the rules and checks that the tests of the rules notice.

``python tests/rules/planted_bugs.py`` prints a line per bug; ``test_planted_bugs.py`` runs the same among the long tests.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).resolve().parent
RULES = TESTS.parent.parent / "recurring_billing" / "rules"
ALL_PASSED, SOME_FAILED = 0, 1


class Bug(NamedTuple):
    """A mistake someone could make: in ``file``, ``right`` (found exactly once) becomes ``wrong``."""

    name: str
    file: str
    right: str
    wrong: str


BUGS = [
    Bug(
        "each period is chained to the one before",
        "periods.py",
        "        end = boundary(anchor, interval, n)\n        yield Period(start, end)",
        "        end = boundary(start, interval, 1)\n        yield Period(start, end)",
    ),
    Bug(
        "the 31st spills over into the next month",
        "periods.py",
        "    return anchor + relativedelta(months=interval.months * n)",
        "    return anchor.replace(day=1) + relativedelta(months=interval.months * n) + timedelta(days=anchor.day - 1)",
    ),
    Bug(
        "a boundary day belongs to the period before",
        "periods.py",
        "    return n if boundary(anchor, interval, n) <= day else n - 1",
        "    return n if boundary(anchor, interval, n) < day else n - 1",
    ),
    Bug(
        "an aligned anchor is clamped by the month it is found in",
        "periods.py",
        "        best = max(best, earlier, key=lambda found: (found.day, found))",
        "        best = max(best, earlier)",
    ),
    Bug(
        "an aligned anchor looks back eight years instead of through the calendar's cycle",
        "periods.py",
        "    for n in range(1, LONGEST_CALENDAR_CYCLE + 1):",
        "    for n in range(1, 96 // step + 1):",
    ),
    Bug("halves are rounded to the even cent", "money.py", "int(abs(steps) + Fraction(1, 2))", "round(abs(steps))"),
    Bug(
        "halves below zero are rounded up",
        "money.py",
        "    half_up = int(abs(steps) + Fraction(1, 2))\n    return (half_up if steps >= 0 else -half_up) * rounding",
        "    return ((steps + Fraction(1, 2)) // 1) * rounding",
    ),
    Bug("the discount is forgotten", "money.py", " * (1 - Fraction(self.discount) / HUNDRED)", ""),
    Bug(
        "an invoice line of a part keeps the discount",
        "money.py",
        "        return LinePrice(price.quantity, round_money(each, unit), Decimal(0))",
        "        return LinePrice(price.quantity, round_money(each, unit), price.discount)",
    ),
    Bug(
        "rows billed before do not count against the amount",
        "charges.py",
        "            amount -= ledger.amount(lineage, full, segment.price)\n",
        "",
    ),
    Bug(
        "rows billed before do not cover their days",
        "charges.py",
        "        taken = self._taken.get(lineage, [])",
        "        taken = []",
    ),
    Bug(
        "rows of every price count against the amount",
        "charges.py",
        "(row.amount for row in self._rows.get((lineage, full, price), ()))",
        "(row.amount for key, rows in self._rows.items() if key[:2] == (lineage, full) for row in rows)",
    ),
    Bug(
        "an opening covers nothing",
        "charges.py",
        "        if row.covered.days:\n            insort",
        "        if row.covered.days and row.price:\n            insort",
    ),
    Bug("only the first row of a lineage covers its days", "charges.py", "- 1, 0), len(taken)):", "- 1, 0), min(1, len(taken))):"),
    Bug(
        "a row that begins before the gap is overlooked",
        "charges.py",
        "range(max(bisect_right(taken, (piece.start, date.max)) - 1, 0),",
        "range(bisect_right(taken, (piece.start, date.max)),",
    ),
    Bug(
        "the share of a charge forgets what is covered already",
        "charges.py",
        "            covered = [*ledger.covered(lineage, full, segment.price), gap]",
        "            covered = [gap]",
    ),
    Bug(
        "a row credited entirely cuts what is charged again",
        "charges.py",
        "        if row.covered.days:\n            insort",
        "        if True:\n            insort",
    ),
    Bug("the horizon's own day is left out", "charges.py", "if bill_on > horizon:", "if bill_on >= horizon:"),
    Bug(
        "lead days are applied in arrears too",
        "charges.py",
        "        return due_on, due_on\n",
        "        return due_on, due_on - timedelta(days=terms.lead_days)\n",
    ),
    Bug("lead days count for the horizon's reach no more", "charges.py", "timedelta(days=terms.lead_days if", "timedelta(days=0 if"),
    Bug(
        "in arrears an ended segment waits for the end of the period",
        "charges.py",
        "        due_on = min(covered.end, full.end)",
        "        due_on = full.end",
    ),
    Bug(
        "a period in advance is due at the start of the full period",
        "charges.py",
        "    return covered.start, covered.start - timedelta(days=terms.lead_days)",
        "    return full.start, full.start - timedelta(days=terms.lead_days)",
    ),
    Bug(
        "a settled date hides the days after it",
        "charges.py",
        "max(parts[0].start, since)",
        "max(parts[0].start, since) + timedelta(days=31)",
    ),
    Bug("a change starts a leading stub", "proration.py", "    if follows or not", "    if not"),
    Bug(
        "an end inside a full leading stub costs the whole period",
        "proration.py",
        "        return Fraction(_days_inside(covered, leading_stub), leading_stub.days)",
        "        return Fraction(1)",
    ),
    Bug("thirty gives no remainder of a short month", "proration.py", "Fraction(1) if days == full.days else min(", "min("),
    Bug(
        "thirty costs more than a whole month of 31 days",
        "proration.py",
        "min(Fraction(1), Fraction(days, base))",
        "Fraction(days, base)",
    ),
    Bug("thirty counts 30 days for a quarter", "proration.py", "interval.months * DAYS_PER_MONTH", "DAYS_PER_MONTH"),
    Bug("thirty concerns weeks too", "proration.py", "if policy == THIRTY and interval.months:", "if policy == THIRTY:"),
    Bug(
        "the chosen due day may lie before the earliest moment",
        "billing_dates.py",
        "    return found if found >= earliest else earliest + relativedelta(months=1, day=day)",
        "    return found",
    ),
    Bug("work due exactly 31 days ago is held", "billing_dates.py", "day < oldest and", "day <= oldest and"),
]


def rules_fail(bug: Bug | None) -> bool:
    """Run the tests on a copy of the rules, with the bug planted in it.

    :raises ValueError: when the bug's place is not found exactly once, or the tests could not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(RULES, Path(folder) / "rules", ignore=shutil.ignore_patterns("__pycache__"))
        if bug:
            _plant(bug, Path(folder) / "rules" / bug.file)
        done = _run_tests(folder)
    if done.returncode not in (ALL_PASSED, SOME_FAILED):
        raise ValueError(f"the tests could not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == SOME_FAILED


def _plant(bug: Bug, file: Path):
    text = file.read_text(encoding="utf-8")
    if text.count(bug.right) != 1:
        raise ValueError(f"{bug.name!r}: its place in {bug.file} is there {text.count(bug.right)} times: {bug.right!r}")
    file.write_text(text.replace(bug.right, bug.wrong), encoding="utf-8")


def _run_tests(folder: str) -> subprocess.CompletedProcess:
    """Tests alone, without the worked examples, stopping at the first failure; the repository's own settings stay out of it."""
    settings = Path(folder) / "pytest.ini"
    settings.write_text(f"[pytest]\npythonpath = {folder}\n", encoding="utf-8")
    words = ["-q", "-x", "-p", "no:cacheprovider", "-c", str(settings), "-m", "not long", "-k", "not worked_example"]
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTEST_ADDOPTS", "PYTHONPATH")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:odoo", *words, str(TESTS)],
        cwd=folder,
        env={**outside, "HYPOTHESIS_PROFILE": "fast", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def main() -> int:
    """Say of every bug whether it is noticed; 1 when one is not, or when the tests fail without any."""
    if rules_fail(None):
        print("The tests fail on the rules as they stand.")
        return 1
    unnoticed = 0
    for bug in BUGS:
        noticed = rules_fail(bug)
        unnoticed += not noticed
        print(f"{'noticed' if noticed else 'UNNOTICED'}: {bug.name}", flush=True)
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
