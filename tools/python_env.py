"""The virtual environment: Odoo's Python packages and the test tools, in the versions of `requirements.lock`."""

import hashlib
import importlib.util
import pathlib
import sys

from . import parts, places
from .problem import Problem

LOCK = pathlib.Path(__file__).with_name("requirements.lock")
SUPPORTED = ((3, 10), (3, 13))
NEEDS_MB = 900


def check_version(version: tuple = tuple(sys.version_info[:2])) -> None:
    """Refuse a Python that Odoo 19 does not run on."""
    if not SUPPORTED[0] <= tuple(version) <= SUPPORTED[1]:
        raise Problem(
            f"This Python is {version[0]}.{version[1]}, and Odoo 19 needs 3.10 to 3.13. "
            "Install one of those and start the command with it, for example: python3.13 dev demo"
        )


def folder() -> pathlib.Path:
    return places.home() / "python-{}.{}".format(*sys.version_info[:2])


def python() -> pathlib.Path:
    return folder() / "bin" / "python"


def ensure() -> None:
    """Have the virtual environment of this Python and this lock file."""
    check_version()
    key = hashlib.sha256(LOCK.read_bytes() + sys.version.encode() + sys.base_prefix.encode()).hexdigest()
    parts.build(folder(), key, "Python packages", _fill, NEEDS_MB)


def _fill(partial: pathlib.Path) -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Problem(
            "Python's venv module is not there, so no virtual environment can be made. "
            "Install it once, on Debian with: apt-get install python3-venv"
        )
    parts.run(
        [sys.executable, "-m", "venv", partial],
        "Making the virtual environment",
        "On Debian this needs the package python3-venv: apt-get install python3-venv",
    )
    parts.run(
        [partial / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", LOCK],
        "Installing the Python packages",
        "Is the network up, and does pip reach its index (pip config list)?",
    )
    _relocate(partial)


def _relocate(partial: pathlib.Path) -> None:
    """Let the scripts name the folder's final place; the folder is renamed when complete."""
    for script in [*(partial / "bin").iterdir(), partial / "pyvenv.cfg"]:
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        if bytes(partial) in content and b"\0" not in content:
            script.write_bytes(content.replace(bytes(partial), bytes(folder())))
