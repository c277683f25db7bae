"""The rings of tests: what each one runs, and what it needs first."""

import dataclasses
import json
import os
import subprocess
import time
from collections.abc import Callable

from . import browser, databases, environment, pdf_printer, places, progress, quality, translations
from .pytest_names import LONG, REPORT, SHARE

ODOO_SHARES = 4
"""Into how many rings of about the same size the tests of the test addon are parted."""


@dataclasses.dataclass
class Tally:
    """What a ring found."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    said: str = ""

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.skipped


@dataclasses.dataclass(frozen=True)
class Selection:
    """Which tests of a ring to run, and how."""

    keywords: tuple[str, ...] = ()
    long: bool = False
    live: bool = False
    """Show the output as it comes; else it is shown when the ring has failed."""


@dataclasses.dataclass(frozen=True)
class Ring:
    """A set of tests that run together.

    :ivar needs: what must be there first: "python" (the virtual environment), "plain" (the addon template), "tests" (it with the
        test addon) or "demo" (it with the demo story)
    :ivar run: does it
    """

    name: str
    about: str
    needs: str
    run: Callable[[Selection], Tally]
    folder: str | None = None
    """The folder of `tests/` with its tests; None for checks, which are there always."""
    group: str | None = None
    """What chooses it together with others, where it is one share of a large ring."""
    leads: bool = True
    """Of the shares of a ring, the one that runs single tests."""
    seconds: int = 10
    """About how long it takes: long ones begin first, so that both lanes end together."""

    @property
    def present(self) -> bool:
        return self.folder is None or any((places.TESTS / self.folder).rglob("test_*.py"))

    def mentions(self, keywords: list[str]) -> bool:
        """Whether a test may have one of these in its name: starting Odoo to find none takes long."""
        if self.folder is None:
            return False
        files = (places.TESTS / self.folder).rglob("test_*.py")
        return any(word in f"{file}\n{file.read_text()}" for file in files for word in keywords)


def _log(ring: str):
    folder = places.home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"test-{ring}-{os.getpid()}.log"


def counts_so_far(ring: str) -> dict:
    """What a pytest ring that is still running has counted."""
    try:
        return json.loads(_log(ring).with_suffix(".json").read_text())
    except (OSError, ValueError):
        return {}


def run_pytest(ring: str, words: list[str], selection: Selection, variables: dict | None = None) -> Tally:
    """Run pytest in the environment and count."""
    report = _log(ring).with_suffix(".json")
    report.unlink(missing_ok=True)
    command = environment.python_command("-m", "pytest", "-p", "tools.pytest_ring", "-p", "no:cacheprovider", *words)
    if selection.keywords:
        command += ["-k", " or ".join(selection.keywords)]
    settings = {**environment.variables(), REPORT: str(report), **(variables or {})}
    settings |= {LONG: "1"} if selection.long else {}
    began = time.monotonic()
    code, said = _run(command, settings, ring, selection.live)
    counts = counts_so_far(ring)
    tally = Tally(counts.get("passed", 0), counts.get("failed", 0), counts.get("skipped", 0))
    if code not in (0, 5) and not tally.failed:
        tally.failed += 1  # pytest itself broke down
    if code == 5 and not selection.keywords:
        tally.failed += 1
        said += f"\nThe ring {ring} has a folder and no test in it.\n"
    tally.seconds, tally.said = time.monotonic() - began, said
    report.unlink(missing_ok=True)
    if not tally.failed:
        _log(ring).unlink(missing_ok=True)
    return tally


def _run(command: list[str], settings: dict, ring: str, live: bool) -> tuple[int, str]:
    options = {"cwd": places.CHECKOUT, "env": settings, "stdin": subprocess.DEVNULL, "check": False}
    if live:
        return subprocess.run(command, **options).returncode, ""
    with open(_log(ring), "w") as output:
        code = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, **options).returncode
    return code, _log(ring).read_text(errors="replace")


def _without_odoo(folder: str):
    """Tests that run without Odoo; its pytest plugin would load it."""

    def run(selection: Selection) -> Tally:
        return run_pytest(folder, ["-p", "no:odoo", str(places.TESTS / folder)], selection)

    return run


def _odoo(name: str, share: str):
    """A share of the test addon, in a clone of its own of the template; single tests are looked for in all of it."""

    def run(selection: Selection) -> Tally:
        with databases.temporary(databases.tests_template(), name.replace("-", "")) as database:
            words = [f"--odoo-database={database}", "--odoo-http", "--odoo-log-level=error", "-o", "pythonpath="]
            words.append(str(places.TESTS / places.TEST_ADDON))
            share_of_it = {SHARE: "" if selection.keywords else share}
            return run_pytest(name, words, selection, _to_browse_and_print() | share_of_it)

    return run


def _with_fixtures(folder: str, prepare: Callable[[], object] = lambda: None):
    """Tests of real processes and real databases, with the fixtures of `pytest_fixtures`."""

    def run(selection: Selection) -> Tally:
        prepare()
        words = ["-p", "no:odoo", "-p", "tools.pytest_fixtures", str(places.TESTS / folder)]
        return run_pytest(folder, words, selection)

    return run


def _to_browse_and_print() -> dict:
    """Variables with which Odoo's own tests find the browser and the program that prints PDFs."""
    pdf_printer.ensure()
    variables = browser.variables_if_there()
    return variables | {"PATH": os.pathsep.join([variables["PATH"], *pdf_printer.binaries()])}


def _browser_and_printer() -> None:
    browser.ensure()
    pdf_printer.ensure()


def _checks(all_checks: Callable[[], list]):
    """Checks that are no pytest tests: each counts as one."""

    def run(selection: Selection) -> Tally:
        began, tally = time.monotonic(), Tally()
        for name, check in all_checks():
            if selection.keywords and not any(word in name for word in selection.keywords):
                continue
            findings = check()
            if findings:
                tally.failed += 1
                tally.said += f"--- {name}\n{findings}\n"
            else:
                tally.passed += 1
            progress.say(f"[{progress.elapsed():6.1f}s]   {name}: {'FAILED' if findings else 'ok'}")
        tally.seconds = time.monotonic() - began
        if selection.live and tally.said:
            progress.say(tally.said)
        return tally

    return run


def all_rings() -> list[Ring]:
    """Every ring, as they are told at the end."""
    fixtures = _with_fixtures
    return [
        Ring("quality", "ruff, pylint-odoo, formatting", "python", _checks(quality.checks), seconds=70),
        Ring("rules", "the rules, without Odoo", "python", _without_odoo("rules"), "rules", seconds=61),
        Ring("tools", "the developer commands", "python", _without_odoo("tools"), "tools"),
        *[_odoo_ring(number) for number in range(1, ODOO_SHARES + 1)],
        Ring(
            "translations", "every term in pt_BR, what customers read in other languages", "plain", _checks(translations.checks), seconds=17
        ),
        Ring("faults", "kill, race and failure tests", "plain", fixtures("faults"), "faults", seconds=360),
        Ring("telco", "thousands of real subscribers", "plain", fixtures("telco"), "telco", seconds=115),
        Ring("demo", "the demo story and its figures", "demo", fixtures("demo"), "demo"),
        Ring("suites", "Odoo's own tests of sales, with the addon and without", "plain", fixtures("suites"), "suites"),
        Ring("browser", "Playwright on the demo", "demo", fixtures("browser", _browser_and_printer), "browser", seconds=370),
    ]


def _odoo_ring(number: int) -> Ring:
    name = f"odoo-{number}"
    run = _odoo(name, f"{number}/{ODOO_SHARES}")
    about = f"the test addon, share {number} of {ODOO_SHARES}"
    return Ring(name, about, "tests", run, places.TEST_ADDON, "odoo", leads=number == 1, seconds=500)


def fast_rings() -> list[Ring]:
    """What takes seconds."""
    return [
        Ring("ruff", "ruff only", "python", _checks(quality.fast_checks)),
        next(ring for ring in all_rings() if ring.name == "rules"),
    ]
