"""What happens once, when the addon is installed."""

import psycopg2

from odoo.exceptions import UserError
from odoo.tools import mute_logger


def pre_init_hook(env):
    """Create the PostgreSQL extension the ledger's exclusion constraint needs, or stop with instructions.

    Without it Odoo would only log that the constraint could not be added, and nothing would stop double billing.
    """
    env.cr.execute("SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'")
    if env.cr.fetchone():
        return
    try:
        with mute_logger("odoo.sql_db"), env.cr.savepoint(flush=False):
            env.cr.execute("CREATE EXTENSION btree_gist")
    except psycopg2.Error as error:
        raise UserError(
            env._(
                "Recurring Billing needs the PostgreSQL extension btree_gist, which makes billing a period twice impossible, "
                "and it could not be created: %(reason)s\n\n"
                "What to do: ask the administrator of the database server to install the PostgreSQL contrib package and to run "
                'CREATE EXTENSION btree_gist; in the database "%(database)s", then install the app again.',
                reason=(error.diag.message_primary or str(error)).strip(),
                database=env.cr.dbname,
            )
        ) from error
