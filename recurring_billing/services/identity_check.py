import json
import logging
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, config, mute_logger

from ..rules import identity

_logger = logging.getLogger(__name__)

FOLDER = "recurring_billing"
PLACES = "recurring_billing.places"
"""Where a transaction keeps what the server told: it does not change meanwhile."""


class RecurringIdentityCheck(models.AbstractModel):
    """Looks at the database as it is now, and tells why it may not be the one that went live.

    Numbers of the database server tell a copy and a restored backup from the original, and the clock whether it was set back. Because a
    backup carries its own past with it, the moment last seen is kept outside of the database too, in Odoo's data folder.
    """

    _name = "recurring.identity.check"
    _description = "Identity of the Database"

    @api.private
    @api.model
    def reasons(self, known):
        """Why the database may not be the one that was confirmed; see ``rules/identity.py``.

        :param known: ``recurring.identity``, the confirmation that counts.
        """
        before = identity.Fingerprint(
            known.database_uuid or "", known.address or "", known.is_neutralized, known.places or {}, known.last_seen or None
        )
        now = self.now()
        return identity.differences(before, now, self._seen_outside(now))

    @api.private
    @api.model
    def now(self):
        """The fingerprint of this moment."""
        # sudo: system parameters, whoever asks
        parameters = self.env["ir.config_parameter"].sudo()
        neutralized = (parameters.get_param("database.is_neutralized") or "").lower() not in ("", "false", "0")
        return identity.Fingerprint(
            parameters.get_param("database.uuid") or "",
            parameters.get_param("web.base.url") or "",
            neutralized,
            self._places(),
            # The server's own clock: the moment a transaction began would be older than what others did meanwhile.
            self.env.execute_query(SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'"))[0][0].replace(microsecond=0),
        )

    @api.private
    @api.model
    def beat(self):
        """The scheduled action: remember that the database was alive now. One that is not confirmed remembers nothing."""
        # sudo: confirmations are nobody's to write
        known = self.env["recurring.identity"].sudo()._latest()
        if not known:
            return
        reasons = self.reasons(known)
        if reasons:
            _logger.warning("This database makes no call to outside: %s", ", ".join(reasons))
            return
        self.remember(known, self.now())

    @api.private
    @api.model
    def remember(self, known, now):
        """Keep the moment, and once it is committed, outside of the database too."""
        known.last_seen = now.seen
        path = self._path(now)
        self.env.cr.postcommit.add(lambda: _write(path, now.seen))

    def _places(self):
        """Numbers that differ in a copy, a restored dump, another server, and a server that went back to a moment of its past."""
        cache = self.env.cr.cache
        if PLACES not in cache:
            cache[PLACES] = self._read_places()
        return cache[PLACES]

    def _read_places(self):
        queries = {
            "database": SQL("SELECT oid FROM pg_database WHERE datname = current_database()"),
            "table": SQL("SELECT 'recurring_identity'::regclass::oid"),
            "server": SQL("SELECT system_identifier FROM pg_control_system()"),
            "timeline": SQL("SELECT timeline_id FROM pg_control_checkpoint()"),
        }
        found = {}
        for name, query in queries.items():
            # Not every hosted server tells all of them.
            with suppress(psycopg2.Error), mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                found[name] = int(self.env.execute_query(query)[0][0])
        return found

    def _path(self, now):
        return Path(config["data_dir"]) / FOLDER / f"{now.uuid or 'none'}-{now.places.get('database', 0)}.json"

    def _seen_outside(self, now):
        try:
            return datetime.fromisoformat(json.loads(self._path(now).read_text(encoding="utf-8"))["seen"])
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _write(path, seen):
    """Keep a moment in a file, replaced at once; a folder that cannot be written only makes the check weaker."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"seen": fields.Datetime.to_string(seen)}), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        _logger.warning("the moment last seen could not be kept outside of the database: %s", error)
