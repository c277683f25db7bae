"""The environment as a whole: set up what is missing, and how to start programs in it."""

import concurrent.futures
import os
import pathlib
import subprocess

from . import node, odoo_source, parts, pdf_printer, places, postgres, python_env


class Terminated(KeyboardInterrupt):
    """We were told to end; unlike with Ctrl-C, the programs we started were not."""


def ensure() -> None:
    """Have the virtual environment and Odoo; they are set up side by side."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        steps = [pool.submit(python_env.ensure), pool.submit(odoo_source.ensure)]
        for step in steps:
            step.result()


def configuration() -> pathlib.Path:
    """The Odoo configuration file of this checkout, written anew when something moved."""
    connection = postgres.connection_settings()
    lines = ["[options]", f"addons_path = {places.addons_path(odoo_source.package())}"]
    lines += [f"data_dir = {places.home() / 'odoo-data'}", "http_interface = 127.0.0.1", "list_db = False"]
    lines += [f"db_{name} = {value}" for name, value in connection.items()]
    lines += ["db_maxconn = 32", "max_cron_threads = 0", "server_wide_modules = base,rpc,web"]
    file = places.home() / f"odoo-{places.checkout_key()}.conf"
    content = "\n".join(lines) + "\n"
    if not file.is_file() or file.read_text() != content:
        partial = file.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(content)
        os.replace(partial, file)
    return file


def variables() -> dict:
    """The environment variables of every program started in the environment."""
    binaries = f"{python_env.folder() / 'bin'}{os.pathsep}"
    if not postgres.external_url():
        binaries += f"{postgres.binaries()}{os.pathsep}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PG"))}
    return {
        **inherited,
        **postgres.environment(),
        "PATH": os.pathsep.join([binaries + os.environ.get("PATH", os.defpath), *pdf_printer.binaries()]),
        "ODOO_RC": str(configuration()),
        "PYTHONPATH": os.pathsep.join([str(places.CHECKOUT), str(odoo_source.root())]),
        "PYTHONUNBUFFERED": "1",
        "RECURRING_BILLING_HOME": str(places.home()),
        "PLAYWRIGHT_NODEJS_PATH": str(node.program()),  # its own build of Node needs a library Debian may lack
        "TZ": "UTC",
    }


def python_command(*words) -> list[str]:
    return [str(python_env.python()), *[str(word) for word in words]]


def call(command: list[str], **options) -> int:
    """Run a program in the environment in the foreground and give its exit code.

    Ctrl-C reaches the program too; we wait for it, so that what we started is stopped after it.
    """
    process = subprocess.Popen(command, env={**variables(), **options.pop("env", {})}, **options)
    try:
        while True:
            try:
                return process.wait()
            except Terminated:
                process.terminate()
            except KeyboardInterrupt:
                continue
    finally:
        if process.poll() is None:
            process.kill()


def odoo_command(*words) -> list[str]:
    return python_command("-m", "odoo", *words)


__all__ = ["call", "configuration", "ensure", "odoo_command", "parts", "python_command", "variables"]
