"""A part of the environment is there whole or not at all."""

import errno
import shutil
from collections import namedtuple

import pytest

from tools import parts
from tools.problem import Problem


def fill(folder):
    (folder / "file").write_text("content")


def test_a_part_is_built_once_and_again_for_another_key(home):
    calls = []

    def counting(folder):
        calls.append(folder)
        fill(folder)

    for key in ("one", "one", "two", "two"):
        parts.build(home / "part", key, "Part", counting)
    assert len(calls) == 2
    assert parts.stamp_of(home / "part") == "two"
    assert (home / "part" / "file").read_text() == "content"


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), ValueError("x"), Problem("y")])
def test_a_set_up_that_fails_leaves_nothing(home, left_behind, failure):
    def failing(folder):
        fill(folder)
        raise failure

    with pytest.raises(type(failure)):
        parts.build(home / "part", "key", "Part", failing)
    assert left_behind() == []


def test_a_rebuild_that_fails_leaves_the_former_part(home, left_behind):
    parts.build(home / "part", "one", "Part", fill)

    def failing(folder):
        raise ValueError

    with pytest.raises(ValueError):
        parts.build(home / "part", "two", "Part", failing)
    assert left_behind() == ["part"]
    assert parts.stamp_of(home / "part") == "one"


def test_what_a_killed_set_up_left_is_removed_by_the_next(home, left_behind):
    (home / ".part.killed").mkdir()
    (home / ".part.killed" / "half").touch()
    parts.build(home / "part", "key", "Part", fill)
    assert left_behind() == ["part"]


def test_a_disk_without_space_is_named_before_work_begins(home, left_behind, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage(10**9, 10**9, 5 * parts.MEBIBYTE))
    with pytest.raises(Problem, match="Part needs 100 MB in .* and 5 MB are free"):
        parts.build(home / "part", "key", "Part", fill, needs_mb=100)
    assert left_behind() == []


def test_a_disk_that_fills_up_is_named_and_leaves_nothing(home, left_behind):
    def filling(folder):
        fill(folder)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(Problem, match="disk of .* is full"):
        parts.build(home / "part", "key", "Part", filling)
    assert left_behind() == []


def test_a_program_that_found_the_disk_full_says_so():
    with pytest.raises(Problem, match="Unpacking failed. The disk is full"):
        parts.run(["sh", "-c", "echo tar: No space left on device; exit 2"], "Unpacking", "Try again.")


def test_a_cache_folder_that_cannot_be_written_is_named(monkeypatch):
    monkeypatch.setenv("RECURRING_BILLING_HOME", "/proc/recurring_billing")
    with pytest.raises(Problem, match="/proc/recurring_billing cannot be written to"), parts.locked("part"):
        pass


def test_a_failing_program_shows_the_end_of_what_it_said_and_a_remedy():
    with pytest.raises(Problem) as raised:
        parts.run(["sh", "-c", "seq 1 50; exit 3"], "Counting", "Count less.")
    assert str(raised.value).startswith("Counting failed. Count less.\n")
    assert "    50" in str(raised.value)
    assert "    42\n" not in str(raised.value)


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(Problem, match="the program no-such-program is not there. Install it"):
        parts.run(["no-such-program"], "Trying", "Install it.")
