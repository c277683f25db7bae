"""The commands of `./dev`."""

import argparse
import sys

from . import databases, environment, postgres, python_env
from .problem import Problem

PASSING_ON = ("odoo", "python", "psql")
"""Commands whose arguments are all for the program they run."""


def main(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    passed_on = arguments[1:] if arguments[:1] and arguments[0] in PASSING_ON else None
    options = _parser().parse_args(arguments[:1] if passed_on is not None else arguments)
    if passed_on is not None:
        options.words = passed_on[1:] if passed_on[:1] == ["--"] else passed_on
    try:
        python_env.check_version()
        return options.run(options)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev", description="Developer commands of recurring_billing.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("setup", _setup, "set up the environment and nothing else")
    add("odoo", _odoo, "run Odoo: ./dev odoo -- -d DB ...")
    add("python", _python, "run the environment's Python")
    add("psql", _psql, "open a database in psql")
    shell = add("shell", _shell, "open Odoo's shell on a database")
    shell.add_argument("database", nargs="?", default="demo")
    add("templates", _templates, "make the template databases that tests and demo are cloned from")
    add("stop", _stop, "stop the embedded PostgreSQL, whoever uses it")
    return parser


def _in_environment(command_of, words: list[str]) -> int:
    environment.ensure()
    with postgres.running():
        return environment.call(command_of(*words))


def _setup(_options) -> int:
    environment.ensure()
    with postgres.running():
        environment.configuration()
    return 0


def _odoo(options) -> int:
    return _in_environment(environment.odoo_command, options.words)


def _python(options) -> int:
    return _in_environment(environment.python_command, options.words)


def _psql(options) -> int:
    return _in_environment(lambda *words: ["psql", *words], options.words)


def _shell(options) -> int:
    return _in_environment(environment.odoo_command, ["shell", "-d", options.database])


def _templates(_options) -> int:
    environment.ensure()
    with postgres.running():
        print(databases.addon_template())
    return 0


def _stop(_options) -> int:
    postgres.stop()
    return 0
