"""The program Odoo prints PDFs with: the machine's own wkhtmltopdf, else Debian's, unpacked into the cache folder.

Without it Odoo runs, but no PDF comes out and no quotation can be signed in the portal, which files a PDF with the signature.
"""

import os
import pathlib
import shutil
import subprocess

from . import browser, debian, parts, places
from .problem import Problem

NAME = "wkhtmltopdf"
REMEDY = f"Install it once, on Debian with: apt-get install {NAME}"
NEEDS_MB = 400


def folder() -> pathlib.Path:
    return places.home() / "pdf-printer"


def ensure() -> None:
    """Have a printer that starts."""
    own = shutil.which(NAME)
    if own and not pathlib.Path(own).is_relative_to(folder()):
        parts.build(folder(), f"machine {own}", "PDF printer", lambda into: _write_script(into, own))
    else:
        parts.build(folder(), "debian 1", "PDF printer, from Debian's archive", _fetch, NEEDS_MB)


def binaries() -> list[str]:
    """The folder for PATH, once there is a printer."""
    return [str(folder() / "bin")] if parts.stamp_of(folder()) else []


def _write_script(into: pathlib.Path, program: str, settings: tuple[str, ...] = ()) -> None:
    script = into / "bin" / NAME
    script.parent.mkdir()
    script.write_text("\n".join(["#!/bin/sh", "export QT_QPA_PLATFORM=offscreen", *settings, f'exec "{program}" "$@"', ""]))
    script.chmod(0o755)


def _fetch(into: pathlib.Path) -> None:
    try:
        archive = debian.Archive(into / "apt")
        archive.update()
        names = [name for name in archive.closure(NAME) if name == NAME or browser.is_library(name)]
        for package in archive.download(sorted({*names, *browser.FONTS}), into / "apt" / "packages"):
            debian.unpack(package, into)
    except Problem as problem:
        raise Problem(f"There is no {NAME} on this machine, and none could be fetched. {REMEDY}\n{problem}") from None
    shutil.rmtree(into / "apt")
    for unused in ("doc", "man", "locale", "icons"):
        shutil.rmtree(into / "usr" / "share" / unused, ignore_errors=True)
    (into / "fonts.conf").write_text(browser.FONT_CONFIGURATION.format(folder=folder()))
    libraries = [path.relative_to(into) for path in browser.library_folders(into)]
    plugins = next((into / "usr" / "lib").glob("*-linux-*/qt5/plugins")).relative_to(into)
    settings = (
        'export LD_LIBRARY_PATH="' + ":".join(f"{folder() / path}" for path in libraries) + '"',
        f'export QT_PLUGIN_PATH="{folder() / plugins}"',
        f'export FONTCONFIG_FILE="{folder()}/fonts.conf"',
    )
    _write_script(into, str(folder() / "usr" / "bin" / NAME), settings)
    _try(into, libraries, plugins)


def _try(root: pathlib.Path, libraries: list[pathlib.Path], plugins: pathlib.Path) -> None:
    """Refuse a printer that does not print, before it is put in place."""
    path = ":".join(str(root / library) for library in libraries)
    fonts = root / "trial-fonts.conf"  # without fonts of its own, a bare machine has none
    fonts.write_text(browser.FONT_CONFIGURATION.format(folder=root))
    settings = {
        "LD_LIBRARY_PATH": path,
        "QT_PLUGIN_PATH": str(root / plugins),
        "QT_QPA_PLATFORM": "offscreen",
        "FONTCONFIG_FILE": str(fonts),
    }
    done = subprocess.run(
        [root / "usr" / "bin" / NAME, "--quiet", "-", "-"],
        input=b"<p>1</p>",
        env={**os.environ, **settings},
        capture_output=True,
        check=False,
    )
    fonts.unlink()
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise Problem(
            f"{NAME} from Debian's archive does not print here. {REMEDY}\n    {done.stderr.decode(errors='replace').strip()[-600:]}"
        )
