"""Where things are: the checkout, and the one cache folder outside it."""

import hashlib
import os
import pathlib

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
TESTS = CHECKOUT / "tests"
ADDON = "recurring_billing"
TEST_ADDON = "test_recurring_billing"


def home() -> pathlib.Path:
    """The cache folder: `RECURRING_BILLING_HOME`, else `recurring_billing` in the user's cache folder."""
    chosen = os.environ.get("RECURRING_BILLING_HOME")
    if chosen:
        return pathlib.Path(chosen).expanduser().resolve()
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return pathlib.Path(cache).expanduser().resolve() / "recurring_billing"


def checkout_key() -> str:
    """A short name for this checkout: two checkouts share a cache folder but not their databases."""
    return hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:6]


def own_addons() -> list[pathlib.Path]:
    """The addons of this checkout that people install, the main one first."""
    found = sorted(manifest.parent for manifest in CHECKOUT.glob(f"{ADDON}*/__manifest__.py"))
    return sorted(found, key=lambda folder: folder.name != ADDON)


def addons_path(odoo: pathlib.Path) -> str:
    """Odoo's `addons_path`: its own addons, the checkout and the test addons, as far as they hold an addon.

    :param odoo: the `odoo` package folder
    """
    folders = [odoo / "addons"]
    checkout_addons = odoo.parent / "addons"
    if (checkout_addons / "account" / "__manifest__.py").is_file():  # a source checkout keeps most addons here
        folders.insert(0, checkout_addons)
    folders += [folder for folder in (CHECKOUT, TESTS) if any(folder.glob("*/__manifest__.py"))]
    return ",".join(str(folder) for folder in folders)
