import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError
from odoo.tools import SQL

from ..const import dunning as const
from ..const.whatsapp import DONE, FAILED, IGNORED, MESSAGE, NEW, STATUS
from ..rules import whatsapp
from .whatsapp_errors import WhatsappProblem

_logger = logging.getLogger(__name__)

MOST = 1000
"""Things told by one notification."""
BATCH = 50
PATIENCE = timedelta(hours=1)
"""How long a delivery waits for the message it is about: the answer to our request may be committed later than WhatsApp tells."""
TRIES = 5
STRANGER = (131026, 131021)
"""Codes of failures that will be the same the next time."""
NOT_TAKEN = (const.QUEUED, const.FAILED)


class RecurringWhatsappHearing(models.AbstractModel):
    """Keeps what WhatsApp tells, once, and reads it in the background: deliveries become states of messages, replies land in the case."""

    _name = "recurring.whatsapp.hearing"
    _description = "Hearing WhatsApp"

    # Keeping

    @api.private
    @api.model
    def keep(self, account, told):
        """Note what a signed notification tells; what is known already is not noted again.

        :return: how many things were new.
        """
        rows = []
        for value in _values(told):
            # One app has one address for all its numbers: what is told of another of them belongs to its account.
            number = (value.get("metadata") or {}).get("phone_number_id")
            mine = account if number == account.phone_number_id else self._sibling(account, number)
            if mine:
                rows += [(mine.id, *row) for row in (*_statuses(value), *_messages(value))]
        new = sum(self._keep_row(*row) for row in rows[:MOST])
        if new:
            # sudo: the one who tells is nobody; the scheduled action reads it at once
            self.env.ref("recurring_billing.cron_whatsapp_hear").sudo()._trigger()
        return new

    def _sibling(self, account, number):
        """Another account under the same app."""
        return account.search([("phone_number_id", "=", str(number or "")), ("app_secret", "=", account.app_secret)], limit=1)

    def _keep_row(self, account_id, key, kind, sender, words, content):
        query = SQL(
            """
            INSERT INTO recurring_whatsapp_notice
                   (account_id, company_id, key, kind, sender, words, content, state, tries, create_uid, create_date, write_date)
            SELECT id, company_id, %s, %s, %s, %s, %s, %s, 0, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM recurring_whatsapp_account WHERE id = %s
            ON CONFLICT (account_id, key) DO NOTHING RETURNING id
            """,
            key, kind, sender, words, json.dumps(content).replace("\\u0000", ""), NEW, self.env.uid, account_id,
        )  # fmt: skip
        return len(self.env.execute_query(query))

    # Reading

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: read what was told, the oldest first."""
        if not self.env["recurring.identity"].is_confirmed():
            return
        # sudo: nobody may write notices and messages, and the scheduled action works for all companies
        service, queue = self.sudo(), self.env["recurring.pix.queue"]
        waiting = service.env["recurring.whatsapp.notice"].search([("state", "=", NEW)], order="id").ids
        for done, notice_id in enumerate(waiting, 1):
            queue.transaction(service._read_one, notice_id)
            # What was written is kept, and stops further messages, before its picture is fetched.
            queue.transaction(service._fetch_one, notice_id)
            if done % BATCH == 0 and not queue.checkpoint(len(waiting) - done):
                break

    def _locked(self, notice_id):
        """A notice that is to be read, unless another process reads it."""
        notice = self.env["recurring.whatsapp.notice"].browse(notice_id).exists()
        return notice if notice.try_lock_for_update() and notice.state == NEW else notice.browse()

    def _read_one(self, notice_id):
        """Take what was told to where it belongs."""
        notice = self._locked(notice_id)
        if not notice or notice.message_id:
            return
        try:
            with self.env.cr.savepoint():
                state, problem, message = self._hear_status(notice) if notice.kind == STATUS else self._hear_message(notice)
        except LockError:
            return
        except (AttributeError, KeyError, LookupError, TypeError, ValueError) as error:
            _logger.exception("WhatsApp: notice %s cannot be read", notice.key)
            state, problem, message = FAILED, str(error), notice.message_id
        self._keep_state(notice, state, problem, message)

    def _fetch_one(self, notice_id):
        """Fetch the picture or document of a reply that is kept."""
        notice = self._locked(notice_id)
        if not notice.message_id:
            return
        try:
            state, problem = DONE, self.env["recurring.whatsapp.reply"].fetch(notice)
        except WhatsappProblem as refused:
            state, problem = NEW if notice.tries + 1 < TRIES else FAILED, str(refused)
        self._keep_state(notice, state, problem, notice.message_id)
        if state == FAILED:
            self.env["recurring.whatsapp.reply"].tell_missing(notice)

    def _keep_state(self, notice, state, problem, message):
        values = {"state": state, "problem": problem, "message_id": message.id, "tries": notice.tries + bool(problem)}
        if state == DONE:
            values |= {"content": False, "words": False}  # the message has them, for as long as messages are kept
        notice.write(values)

    # Deliveries

    def _hear_status(self, notice):
        """A delivery: the state of the message it is about, which no earlier news takes back."""
        told, none = notice.content, self.env["recurring.dunning.message"]
        message = none._by_whatsapp(notice.company_id, told)
        if not message or message.state == const.SENDING:
            late = notice.create_date < fields.Datetime.now() - PATIENCE
            return (IGNORED if late else NEW), False, none
        message.lock_for_update()
        message.invalidate_recordset()
        state = told["status"]
        if not message.provider_ref:
            if message.state in NOT_TAKEN and state != whatsapp.FAILED:
                self._was_taken(message)
            message.provider_ref = told["id"]
        message._delivery(state, self._failure(told) if state == whatsapp.FAILED else "", is_address_wrong=self._is_stranger(told))
        return DONE, False, message

    def _was_taken(self, message):
        """It was taken after all, though the answer to our request said that it was not: neither it nor another in its place must leave."""
        others = message.search([("follows_id", "=", message.id), ("state", "in", const.MESSAGES_WAITING)])
        self.env["recurring.message.outcome"].cancel(others, self.env._("The message it was to replace has arrived."))
        others.action_ids.message_id = message
        message.state = const.UNKNOWN

    def _is_stranger(self, told):
        """Whether it failed because the number is none of WhatsApp's."""
        return any(each.get("code") in STRANGER for each in _dicts(told.get("errors")))

    def _failure(self, told):
        errors = _dicts(told.get("errors"))
        said = [str((each.get("error_data") or {}).get("details") or each.get("title") or each.get("code")) for each in errors]
        return self.env._("WhatsApp could not deliver it. %s", " ".join(said))[:500]

    # Replies

    def _hear_message(self, notice):
        return self.env["recurring.whatsapp.reply"].take(notice)


def _values(told):
    """The values of a notification, as far as it can be read."""
    entries = told.get("entry") if isinstance(told, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else ():
            value = change.get("value") if isinstance(change, dict) else None
            if isinstance(value, dict):
                yield value


def _statuses(value):
    for told in _dicts(value.get("statuses")):
        key, status = str(told.get("id") or ""), str(told.get("status") or "")
        if key and status in (whatsapp.SENT, whatsapp.DELIVERED, whatsapp.READ, whatsapp.FAILED):
            yield f"{key[:200]}:{status}", STATUS, None, None, {**told, "id": key[:200]}


def _messages(value):
    for told in _dicts(value.get("messages")):
        key, sender = str(told.get("id") or ""), str(told.get("from") or "")
        if key and sender:
            yield f"in:{key[:200]}", MESSAGE, f"+{whatsapp.person(sender)}"[:32], _words(told), told


def _dicts(told):
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _words(told):
    """What somebody wrote, whatever kind of message it is."""
    kind = str(told.get("type") or "")
    part = told.get(kind) if isinstance(told.get(kind), dict) else {}
    if kind == "interactive":
        part = next((each for each in part.values() if isinstance(each, dict)), {})
    words = part.get("body") or part.get("caption") or part.get("text") or part.get("title") or part.get("emoji") or ""
    return str(words).replace("\0", "")[:5000]
