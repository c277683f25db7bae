"""Parts of the environment: folders of the cache that are there whole or not at all.

A part is built in a folder beside its final place and renamed when complete, so a set-up that is interrupted or fails
leaves nothing half installed. Its key (what it was built from) is in its stamp file; another key builds it anew.
"""

import contextlib
import errno
import fcntl
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable

from . import places, progress
from .problem import Problem

STAMP = ".complete"
MEBIBYTE = 1024 * 1024


@contextlib.contextmanager
def locked(name: str):
    """Hold the cache folder's lock `name`: two commands never build the same part at once."""
    folder = places.home() / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = open(folder / name, "w")  # noqa: SIM115  closed by the with below
    except OSError as error:
        raise Problem(
            f"The cache folder {places.home()} cannot be written to ({error.strerror}). "
            "Free some space or set RECURRING_BILLING_HOME to a folder of yours on a disk with 4 GB free."
        ) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def stamp_of(folder: pathlib.Path) -> str | None:
    """The key a part was built from; None when it is not there."""
    try:
        return (folder / STAMP).read_text()
    except OSError:
        return None


def build(folder: pathlib.Path, key: str, label: str, fill: Callable[[pathlib.Path], None], needs_mb: int = 0) -> None:
    """Make `folder` the part `key`, calling `fill` with an empty folder to fill unless it is there already.

    :param label: what a person calls it
    :param needs_mb: disk space the part needs, in MiB, checked beforehand
    """
    if stamp_of(folder) == key:
        return
    with locked(folder.name):
        if stamp_of(folder) == key:
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        _require_space(folder.parent, needs_mb, label)
        _remove_leftovers(folder)
        partial = pathlib.Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            with progress.step(label), _explained(label):
                fill(partial)
                (partial / STAMP).write_text(key)
                partial.chmod(0o755)
                _replace(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _replace(partial: pathlib.Path, folder: pathlib.Path) -> None:
    """Rename the finished folder to its place; what stood there before is removed."""
    if folder.exists():
        old = pathlib.Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        os.rename(folder, old)
        os.rename(partial, folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.rename(partial, folder)


def _remove_leftovers(folder: pathlib.Path) -> None:
    """Remove what an earlier set-up of this part left when it was killed; its lock is held."""
    for leftover in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _require_space(folder: pathlib.Path, needs_mb: int, label: str) -> None:
    free_mb = shutil.disk_usage(folder).free // MEBIBYTE
    if free_mb < needs_mb:
        raise Problem(
            f"{label} needs {needs_mb} MB in {folder}, and {free_mb} MB are free. "
            "Free some space or set RECURRING_BILLING_HOME to a folder on another disk."
        )


@contextlib.contextmanager
def _explained(label: str):
    """Turn the failures of a disk or of a program into words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Problem(
                f"{label}: the disk of {places.home()} is full. Free some space or set RECURRING_BILLING_HOME to a "
                "folder on another disk, then run the command again."
            ) from error
        raise


def run(command: list, what: str, remedy: str, **options) -> str:
    """Run a program and give its output; when it fails, a Problem with the end of what it said.

    :param what: what the program was to do, as the beginning of a sentence
    :param remedy: what a person can do about it
    """
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **options,
        )
    except FileNotFoundError as error:
        raise Problem(f"{what}: the program {error.filename} is not there. {remedy}") from error
    if done.returncode:
        tail = "\n".join(f"    {line}" for line in done.stdout.strip().splitlines()[-8:])
        if "No space left on device" in done.stdout:
            remedy = "The disk is full: free some space or set RECURRING_BILLING_HOME to a folder on another disk."
        raise Problem(f"{what} failed. {remedy}\n{tail}")
    return done.stdout
