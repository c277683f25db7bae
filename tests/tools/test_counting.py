"""`./dev test` counts exactly, and lets nothing skip that may not."""

import json
import os
import subprocess
import sys

import pytest

from tools import demo, places, pytest_ring, rings, testing
from tools.pytest_names import LONG, SHARE

OUTCOMES = """
import pytest

def test_passes(): pass
def test_fails(): assert False
def test_skips(): pytest.skip("no reason good enough")
@pytest.mark.shared_data
def test_shared(): pass
@pytest.mark.long
def test_long(): pass
@pytest.fixture
def broken():
    yield
    raise ValueError
def test_breaks_afterwards(broken): pass
"""


@pytest.fixture
def run(tmp_path):
    """A function that runs pytest with our plugin on one file; gives the exit code and the counts."""

    def run(source: str, *words: str, **variables) -> tuple[int, dict]:
        (tmp_path / "test_it.py").write_text(source)
        variables = {"RECURRING_BILLING_SHARED_DATA": str(tmp_path), **variables}
        outside = {name: value for name, value in os.environ.items() if name not in (LONG, SHARE)}
        settings = {**outside, "PYTHONPATH": str(places.CHECKOUT), "RECURRING_BILLING_RING_REPORT": str(tmp_path / "counts")}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:odoo", "-p", "tools.pytest_ring", "-p", "no:cacheprovider"]
        command += ["-c", os.devnull, f"--rootdir={tmp_path}", str(tmp_path / "test_it.py"), *words]
        done = subprocess.run(command, env={**settings, **variables}, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, json.loads((tmp_path / "counts").read_text())

    return run


def test_each_test_is_one_count_and_a_skip_without_leave_a_failure(run):
    code, counts = run(OUTCOMES)
    assert code == 1
    assert (counts["passed"], counts["failed"], counts["skipped"]) == (2, 3, 0)
    assert counts["wrong_skips"] == ["test_it.py::test_skips: Skipped: no reason good enough"]


def test_tests_of_shared_data_skip_where_it_is_not(run):
    _code, counts = run(OUTCOMES, RECURRING_BILLING_SHARED_DATA="/nonexistent")
    assert (counts["passed"], counts["failed"], counts["skipped"]) == (1, 3, 1)


def test_long_tests_run_when_asked_for(run):
    assert run(OUTCOMES, RECURRING_BILLING_LONG_TESTS="1")[1]["passed"] == 3


def test_a_run_whose_only_fault_is_a_skip_fails(run):
    assert run("import pytest\ndef test_skips(): pytest.skip('x')\ndef test_passes(): pass\n")[0] == 1


def test_a_file_that_skips_itself_is_a_failure(run):
    code, counts = run("import pytest\npytest.skip('x', allow_module_level=True)\n")
    assert code != 0
    assert counts["failed"] == 1


def test_a_file_that_cannot_be_read_is_a_failure(run):
    code, counts = run("import no_such_module\n")
    assert code != 0
    assert counts["failed"] == 1


def test_the_last_line_is_the_sum_of_the_rings(monkeypatch, capsys):
    tallies = {"one": rings.Tally(passed=3, skipped=1), "two": rings.Tally(passed=4, failed=2)}
    monkeypatch.setattr(testing, "_run", lambda *_: tallies)
    assert testing.run([]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 2 failed, 1 skipped"


def test_a_run_without_any_test_fails(monkeypatch, capsys):
    monkeypatch.setattr(testing, "_run", lambda *_: {})
    assert testing.run(["no_such_test"]) == 1
    assert "No test is named no_such_test." in capsys.readouterr().out


def test_a_passing_run_succeeds(monkeypatch, capsys):
    monkeypatch.setattr(testing, "_run", lambda *_: {"one": rings.Tally(passed=1)})
    assert testing.run([]) == 0
    assert capsys.readouterr().out == "1 passed, 0 failed, 0 skipped\n"


def test_names_choose_rings_and_other_words_tests():
    chosen, keywords = testing._choose(["tools", "names_choose_rings"], rings.all_rings())
    assert [ring.name for ring in chosen] == ["tools"]
    assert keywords == ["names_choose_rings"]


def test_a_word_starts_only_the_rings_with_such_a_test():
    chosen, _keywords = testing._choose(["a_word_starts_only_the_rings"], rings.all_rings())
    assert [ring.name for ring in chosen] == ["tools"]


def test_the_table_of_a_run_lines_up():
    table = demo._table([["A", "1", "2", "10.00 BRL", "11.00 BRL", "0", "0.5"]]).splitlines()
    assert table[1].split() == ["Company", "Subscriptions", "Invoices", "Untaxed", "Total", "Parked", "Seconds"]
    assert len({len(line) for line in table[1:-1]}) == 1


def test_shares_are_even_and_each_class_is_in_one():
    sizes = {"a": 9, "b": 1, "c": 1, "d": 4, "e": 2, "f": 1, "g": 3, "h": 1}
    classes = [name for name, size in sizes.items() for _number in range(size)]
    for shares in (2, 3):
        found = [pytest_ring._share_of(f"{number}/{shares}", classes) for number in range(1, shares + 1)]
        assert sorted(name for share in found for name in share) == sorted(sizes)
    assert [sum(sizes[name] for name in share) for share in found] == [9, 7, 6]


def test_long_tests_do_not_count_in_the_shares_of_a_usual_run(run):
    source = "import pytest\n@pytest.mark.long\nclass TestA:\n    def test_1(self): pass\n    def test_2(self): pass\n"
    source += "class TestB:\n    def test_3(self): pass\nclass TestC:\n    def test_4(self): pass\n"
    assert [run(source, RECURRING_BILLING_TEST_SHARE=share)[1]["passed"] for share in ("1/2", "2/2")] == [1, 1]


def test_a_large_ring_runs_in_shares_and_single_tests_in_one():
    shares, _words = testing._choose(["odoo"], [])
    assert [ring.name for ring in shares] == ["odoo-1", "odoo-2", "odoo-3", "odoo-4"]
    one, words = testing._choose(["test_out_of_reach"], rings.all_rings())
    assert [ring.name for ring in one if ring.group == "odoo"] == ["odoo-1"]
    assert words == ["test_out_of_reach"]


def test_a_ring_that_runs_alone_keeps_the_record_of_the_others(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "CHECKOUT", tmp_path)
    monkeypatch.setattr(testing, "_commit", lambda: "abc1234")
    testing._record_long({"rules": rings.Tally(passed=7, seconds=9), "faults": rings.Tally(passed=3, failed=1)})
    testing._record_long({"faults": rings.Tally(passed=4)})
    rows = testing.long_rows((tmp_path / "docs" / "long-test.md").read_text())
    assert rows["rules"].startswith("| rules | 7 | 0 | 0 | 9 | 20")
    assert rows["faults"].startswith("| faults | 4 | 0 |") and rows["faults"].endswith("| abc1234 |")
    assert len(rows) == 2
