"""The quality gates: each is a program that finds nothing, or says what it found."""

import pathlib
import shutil
import subprocess

from . import environment, node, places, sudo_reasons

FORMATTED = ("xml", "js", "json", "yml", "scss", "css")

# One extension of a model per file keeps each matter in its own place; the rcfile cannot take a message out of a group it enables.
NOT_ASKED = ("--disable=consider-merging-classes-inherited",)


def fast_checks() -> list:
    """Checks that take a second: (name, function giving what was found)."""
    return [
        ("ruff check", _ruff("check")),
        ("ruff format", _ruff("format", "--check", "--diff")),
        ("reasons of sudo", sudo_reasons.missing),
    ]


def checks() -> list:
    """All checks of the files as they stand."""
    return [*fast_checks(), ("pylint-odoo", _pylint), ("xml and js formatting", _prettier)]


def fix(paths: list[str]) -> int:
    """Format the files under these paths, or all; what ruff can mend by itself, it mends."""
    node.ensure()
    python_files, others = _under(paths, _python_files()), _under(paths, _files(FORMATTED))
    results = [0]
    if python_files:
        results.append(_call(environment.python_command("-m", "ruff", "check", "--fix", "--quiet", *python_files)))
        results.append(_call(environment.python_command("-m", "ruff", "format", "--quiet", *python_files)))
    if others:
        results.append(_call(_prettier_command("--write", "--list-different", *others)))
    return max(results)


def _under(paths: list[str], files: list[str]) -> list[str]:
    """Those of the files that are one of the paths or lie under one; all when there are no paths."""
    chosen = [(pathlib.Path.cwd() / path).resolve() for path in paths]
    return [name for name in files if not chosen or any((places.CHECKOUT / name).resolve().is_relative_to(path) for path in chosen)]


def _call(command: list[str]) -> int:
    return subprocess.run(command, cwd=places.CHECKOUT, stdin=subprocess.DEVNULL, check=False).returncode


def _findings(command: list[str]) -> str:
    """What a checker said when it found something; nothing when it did not."""
    done = subprocess.run(
        command,
        cwd=places.CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**environment.variables(), "PYTHONPATH": ""},
        check=False,
    )
    return (done.stdout.strip() or f"exit code {done.returncode}") if done.returncode else ""


def _ruff(*words: str):
    return lambda: _findings(environment.python_command("-m", "ruff", *words, "--quiet", *_python_files()))


def _python_files() -> list[str]:
    return [*_files(("py",)), "dev"]


def _pylint() -> str:
    addons = [*places.own_addons(), *(manifest.parent for manifest in places.TESTS.glob("*/__manifest__.py"))]
    if not addons:
        return ""
    return _findings(environment.python_command("-m", "pylint", "--rcfile=.pylintrc", *NOT_ASKED, *addons))


def _prettier() -> str:
    node.ensure()
    files = _files(FORMATTED)
    found = _findings(_prettier_command("--check", *files)) if files else ""
    return f"{found}\n./dev format mends it." if found else ""


def _prettier_command(*words) -> list[str]:
    plugin = node.folder() / "node_modules" / "@prettier" / "plugin-xml" / "src" / "plugin.js"
    return node.prettier("--plugin", plugin, "--log-level", "warn", *words)


def _files(endings: tuple[str, ...]) -> list[str]:
    """The checkout's files with one of these endings: those git knows or would add, without the generated ones."""
    patterns = [f"*.{ending}" for ending in endings]
    listing = None
    if shutil.which("git"):
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
        listing = subprocess.run(command, cwd=places.CHECKOUT, capture_output=True, text=True, check=False)
    if listing and listing.returncode == 0:
        names = listing.stdout.split("\n")
    else:  # an unpacked archive instead of a clone
        names = [file.relative_to(places.CHECKOUT) for pattern in patterns for file in places.CHECKOUT.rglob(pattern)]
    return sorted({str(name) for name in names if name and _is_ours(str(name))})


def _is_ours(name: str) -> bool:
    kept_out = ("package-lock.json", "node_modules/", "/static/lib/")
    return (places.CHECKOUT / name).is_file() and not any(part in name for part in kept_out)
