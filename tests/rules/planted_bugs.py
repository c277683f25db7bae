"""Plants one bug at a time into a copy of the rules and checks that the tests of the rules notice.

``python tests/rules/planted_bugs.py`` prints a line per bug; ``test_planted_bugs.py`` runs the same among the long tests.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bugs import BUGS, Bug

TESTS = Path(__file__).resolve().parent
RULES = TESTS.parent.parent / "recurring_billing" / "rules"
ALL_PASSED, SOME_FAILED = 0, 1


def rules_fail(bug: Bug | None) -> bool:
    """Run the tests on a copy of the rules, with the bug planted in it.

    :raises ValueError: when the bug's place is not found exactly once, or the tests could not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(RULES, Path(folder) / "rules", ignore=shutil.ignore_patterns("__pycache__"))
        if bug:
            _plant(bug, Path(folder) / "rules" / bug.file)
        done = _run_tests(folder, _nearest_first(bug))
    if done.returncode not in (ALL_PASSED, SOME_FAILED):
        raise ValueError(f"the tests could not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == SOME_FAILED


def _plant(bug: Bug, file: Path):
    text = file.read_text(encoding="utf-8")
    if text.count(bug.right) != 1:
        raise ValueError(f"{bug.name!r}: its place in {bug.file} is there {text.count(bug.right)} times: {bug.right!r}")
    file.write_text(text.replace(bug.right, bug.wrong), encoding="utf-8")


def _nearest_first(bug: Bug | None) -> list[str]:
    """The files of tests, without those of the source itself, which is not a whole addon here; those that name the bug's file lead."""
    files = sorted(set(TESTS.glob("test_*.py")) - {TESTS / "test_rings.py", TESTS / "test_planted_bugs.py"})
    return [str(file) for file in sorted(files, key=lambda file: not bug or Path(bug.file).stem not in file.read_text(encoding="utf-8"))]


def _run_tests(folder: str, files: list[str]) -> subprocess.CompletedProcess:
    """Stop at the first failure; the repository's own settings stay out of it."""
    settings = Path(folder) / "pytest.ini"
    settings.write_text(f"[pytest]\npythonpath = {folder}\n", encoding="utf-8")
    words = ["-q", "-x", "-p", "no:cacheprovider", "-c", str(settings), "-m", "not long"]
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTEST_ADDOPTS", "PYTHONPATH")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:odoo", *words, *files],
        cwd=folder,
        env={**outside, "HYPOTHESIS_PROFILE": "noticing", "PYTHONDONTWRITEBYTECODE": "1"},
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
