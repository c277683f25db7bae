"""Whether Brazilian Portuguese is complete: every term translated, none stale, no placeholder lost."""

import contextlib
import io
import json
import re
import sys

from . import databases, environment, odoo_source, parts, places

LANGUAGE = "pt_BR"


def checks() -> list:
    """One check per addon: (name, function giving what was found)."""
    return [(f"{LANGUAGE} of {folder.name}", _check(folder.name)) for folder in places.own_addons()]


def _check(addon: str):
    return lambda: _in_odoo("check", addon)


def update() -> int:
    """Add new terms to the language files, untranslated, and remove stale ones."""
    for folder in places.own_addons():
        said = _in_odoo("update", folder.name)
        print(said or f"{folder.name}: complete")
    return 0


def _in_odoo(action: str, addon: str) -> str:
    """Run this file inside Odoo on the addon template, read only."""
    said = parts.run(
        environment.python_command("-m", "tools.translations", action, addon, databases.addon_template(demo=False)),
        f"Exporting the terms of {addon}",
        "The addon must install first.",
        cwd=places.CHECKOUT,
        env=environment.variables(),
    )
    return json.loads(said.strip().splitlines()[-1])


def _main(action: str, addon: str, database: str) -> int:
    """Inside Odoo: print, as JSON, what is missing or stale."""
    import polib

    file = places.CHECKOUT / addon / "i18n" / f"{LANGUAGE}.po"
    terms = polib.pofile(_terms(addon, database))
    known = polib.pofile(str(file)) if file.is_file() else polib.POFile()
    if action == "update":
        _merge(known, terms, file)
    wanted = {entry.msgid for entry in terms}
    translated = {entry.msgid for entry in known if entry.translated() and not entry.obsolete}
    present = {entry.msgid for entry in known if not entry.obsolete}
    lines = [f"not translated: {term!r}" for term in sorted(wanted - translated)]
    lines += [f"stale: {term!r}" for term in sorted(present - wanted)]
    if lines:
        lines.append(f"./dev translate brings the terms into {file.relative_to(places.CHECKOUT)}.")
    lines += [f"placeholders, tags or line breaks differ: {entry.msgid!r}" for entry in known if entry.translated() and differs(entry)]
    print(json.dumps("\n".join(lines)))
    return 0


def differs(entry) -> bool:
    """Whether a translation lost or changed what is not words: placeholders, tags, line breaks.

    Named placeholders may change places, plain ones may not. Of a tag only the name is compared, as its title is translated too.
    """
    return _frame(entry.msgid) != _frame(entry.msgstr)


def _frame(text: str) -> tuple:
    named, plain = r"%\(\w+\)[a-z]", r"%(?:\.\d+)?[sdf]\b"
    return sorted(re.findall(named, text)), re.findall(plain, text), re.findall(r"</?\w+", text), text.count("\n")


def _merge(known, terms, file) -> None:
    """Keep the translations there are, take the terms there should be."""
    translations = {**_translations_of_odoo(), **{entry.msgid: entry.msgstr for entry in known if entry.translated()}}
    for entry in terms:
        entry.msgstr = translations.get(entry.msgid, "")
    terms.header = ""
    terms.metadata = {
        "Project-Id-Version": "Odoo Server 19.0",
        "Language": LANGUAGE,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    file.parent.mkdir(exist_ok=True)
    terms.save(str(file))


def _translations_of_odoo() -> dict[str, str]:
    """How Odoo's own modules say it, for the terms they share with ours ("Created on", "Customer")."""
    import polib

    found = {}
    for module in ("product", "account", "sale", "base", "web"):
        file = odoo_source.package() / "addons" / module / "i18n" / f"{LANGUAGE}.po"
        if file.is_file():
            found |= {entry.msgid: entry.msgstr for entry in polib.pofile(str(file)) if entry.translated()}
    return found


def _terms(addon: str, database: str) -> str:
    """The addon's terms as Odoo exports them, without those of demo records only."""
    import polib

    from odoo.tools.translate import trans_export

    from .odoo_session import session

    with session(database) as env, contextlib.closing(io.BytesIO()) as output:
        trans_export(None, [addon], output, "po", env)
        content = output.getvalue().decode()
    exported = polib.pofile(content)
    demo = _demo_records(addon)
    kept = polib.POFile()
    kept.metadata = exported.metadata
    for entry in exported:
        entry.occurrences = [place for place in entry.occurrences if _record_of(place[0]) not in demo]
        if entry.occurrences:
            kept.append(entry)
    return str(kept)


def _record_of(occurrence: str) -> str:
    """The record a term comes from: `model:recurring.plan,name:recurring_billing.plan_gym` gives `plan_gym`."""
    return occurrence.rpartition(".")[2] if occurrence.startswith("model") else ""


def _demo_records(addon: str) -> set[str]:
    """The external ids the addon's demo files define."""
    files = (places.CHECKOUT / addon / "demo").rglob("*.xml")
    return {found for file in files for found in re.findall(r"<record\b[^>]*?\bid=\"([^\"]+)\"", file.read_text(), re.S)}


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
