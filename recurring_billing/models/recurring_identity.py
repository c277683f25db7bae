from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import const


class RecurringIdentity(models.Model):
    """What the database looked like when somebody said "this is the live one"; the latest counts.

    Whatever leaves the machine by itself (charges, Pix, messages, webhooks) asks ``require()`` or ``is_confirmed()`` first. The first who
    asks makes a database that never went live the live one; a copy, a restored backup or a neutralized database waits for an administrator.
    """

    _name = "recurring.identity"
    _description = "Confirmation of the Live Database"
    _order = "id desc"
    _rec_name = "confirmed_at"

    confirmed_at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, help="Empty: the database went live by its first call.")
    found = fields.Char("What Had Changed", readonly=True)
    note = fields.Text("What Was Checked", readonly=True)
    database_uuid = fields.Char("Database", readonly=True)
    address = fields.Char(readonly=True)
    is_neutralized = fields.Boolean(default=False, readonly=True)
    places = fields.Json(readonly=True)
    last_seen = fields.Datetime(readonly=True)

    def write(self, vals):
        self._check_service()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_service()
        return super().create(vals_list)

    def _check_service(self):
        if not self.env.su:
            raise AccessError(self.env._("Press Confirm on the page Calls to Outside; confirmations are not written otherwise."))

    @api.private
    @api.model
    def require(self):
        """Let a call leave the machine, or say what to do.

        :raises UserError: when the database may not be the live one.
        """
        reasons = self._reasons()
        if reasons:
            raise UserError(
                self.env._(
                    "Nothing leaves this database: %(reasons)s. Cards are not charged, messages and notices wait.\n\n"
                    "What to do: an administrator opens Recurring Billing, Configuration, Calls to Outside, "
                    "compares the latest charges with "
                    "the payment provider, and confirms that this is the live database.",
                    reasons=self._words(reasons),
                )
            )

    @api.private
    @api.model
    def is_confirmed(self):
        """Whether a call may leave the machine: this is the database that went live."""
        return not self._reasons()

    @api.model
    def _why_stopped(self):
        """In a sentence, why nothing leaves by itself; an empty text for the live database."""
        reasons = self._reasons()
        return self.env._("Nothing leaves this database by itself: %s.", self._words(reasons)) if reasons else ""

    @api.model
    def _latest(self):
        return self.search([], limit=1)

    @api.model
    def _reasons(self):
        """Why nothing may leave; nothing for the live database."""
        check = self.env["recurring.identity.check"]
        # sudo: whoever works may cause a call; the confirmation is nobody's to read or write
        known = self.sudo()._latest()
        if known:
            return check.reasons(known)
        now = check.now()
        if now.neutralized:
            return (const.NEUTRALIZED,)
        self.sudo()._keep(now)
        return ()

    @api.model
    def _keep(self, now, **values):
        kept = self.create(
            {
                "database_uuid": now.uuid,
                "address": now.address,
                "is_neutralized": now.neutralized,
                "places": dict(now.places),
                "last_seen": now.seen,
                **values,
            }
        )
        self.env["recurring.identity.check"].remember(kept, now)
        return kept

    @api.model
    def _words(self, reasons):
        words = {
            const.COPIED: self.env._("it is a copy of the live database"),
            const.RESTORED: self.env._("it was restored from a backup, or moved to another server"),
            const.MOVED: self.env._("its address changed"),
            const.NEUTRALIZED: self.env._("it was neutralized for testing"),
            const.TURNED_BACK: self.env._("the clock went back"),
        }
        return ", ".join(words[reason] for reason in reasons)

    @api.private
    @api.model
    def confirm(self, note=""):
        """An administrator says that this is the live database."""
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator says which database is the live one."))
        reasons = self._reasons()
        # sudo: confirmations are written by this service only
        return self.sudo()._keep(
            self.env["recurring.identity.check"].now(),
            confirmed_by_id=self.env.user.id,
            found=self._words(reasons).capitalize() or False,
            note=note,
        )
