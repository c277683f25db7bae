"""Databases: templates that take minutes to make, and clones of them that take a second.

The *base template* has every module ours stand on, with demo data and Brazilian Portuguese, and none of ours. The
*addon template* (with our demo story, or plain) is a clone of it with our addons installed, the *tests template* one of the plain
with the test addon; they are made anew when one of their files changed. Tests and the demo work on clones (`CREATE DATABASE ... TEMPLATE`).
"""

import ast
import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

from . import environment, odoo_source, parts, places, postgres, progress
from .problem import Problem

BESIDE = ["l10n_br", "payment_demo"]
"""Modules the demo and the tests use, though no addon of ours depends on them."""
LANGUAGES = "en_US,pt_BR"  # the first is the default of new users
LAYOUT = "3"
KEPT_TEMPLATES = 2


def sql(query: str, database: str = "postgres") -> str:
    """Run SQL and give its result as text, fields separated by `|`."""
    command = [postgres.binaries() / "psql", "-AtXq", "-v", "ON_ERROR_STOP=1", "-c", query, database]
    return parts.run(
        command,
        f"A database statement on {database}",
        "Is another program connected to the database?",
        env=environment.variables(),
    ).strip()


def exists(name: str) -> bool:
    return bool(sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def filestore(name: str) -> pathlib.Path:
    """The folder of a database's attachments."""
    return places.home() / "odoo-data" / "filestore" / name


def drop(name: str) -> None:
    """Remove a database and its attachments, if there is one."""
    sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)


def clone(template: str, name: str) -> str:
    """Make `name` a copy of `template`, in place of what was called that; gives `name`."""
    drop(name)
    strategy = "" if postgres.external_url() else "STRATEGY FILE_COPY"  # quick where nothing waits for the disk
    sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
    if filestore(template).is_dir():
        shutil.copytree(filestore(template), filestore(name), copy_function=_link)
    return name


@contextlib.contextmanager
def temporary(template: str, label: str):
    """A clone that is removed afterwards; its name tells the checkout, the purpose and the process."""
    name = clone(template, f"rb{places.checkout_key()}_{label}_{os.getpid()}")
    try:
        yield name
    finally:
        drop(name)


def _link(source: str, target: str) -> None:
    """Attachments are never changed in place, so copies of a database share them."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def base_template() -> str:
    """The name of the base template, made first if it is not there."""
    modules = sorted({*_dependencies(), *BESIDE})
    stamp = parts.stamp_of(places.home() / "odoo") or str(odoo_source.root())
    name = "rb_base_" + _digest(stamp, modules, LANGUAGES, "1")
    words = ["-i", ",".join(modules), "--with-demo", f"--load-language={LANGUAGES}"]
    _build(name, f"Database with {', '.join(modules)} and demo data", lambda partial: run_odoo(partial, words), modules)
    _forget_old("rb_base_")
    return name


def addon_template(demo: bool = True) -> str:
    """The name of the addon template, made first if it is not there or one of our files changed.

    :param demo: with the demo story of our addons, which takes longest; Odoo's own demo data are there in any case
    """
    addons = [folder.name for folder in places.own_addons()]
    if not addons:
        raise Problem(f"There is no addon in {places.CHECKOUT}: no folder with a manifest.")
    base = base_template()
    prefix = f"rb{places.checkout_key()}_{'addon' if demo else 'plain'}_"
    name = prefix + _digest(base, addons_digest(), LAYOUT)

    def fill(partial: str) -> None:
        clone(base, partial)
        with contextlib.nullcontext() if demo else _as_if_without_demo(partial):
            run_odoo(partial, ["-i", ",".join(addons), *(["--with-demo"] if demo else [])])
        # Debian's wkhtmltopdf prints one document per call.
        sql(
            "INSERT INTO ir_config_parameter (key, value) VALUES ('account.pdf_generation_batch', '0') "
            "ON CONFLICT (key) DO UPDATE SET value = '0'",
            partial,
        )

    _build(name, f"Database with {', '.join(addons)}{' and the demo story' if demo else ''}", fill, addons, demo)
    _forget_old(prefix)
    return name


def tests_template() -> str:
    """The name of the plain addon template with the test addon installed, made first if it is not there or a file changed."""
    plain = addon_template(demo=False)
    prefix = f"rb{places.checkout_key()}_tests_"
    addon = places.TESTS / places.TEST_ADDON
    name = prefix + _digest(plain, _files_digest([addon], without=addon / "tests"), LAYOUT)

    def fill(partial: str) -> None:
        clone(plain, partial)
        run_odoo(partial, ["-i", places.TEST_ADDON])

    _build(name, f"Database with {places.TEST_ADDON}", fill, [places.TEST_ADDON], demo=False)
    _forget_old(prefix)
    return name


@contextlib.contextmanager
def _as_if_without_demo(name: str):
    """Odoo loads a module's demo data when those of all modules it stands on were loaded, whatever it is told."""
    with_demo = sql("SELECT string_agg(id::text, ',') FROM ir_module_module WHERE demo", name)
    sql("UPDATE ir_module_module SET demo = FALSE", name)
    yield
    sql(f"UPDATE ir_module_module SET demo = TRUE WHERE id IN ({with_demo})", name)


def addons_digest() -> str:
    """What the files of our addons are, in one number."""
    return _files_digest(places.own_addons())


def _files_digest(folders: list[pathlib.Path], without: pathlib.Path | None = None) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts and without not in file.parents:
                digest.update(f"{file.relative_to(places.CHECKOUT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def install(database: str, modules: list[str]) -> None:
    """Install modules into a database, without demo data."""
    with progress.step(f"Installing {', '.join(modules)}"):
        run_odoo(database, ["-i", ",".join(modules)])
    _check_installed(database, modules, demo=False)


def _digest(*values) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:10]


def _dependencies() -> set[str]:
    """The modules of Odoo that our addons' manifests name."""
    own = {folder.name for folder in places.own_addons()}
    needed = set()
    for folder in places.own_addons():
        needed |= set(ast.literal_eval((folder / "__manifest__.py").read_text())["depends"])
    return (needed or {"sale_management", "account_payment", "sms", "digest"}) - own


def _build(name: str, label: str, fill, modules: list[str], demo: bool = True) -> None:
    """Make the database `name` under another name and rename it when it is complete."""
    if exists(name):
        return
    with parts.locked(name):
        if exists(name):
            return
        partial = f"{name}_partial"
        drop(partial)
        try:
            with progress.step(label):
                fill(partial)
                _check_installed(partial, modules, demo)
        except BaseException:
            drop(partial)
            raise
        if filestore(partial).is_dir():
            shutil.rmtree(filestore(name), ignore_errors=True)
            filestore(partial).rename(filestore(name))
        sql(f'ALTER DATABASE "{partial}" RENAME TO "{name}"')


def run_odoo(database: str, words: list[str]) -> None:
    """Run Odoo on a database until it has done what `words` say; its log is kept."""
    log = places.home() / "logs" / f"{database}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = environment.odoo_command("-d", database, *words, "--stop-after-init", "--no-http", "--log-level=warn")
    with open(log, "w") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment.variables(),
            check=False,
        )
    said = log.read_text(errors="replace").strip()
    if done.returncode:
        raise Problem(f"Odoo could not do `{' '.join(words)}`. The end of {log}:\n{_tail(said)}")
    if said and "recurring_billing" in said:
        progress.warn(f"Odoo's log {log} mentions our addons:\n{_tail(said)}")


def _tail(text: str, lines: int = 25) -> str:
    return "\n".join(f"    {line[:300]}" for line in text.splitlines()[-lines:])


def _check_installed(database: str, modules: list[str], demo: bool) -> None:
    """Odoo carries on without a module or its demo data when they fail; we do not."""
    names = ", ".join(f"'{module}'" for module in modules)
    condition = "AND demo" if demo else ""
    rows = sql(f"SELECT name FROM ir_module_module WHERE name IN ({names}) AND state = 'installed' {condition}", database)
    absent = sorted(set(modules) - set(rows.split()))
    if absent:
        log = places.home() / "logs" / f"{database}.log"
        said = _tail(log.read_text(errors="replace").strip()) if log.is_file() else ""
        raise Problem(f"Odoo did not install {', '.join(absent)}{' with demo data' if demo else ''}. The end of {log}:\n{said}")


def _forget_old(prefix: str) -> None:
    """Drop templates of former states of the files, but for the newest ones and those in use."""
    query = (
        f"SELECT datname FROM pg_database d WHERE datname LIKE '{prefix}%' AND datname NOT LIKE '%partial' "
        "AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid) "
        f"ORDER BY oid DESC OFFSET {KEPT_TEMPLATES}"
    )
    for name in sql(query).split():
        drop(name)


def drop_orphans() -> list[str]:
    """Drop the clones whose process died before it could; gives their names."""
    pattern = f"^rb{places.checkout_key()}_[a-z_]+_[0-9]+(_[0-9]+)?$"
    clones = sql(f"SELECT datname FROM pg_database WHERE datname ~ '{pattern}'").split()
    orphans = [name for name in clones if not _alive(int(re.search(r"_([0-9]+)(_[0-9]+)?$", name).group(1)))]
    for name in orphans:
        drop(name)
    return orphans


def _alive(pid: int) -> bool:
    return pathlib.Path(f"/proc/{pid}").exists()


def addon_databases() -> list[str]:
    """The addon templates and the demo database of this checkout."""
    own = f"rb{places.checkout_key()}"
    return sql(f"SELECT datname FROM pg_database WHERE datname ~ '^{own}_((addon|plain|tests)_.*|demo)$' ORDER BY 1").split()
