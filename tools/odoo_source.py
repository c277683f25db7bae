"""Odoo 19 itself: a checkout named by `ODOO_SOURCE`, else Debian's package unpacked into the cache folder."""

import hashlib
import os
import pathlib
import re
import shutil

from . import debian, parts, places, progress
from .problem import Problem

SERIES = "19.0"
RECORD = pathlib.Path(__file__).with_name("odoo-package.lock")
NEEDS_MB = 1500
LAYOUT = "1"

FROM_SID = [
    "odoo-19",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
]
FROM_OWN_SUITE = ["fonts-font-awesome", "fonts-inconsolata"]
"""Fonts whose files sid renamed; Odoo's links name the older files."""

OTHER_LANGUAGES = ("*/i18n/[a-df-oq-z]*.po", "*/i18n/e[!s]*.po", "*/i18n/p[!t]*.po", "*/i18n/es_[!4]*.po")
"""Translations left out, two thirds of the package: all but Portuguese and Spanish."""

ABSENT_FILES = ["mail/static/lib/selfie_segmentation/selfie_segmentation.js"]
"""Files Odoo's bundles name and Debian's package leaves out: without them the backend logs a console error."""


def package() -> pathlib.Path:
    """The folder of the Python package `odoo`."""
    return root() / "odoo"


def root() -> pathlib.Path:
    """The folder that goes on Python's path."""
    chosen = os.environ.get("ODOO_SOURCE")
    if chosen:
        return pathlib.Path(chosen).expanduser().resolve()
    return places.home() / "odoo" / "usr" / "lib" / "python3" / "dist-packages"


def ensure() -> None:
    """Have Odoo, and have the right series of it."""
    if not os.environ.get("ODOO_SOURCE"):
        parts.build(places.home() / "odoo", f"{SERIES} layout {LAYOUT}", "Odoo 19", _fill, NEEDS_MB)
    check_series(package())


def check_series(folder: pathlib.Path) -> None:
    """Refuse a folder that is not the `odoo` package of the series this addon is written for."""
    release = folder / "release.py"
    if not release.is_file():
        raise Problem(f"There is no Odoo in {folder.parent}. Set ODOO_SOURCE to a checkout of Odoo {SERIES}.")
    found = re.search(r"^version_info\s*=\s*\(\s*'?([^,']+)'?\s*,\s*(\d+)", release.read_text(), re.MULTILINE)
    series = f"{found.group(1)}.{found.group(2)}" if found else "unknown"
    if series != SERIES:
        raise Problem(
            f"The Odoo in {folder.parent} is {series}, and this addon needs {SERIES}. "
            f"Set ODOO_SOURCE to a checkout of Odoo {SERIES}, or unset it to have one fetched."
        )


def _fill(partial: pathlib.Path) -> None:
    apt = partial / "apt"
    archive = debian.Archive(apt)
    archive.update()
    wanted = [f"{name}/sid" for name in FROM_SID] + [f"{name}/{archive.suite}" for name in FROM_OWN_SUITE]
    packages = archive.download(wanted, apt / "packages")
    for file in packages:
        if file.name.startswith("odoo-19_"):
            _compare_with_record(file)
            debian.unpack(file, partial, exclude=OTHER_LANGUAGES)
        else:
            debian.unpack(file, partial)
    addons = partial / "usr" / "lib" / "python3" / "dist-packages" / "odoo" / "addons"
    for name in ABSENT_FILES:
        (addons / name).parent.mkdir(parents=True, exist_ok=True)
        (addons / name).touch()
    shutil.rmtree(apt)
    check_series(addons.parent)


def _compare_with_record(file: pathlib.Path) -> None:
    """Say so when the archive's package is another one than this checkout was last tested with."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    name = file.name.replace("%3a", ":")
    recorded = RECORD.read_text().split() if RECORD.is_file() else []
    if recorded != [digest, name]:
        progress.warn(
            f"the archive's Odoo package is {name} ({digest[:12]}...), and this checkout was tested with "
            f"{' '.join(recorded[1:]) or 'none recorded'}. It is used; when a test fails, look there first, and when "
            f"all pass, record it in {RECORD.name}: {digest}  {name}"
        )
