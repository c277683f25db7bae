"""Plugin of every pytest ring: counts, the markers, and which tests may skip.

A skipped test proves nothing, so a skip is a failure unless the test is marked `shared_data` and the data it needs,
`../shared/data` beside the checkout, is not there. Tests marked `long` run with `./dev test --long` only.
"""

import collections
import json
import os
import pathlib

import pytest

from tools import places
from tools.pytest_names import LONG, REPORT, SHARE, SHARED

SHARED_DATA = pathlib.Path(os.environ.get(SHARED) or places.CHECKOUT.parent / "shared" / "data")


def pytest_configure(config):
    config.addinivalue_line("markers", "shared_data: needs ../shared/data; the only tests that may skip")
    config.addinivalue_line("markers", "long: takes minutes; runs with ./dev test --long")
    config.pluginmanager.register(Ring(os.environ.get(REPORT)), "ring")


def pytest_collection_modifyitems(config, items):
    """Leave out the long tests in a usual run, and other processes' shares; skip tests of shared data that is not there."""
    if not os.environ.get(LONG):
        _leave_out(config, items, lambda item: item.get_closest_marker("long"))
    if share := os.environ.get(SHARE):
        mine = _share_of(share, [_class_of(item) for item in items])
        _leave_out(config, items, lambda item: _class_of(item) not in mine)
    if not SHARED_DATA.is_dir():
        for item in items:
            if item.get_closest_marker("shared_data"):
                item.add_marker(pytest.mark.skip(reason="../shared/data is not there"))


def _leave_out(config, items, unwanted):
    out = [item for item in items if unwanted(item)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if not unwanted(item)]


def _class_of(item) -> str:
    """A class stays together, for what it sets up."""
    return item.nodeid.rpartition("::")[0]


def _share_of(share: str, classes: list[str]) -> set[str]:
    """The classes of a share "1/2": the largest first, each to the share with the fewest tests, in every process alike.

    :param classes: the class of each test.
    """
    number, shares = map(int, share.split("/"))
    counts, sums, mine = collections.Counter(classes), [0] * shares, set()
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        smallest = sums.index(min(sums))
        sums[smallest] += counts[name]
        if smallest == number - 1:
            mine.add(name)
    return mine


class Ring:
    """Counts the tests of one ring, writing the counts to a file as they come."""

    def __init__(self, report: str | None):
        self.report = pathlib.Path(report) if report else None
        self.outcomes: dict[str, str] = {}
        self.may_skip: set[str] = set()
        self.wrong_skips: list[str] = []

    def pytest_itemcollected(self, item):
        if item.get_closest_marker("shared_data") and not SHARED_DATA.is_dir():
            self.may_skip.add(item.nodeid)

    def pytest_runtest_logreport(self, report):
        """One test is one count: failed if any of its phases failed, else skipped if any was, else passed."""
        before = self.outcomes.get(report.nodeid, "passed")
        self.outcomes[report.nodeid] = max(before, report.outcome, key=["passed", "skipped", "failed"].index)
        if report.skipped and report.nodeid not in self.may_skip:
            self.outcomes[report.nodeid] = "failed"
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.wrong_skips.append(f"{report.nodeid}: {reason}")
        if report.when == "teardown":
            self.write()

    def pytest_collectreport(self, report):
        """A file that cannot be read is a failure, one that skips itself whole is too."""
        if report.failed or report.skipped:
            self.outcomes[report.nodeid] = "failed"
        if report.skipped:
            self.wrong_skips.append(f"{report.nodeid}: skipped as a whole")
        if report.failed:
            self.write()

    def write(self):
        if self.report:
            counts = {name: list(self.outcomes.values()).count(name) for name in ("passed", "failed", "skipped")}
            partial = self.report.with_suffix(".partial")
            partial.write_text(json.dumps({**counts, "wrong_skips": self.wrong_skips}))
            partial.replace(self.report)

    def pytest_sessionfinish(self, session, exitstatus):
        self.write()
        if self.wrong_skips and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for line in self.wrong_skips:
            terminalreporter.write_line(f"SKIPPED WITHOUT LEAVE {line}", red=True)
