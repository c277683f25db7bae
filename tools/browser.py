"""The browser of tests and screenshots: the machine's own Chromium, else Debian's, unpacked into the cache folder."""

import os
import pathlib
import re
import shutil
import subprocess

from . import debian, parts, places, postgres
from .problem import Problem

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
REMEDY = "Install a browser once, on Debian with: apt-get install chromium"
NEEDS_MB = 700

NOT_NEEDED = re.compile(
    r"libc6|libgcc-s1|libcrypt1|libllvm.*|libgl1-mesa-dri|libglapi-mesa|libperl.*|.*-perl|libpam.*|libcryptsetup.*"
    r"|libdevmapper.*|libsystemd-shared|libz3.*|libsensors.*|libkmod.*|libfdisk.*|libargon.*"
)
"""Libraries of the closure that every Debian has, or that drawing without a graphics card never loads."""
FONTS = ("fonts-roboto-unhinted", "fonts-liberation", "fonts-dejavu-core", "fonts-noto-color-emoji")

FONT_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
  <alias><family>system-ui</family><prefer><family>Roboto</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>Roboto</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""


def folder() -> pathlib.Path:
    return places.home() / "browser"


def program() -> pathlib.Path:
    """The browser, as a script that starts it with what a headless run needs."""
    return folder() / "bin" / "google-chrome"


def ensure() -> pathlib.Path:
    """Have a browser that starts; gives its path."""
    own = next(filter(None, map(shutil.which, NAMES)), None)
    if own:
        parts.build(folder(), f"machine {own}", "Browser", lambda into: _write_script(into, [own]))
    else:
        parts.build(folder(), "debian 2", "Browser, from Debian's archive", _fetch, NEEDS_MB)
    return program()


def variables_if_there() -> dict:
    """Variables that let Odoo's own browser tests find the browser, when there is one to be had."""
    ensure()
    return {"PATH": os.pathsep.join([str(folder() / "bin"), str(postgres.binaries()), os.environ.get("PATH", "")])}


def _write_script(into: pathlib.Path, command: list[str], settings: tuple[str, ...] = ()) -> None:
    """Write the script and try it."""
    script = into / "bin" / "google-chrome"
    script.parent.mkdir()
    words = " ".join([*[f'"{word}"' for word in command], *FLAGS, '"$@"'])
    script.write_text("\n".join(["#!/bin/sh", *settings, f"exec {words}", ""]))
    script.chmod(0o755)


def _fetch(into: pathlib.Path) -> None:
    try:
        archive = debian.Archive(into / "apt")
        archive.update()
        names = [name for name in archive.closure("chromium") if name in ("chromium", "chromium-common") or is_library(name)]
        for package in archive.download(sorted({*names, *FONTS}), into / "apt" / "packages"):
            debian.unpack(package, into)
    except Problem as problem:
        raise Problem(f"There is no browser on this machine, and none could be fetched. {REMEDY}\n{problem}") from None
    shutil.rmtree(into / "apt")
    for unused in ("doc", "man", "locale", "icons"):
        shutil.rmtree(into / "usr" / "share" / unused, ignore_errors=True)
    (into / "fonts.conf").write_text(FONT_CONFIGURATION.format(folder=folder()))
    libraries = [path.relative_to(into) for path in library_folders(into)]
    settings = (
        'export LD_LIBRARY_PATH="' + ":".join(f"{folder() / path}" for path in libraries) + '"',
        f'export FONTCONFIG_FILE="{folder()}/fonts.conf"',
    )
    _write_script(into, [str(folder() / "usr" / "lib" / "chromium" / "chromium")], settings)
    _try(into, libraries)


def is_library(name: str) -> bool:
    """Whether a package of the closure is to be unpacked: a library that not every Debian has."""
    return name.startswith("lib") and not NOT_NEEDED.fullmatch(name)


def library_folders(root: pathlib.Path) -> list[pathlib.Path]:
    """Every folder of the unpacked packages that holds shared libraries."""
    found = {file.parent for file in (root / "usr" / "lib").glob("*-linux-*/*.so.*")}
    found |= {file.parent for file in (root / "lib").glob("*-linux-*/*.so.*")}
    found |= {file.parent for file in (root / "usr" / "lib").glob("*-linux-*/pulseaudio/*.so*")}
    return sorted(found)


def _try(root: pathlib.Path, libraries: list[pathlib.Path]) -> None:
    """Refuse a browser that does not even say its version, before it is put in place."""
    path = ":".join(str(root / library) for library in libraries)
    done = subprocess.run(
        [root / "usr" / "lib" / "chromium" / "chromium", "--no-sandbox", "--version"],
        env={**os.environ, "LD_LIBRARY_PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Problem(f"The browser from Debian's archive does not start here. {REMEDY}\n    {done.stderr.strip()[-600:]}")
