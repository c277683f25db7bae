"""Odoo's own tests of its modules, with our addons installed and without: a module of ours must not change what it stands on.

Every test runs on the complete registry of its database, in Odoo's default companies, whatever moment it is tagged for.
"""

import dataclasses
import subprocess
import xml.etree.ElementTree as ElementTree

from . import browser, databases, environment, odoo_source, places
from .problem import Problem

MODULES = ("sale", "sale_management")
PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Outcomes by test, without our addons and with them."""

    without: dict[str, str]
    with_ours: dict[str, str]

    @property
    def different(self) -> dict[str, tuple[str, str]]:
        """The tests whose outcome our addons change: (without, with)."""
        names = sorted({*self.without, *self.with_ours})
        pairs = {name: (self.without.get(name, "missing"), self.with_ours.get(name, "missing")) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def failing_both(self) -> list[str]:
        return sorted(name for name, outcome in self.without.items() if outcome == FAILED == self.with_ours.get(name))

    def report(self) -> str:
        """Both runs in figures, what fails in both, and what differs."""
        lines = [f"{label:8} {_counts(outcomes)}" for label, outcomes in (("without", self.without), ("with", self.with_ours))]
        lines += [f"fails in both: {name}" for name in self.failing_both]
        lines += [f"DIFFERS {name}: {pair[0]} without, {pair[1]} with" for name, pair in self.different.items()]
        return "\n".join(lines)


def compare(modules: tuple[str, ...] = MODULES) -> Comparison:
    """Run the tests of these modules of Odoo on a clone of the base template and on one with our addons.

    Tours of a busy machine run into time limits, with our addons or without: what differs runs once more, in both.
    """
    first = _compare(modules)
    return again(first, modules, list(first.different)) if first.different else first


def again(first: Comparison, modules: tuple[str, ...], names: list[str]) -> Comparison:
    """The comparison, with new outcomes of the tests of these names."""
    second = _compare(modules, tuple(sorted({name.rpartition(".")[2] for name in names})))
    return Comparison(*({**old, **new} for old, new in zip(dataclasses.astuple(first), dataclasses.astuple(second), strict=True)))


def _compare(modules: tuple[str, ...], only: tuple[str, ...] = ()) -> Comparison:
    with databases.temporary(databases.base_template(), "suites") as plain:
        without = run(plain, modules, only)
    with databases.temporary(databases.addon_template(demo=False), "suites") as ours:
        return Comparison(without, run(ours, modules, only))


def run(database: str, modules: tuple[str, ...], only: tuple[str, ...] = ()) -> dict[str, str]:
    """Run the tests of modules of Odoo on a database.

    :param only: names of test methods; empty for all.
    :return: outcome by test.
    :raises Problem: when there is no outcome at all.
    """
    folder = places.home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    report, log = folder / f"{database}.xml", folder / f"{database}.log"
    report.unlink(missing_ok=True)
    addons = odoo_source.package() / "addons"
    command = environment.python_command("-m", "pytest", "-p", "no:cacheprovider", "-q", "--odoo-http", "--odoo-log-level=critical")
    command += [f"--odoo-database={database}", f"--junitxml={report}", "-o", "pythonpath=", "-o", "addopts=", "--tb=short"]
    command += [str(addons / module / "tests") for module in modules]
    command += ["-k", " or ".join(only)] if only else []
    settings = {**environment.variables(), **(browser.variables_if_there() or {})}
    with open(log, "w") as output:
        subprocess.run(command, cwd=places.CHECKOUT, env=settings, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    if not report.exists():
        said = log.read_text(errors="replace")[-3000:]
        raise Problem(f"Odoo's tests of {', '.join(modules)} gave no report. The end of what they said:\n{said}")
    return outcomes_of(report.read_text())


def outcomes_of(report: str) -> dict[str, str]:
    """The outcomes of a JUnit report.

    >>> outcomes_of('<testsuite><testcase classname="a.B" name="test_c"><failure/></testcase></testsuite>')
    {'a.B.test_c': 'failed'}
    """
    outcomes = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        kinds = {child.tag for child in case}
        outcome = FAILED if kinds & {"failure", "error"} else SKIPPED if "skipped" in kinds else PASSED
        name = f"{case.get('classname')}.{case.get('name')}"
        # A failure of the teardown is a second case of the same name.
        outcomes[name] = FAILED if FAILED in (outcome, outcomes.get(name)) else outcome
    return outcomes


def _counts(outcomes: dict[str, str]) -> str:
    return ", ".join(f"{list(outcomes.values()).count(kind)} {kind}" for kind in (PASSED, FAILED, SKIPPED))
