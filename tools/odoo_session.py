"""Odoo inside this process, for programs that run in the environment (`./dev python`, benchmarks, imports)."""

import contextlib


@contextlib.contextmanager
def session(database: str, *, user: str = "__system__", context: dict | None = None, log_level: str = "warn"):
    """Boot Odoo on a database and yield an environment; the caller commits.

    The registry stays warm afterwards, so a test may fork or open further cursors with
    `env.registry.cursor()`. What was not committed is rolled back at the end.

    :param user: login to act as; the superuser unless told
    :param context: context keys to add to the user's own
    """
    with boot(database, log_level=log_level).cursor() as cursor:
        yield environment(cursor, user=user, context=context)
        cursor.rollback()


def boot(database: str, *, log_level: str = "warn"):
    """Load Odoo's configuration and the registry of a database; a second call only looks it up."""
    import odoo.tools
    from odoo.modules.registry import Registry

    if odoo.tools.config["db_name"] != [database]:
        odoo.tools.config.parse_config(
            ["-d", database, f"--log-level={log_level}", "--no-http", "--max-cron-threads=0"], setup_logging=True
        )
    return Registry(database)


def environment(cursor, *, user: str = "__system__", context: dict | None = None):
    """An environment on a cursor, in the user's own language and companies."""
    from odoo import SUPERUSER_ID
    from odoo.api import Environment

    env = Environment(cursor, SUPERUSER_ID, {})
    if user != "__system__":
        env = env(user=_user_id(env, user))
    own = dict(env["res.users"].context_get())
    return env(context={**own, **(context or {})})


def _user_id(env, login: str) -> int:
    found = env["res.users"].search([("login", "=", login)])
    if not found:
        raise ValueError(f"There is no user {login!r} in this database.")
    return found.id
