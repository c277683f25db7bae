"""The commands of `./dev`."""

import argparse
import signal
import sys

from . import (
    browser,
    databases,
    demo,
    environment,
    node,
    pdf_printer,
    places,
    postgres,
    python_env,
    quality,
    screenshot,
    testing,
    translations,
)
from .problem import Problem


def main(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        python_env.check_version()
        if arguments[:1] and arguments[0] in PASSING_ON:
            words = arguments[2:] if arguments[1:2] == ["--"] else arguments[1:]
            return PASSING_ON[arguments[0]](words)
        options = _parser().parse_args(arguments)
        return options.run(options)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _interrupt(*_signal) -> None:
    """Being told to end is like Ctrl-C: what was started is stopped on the way out."""
    raise environment.Terminated


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", description="Developer commands of recurring_billing.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("setup", _setup, "set up the environment and nothing else")
    add("odoo", None, "run Odoo: ./dev odoo -- -d DB ...")
    add("python", None, "run the environment's Python")
    add("psql", None, "open a database in psql")
    add("shell", None, "open Odoo's shell on a database, the demo unless told: ./dev shell [DB]")
    test = add("test", _test, "run the tests; the last line is the counts")
    test.add_argument("names", nargs="*", help="rings, or parts of test names; all unless told")
    test.add_argument("--fast", action="store_true", help="what takes seconds: ruff and the rules")
    test.add_argument("--long", action="store_true", help="the tests marked long too; records docs/long-test.md")
    form = add("format", _format, "format Python, XML and JavaScript")
    form.add_argument("paths", nargs="*", help="files and folders; the whole checkout unless told")
    add("translate", _translate, "bring new terms into the language files, remove stale ones")
    demonstrate = add("demo", lambda options: demo.run(options.once, options.port), "bill the demo and serve its UI")
    demonstrate.add_argument("--once", action="store_true", help="do all but serve")
    demonstrate.add_argument("--port", type=int, help="port to serve on; the first free one from 8069 unless told")
    reset = add("reset", lambda options: demo.reset(options.all), "drop the demo and the templates made from the addons")
    reset.add_argument("--all", action="store_true", help="remove the whole cache folder: Odoo, PostgreSQL and all")
    screenshot.add_options(add("shot", None, "log in to the demo, open a page, save a picture"))
    add("bench", None, "run a benchmark of tests/benchmarks: ./dev bench NAME [-n N]").add_argument("name")
    add("conformance", None, "check the rules against a file of cases: ./dev conformance FILE [--kind KIND] [--odoo]")
    add("load-telco", None, "import the telco subscribers: ./dev load-telco FILE [--with-leavers] [--db NAME]")
    database = add("database", _database, "make a database with our addons and demo data, a clone of the template")
    database.add_argument("name")
    database.add_argument("--bare", action="store_true", help="without our addons")
    add("templates", _templates, "make the template databases that tests and demo are cloned from")
    add("stop", _stop, "stop the embedded PostgreSQL, whoever uses it")
    return parser


def _in_environment(command: list[str]) -> int:
    with postgres.running():
        return environment.call(command)


def _python(words: list[str]) -> int:
    environment.ensure()
    return _in_environment(environment.python_command(*words))


def _odoo(words: list[str]) -> int:
    environment.ensure()
    return _in_environment(environment.odoo_command(*words))


def _psql(words: list[str]) -> int:
    environment.ensure()
    return _in_environment(["psql", *[demo.database() if word == "demo" else word for word in words]])


def _shell(words: list[str]) -> int:
    environment.ensure()
    name = words[0] if words and not words[0].startswith("-") else "demo"
    others = words[1:] if words[:1] == [name] else words
    with postgres.running():
        if name == "demo":
            name = demo.database()
            demo.ensure_database(name)
        return environment.call(environment.odoo_command("shell", "-d", name, "--no-http", *others))


def _bench(words: list[str]) -> int:
    known = sorted(file.stem for file in (places.TESTS / "benchmarks").glob("[a-z]*.py"))
    if not words or words[0] not in known:
        raise Problem(f"Name a benchmark: {', '.join(known) or 'there is none yet'}. For example: ./dev bench NAME -n 1000")
    return _python(["-m", "tools.benchmark", *words])


def _conformance(words: list[str]) -> int:
    if "--odoo" in words:
        return _python(["-m", "tools.conformance", *words])
    python_env.ensure()
    return environment.call(environment.python_command("-m", "tools.conformance", *words))


def _load_telco(words: list[str]) -> int:
    return _python(["-m", "tools.telco", *words])


PASSING_ON = {
    "odoo": _odoo,
    "python": _python,
    "psql": _psql,
    "shell": _shell,
    "shot": screenshot.run,
    "bench": _bench,
    "conformance": _conformance,
    "load-telco": _load_telco,
}
"""Commands whose arguments are all for the program they run."""


def _setup(_options) -> int:
    environment.ensure()
    browser.ensure()
    node.ensure()
    pdf_printer.ensure()
    with postgres.running():
        print(f"Everything is in {places.home()}")
    return 0


def _test(options) -> int:
    return testing.run(options.names, options.fast, options.long)


def _format(options) -> int:
    python_env.ensure()
    return quality.fix(options.paths)


def _translate(_options) -> int:
    environment.ensure()
    with postgres.running():
        return translations.update()


def _templates(_options) -> int:
    environment.ensure()
    with postgres.running():
        print(databases.addon_template())
    return 0


def _database(options) -> int:
    environment.ensure()
    with postgres.running():
        print(databases.clone(databases.base_template() if options.bare else databases.addon_template(), options.name))
    return 0


def _stop(_options) -> int:
    if not postgres.external_url():
        postgres.stop()
    return 0
