"""Whether Brazilian Portuguese is complete: every term translated, none stale, no placeholder lost.

Other languages are kept for what customers read (`CUSTOMERS_READ`): the interface of staff is in English there.
"""

import contextlib
import io
import json
import re
import sys

from . import databases, environment, odoo_source, parts, places

LANGUAGE = "pt_BR"
CUSTOMERS_READ = re.compile(
    r"model:recurring\.dunning\.template,(?!name)|model:mail\.template,(subject|body_html)|model:product\.template,name"
    r"|selection__recurring_agreement_instalment__standing__|print_report_name:"
    r"|:recurring_billing\.(dunning_(email|letter|debts)|portal_|report_|message_payment|agreement_words|quotation_block|sale_order_portal)"
    r"|recurring_billing/controllers/"
    r"|models/(account_move_(payment_words|card)|payment_token|recurring_(agreement|booklet_slip|card_notice|plan_words))\.py"
    r"|models/recurring_subscription_card_choice\.py"
    r"|services/(dunning_words\w*|payment_(claims|thanks)|customer_statement|statement_sending)\.py"
    r"|services/(invoice_preparation|one_off_invoicing|usage_words|late_fee_charging|quotation_words|term_words\w*)\.py"
)
"""Where the terms come from that customers read: messages, pages without a login and in the portal, papers, and lines of invoices."""


def checks() -> list:
    """One check per addon: (name, function giving what was found)."""
    return [(f"languages of {folder.name}", _check(folder.name)) for folder in places.own_addons()]


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

    terms = polib.pofile(_terms(addon, database))
    folder = places.CHECKOUT / addon / "i18n"
    lines = []
    for language in sorted({LANGUAGE, *(file.stem for file in folder.glob("*.po"))}):
        wanted = terms if language == LANGUAGE else _read_by_customers(terms)
        file = folder / f"{language}.po"
        known = polib.pofile(str(file)) if file.is_file() else polib.POFile()
        if action == "update":
            _merge(known, wanted, file, language)
        lines += [f"{language}: {line}" for line in _faults(known, wanted)]
    if any("not translated" in line or "stale" in line for line in lines):
        lines.append("./dev translate brings the terms into the files.")
    print(json.dumps("\n".join(lines)))
    return 0


def _read_by_customers(terms):
    """The terms of what is sent and shown to customers."""
    import polib

    found = polib.POFile()
    found.extend(entry for entry in terms if any(CUSTOMERS_READ.search(place) for place, _line in entry.occurrences))
    return found


def _faults(known, terms) -> list[str]:
    """What is not translated, stale, or lost something that is not words."""
    wanted = {entry.msgid for entry in terms}
    translated = {entry.msgid for entry in known if entry.translated() and not entry.obsolete}
    present = {entry.msgid for entry in known if not entry.obsolete}
    lines = [f"not translated: {term!r}" for term in sorted(wanted - translated)]
    lines += [f"stale: {term!r}" for term in sorted(present - wanted)]
    return lines + [
        f"placeholders, tags or line breaks differ: {entry.msgid!r}" for entry in known if entry.translated() and differs(entry)
    ]


def differs(entry) -> bool:
    """Whether a translation lost or changed what is not words: placeholders, tags, line breaks.

    Named placeholders, also those in braces, may change places, plain ones may not. Of a tag only the name is compared, as its title is
    translated too.
    """
    return _frame(entry.msgid) != _frame(entry.msgstr)


def _frame(text: str) -> tuple:
    named, plain = r"%\(\w+\)[a-z]|\{\w+\}", r"%(?:\.\d+)?[sdf]\b"
    return sorted(re.findall(named, text)), re.findall(plain, text), re.findall(r"</?\w+", text), text.count("\n")


def _merge(known, terms, file, language: str = LANGUAGE) -> None:
    """Keep the translations there are, take the terms there should be."""
    translations = {**_translations_of_odoo(language), **{entry.msgid: entry.msgstr for entry in known if entry.translated()}}
    for entry in terms:
        entry.msgstr = translations.get(entry.msgid, "")
    terms.header = ""
    terms.metadata = {
        "Project-Id-Version": "Odoo Server 19.0",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    file.parent.mkdir(exist_ok=True)
    terms.save(str(file))


def _translations_of_odoo(language: str) -> dict[str, str]:
    """How Odoo's own modules say it, for the terms they share with ours ("Created on", "Customer")."""
    import polib

    found = {}
    for module in ("product", "account", "sale", "base", "web"):
        file = odoo_source.package() / "addons" / module / "i18n" / f"{language}.po"
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
