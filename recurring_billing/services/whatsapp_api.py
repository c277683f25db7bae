import logging
import re
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, HTTPError

from odoo import api, models

from ..rules import whatsapp
from .whatsapp_errors import WhatsappProblem

_logger = logging.getLogger(__name__)

TIMEOUT = 20
"""Seconds to connect, and between two parts of an answer."""
LARGEST = 2_000_000
"""Bytes of the longest answer that is read."""
LARGEST_MEDIA = 10_000_000
"""Bytes of the largest picture or document that is taken from a customer."""
PAGE, PAGES = 100, 500
TRIES = 2
"""How often a call that changes nothing is made, where nobody answers."""
MEDIA_HOSTS = ("facebook.com", "fbsbx.com", "whatsapp.net")
"""Where pictures are kept: our token is shown to nobody else."""


class RecurringWhatsappApi(models.AbstractModel):
    """Speaks to WhatsApp's Cloud API."""

    _name = "recurring.whatsapp.api"
    _description = "Client of the WhatsApp Cloud API"

    @api.private
    @api.model
    @contextmanager
    def session(self, account):
        """A connection for some calls in a row.

        :raises UserError: where the database was not confirmed to be the one that may call.
        """
        self.env["recurring.identity"].require()
        # sudo: accounts hold secrets and are read by administrators only; messages are sent for whoever may send them
        service = Service(account.sudo())
        try:
            yield service
        finally:
            service.close()


class Service:
    """The calls. Each raises a WhatsappProblem, whose meaning says whether it may have happened."""

    def __init__(self, account):
        self._words = account.env._
        self._address = account.address.rstrip("/")
        self._number, self._business = account.phone_number_id, account.business_account_id
        self._token = account.access_token or ""
        self._http = requests.Session()
        self._http.trust_env = False  # neither a proxy nor a password file of the machine

    def close(self):
        self._http.close()

    # Messages

    def send(self, to, content, name):
        """Send a message. WhatsApp knows no key against doing it twice, so nobody asks again after an answer that did not come.

        :param to: with country code, digits only.
        :param content: ``{"type": "template", "template": …}`` or ``{"type": "text", "text": …}``.
        :param name: comes back with every notification about the message.
        :return: WhatsApp's name of the message.
        """
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "biz_opaque_callback_data": name, **content}
        told = self._call("POST", f"/{self._number}/messages", body)
        messages = told.get("messages")
        key = messages[0].get("id") if isinstance(messages, list) and messages and isinstance(messages[0], dict) else None
        if not isinstance(key, str) or not key:
            raise WhatsappProblem(self._words("WhatsApp's answer cannot be read."))
        return key

    # The account

    def number(self):
        """What the number is called, and how it stands."""
        return self._call("GET", f"/{self._number}", params={"fields": "display_phone_number,verified_name,quality_rating"})

    def templates(self):
        """All registered texts."""
        found, after = [], None
        for _page in range(PAGES):
            params = {"fields": "id,name,language,status,category,parameter_format,components", "limit": PAGE}
            told = self._call("GET", f"/{self._business}/message_templates", params={**params, **({"after": after} if after else {})})
            data, paging = told.get("data"), told.get("paging") if isinstance(told.get("paging"), dict) else {}
            found += [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
            after = (paging.get("cursors") or {}).get("after") if paging.get("next") else None
            if not after:
                break
        return found

    def register(self, template):
        """Hand a text in for approval; gives what is known of it."""
        return self._call("POST", f"/{self._business}/message_templates", template)

    # What customers send

    def media(self, key):
        """A picture or document a customer sent: (content, type)."""
        if not re.fullmatch(r"\w{1,64}", key or "", re.ASCII):
            raise WhatsappProblem(self._words("This names no picture."), whatsapp.REFUSED)
        told = self._call("GET", f"/{key}", params={"phone_number_id": self._number})
        address = str(told.get("url") or "")
        if not self._is_theirs(address):
            raise WhatsappProblem(self._words("The picture is kept at an address that is not WhatsApp's."), whatsapp.REFUSED)
        answer = self._send("GET", address, LARGEST_MEDIA)
        if answer.status_code != 200:
            raise self._problem(answer)
        return answer.content, str(told.get("mime_type") or answer.headers.get("Content-Type") or "")

    def _is_theirs(self, address):
        host, ours = urlsplit(address), urlsplit(self._address)
        if (host.scheme, host.netloc) == (ours.scheme, ours.netloc):
            return True
        name = host.hostname or ""
        return host.scheme == "https" and any(name == known or name.endswith(f".{known}") for known in MEDIA_HOSTS)

    # How

    def _call(self, method, path, body=None, params=None):
        """One call; reading is tried again where nobody answered."""
        for left in reversed(range(TRIES if method == "GET" else 1)):
            try:
                answer = self._send(method, self._address + path, LARGEST, json=body, params=params)
                return self._read(answer)
            except WhatsappProblem as problem:
                if problem.meaning not in (whatsapp.UNKNOWN, whatsapp.AGAIN) or not left:
                    raise
        raise AssertionError("unreachable")

    def _send(self, method, address, largest, **what):
        """:raises WhatsappProblem: when no whole answer came. Secrets are neither logged nor shown."""
        try:
            answer = self._http.request(
                method,
                address,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
                headers={"Authorization": f"Bearer {self._token}"},
                **what,
            )
            content = answer.raw.read(largest + 1, decode_content=True)
            if len(content) > largest:
                raise WhatsappProblem(self._words("WhatsApp's answer is too long."))
            answer._content = content
            return answer
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            _logger.info("WhatsApp: %s %s: %s", method, urlsplit(address).hostname, type(error).__name__)
            if _never_left(error):
                raise WhatsappProblem(self._words("WhatsApp was not reached."), whatsapp.AGAIN) from error
            raise WhatsappProblem(self._words("WhatsApp did not answer, so it is not known whether the message left.")) from error

    def _read(self, answer):
        if answer.status_code != 200:
            raise self._problem(answer)
        told = _json(answer)
        if told is None:
            raise WhatsappProblem(self._words("WhatsApp's answer cannot be read."))
        return told

    def _problem(self, answer):
        """The answer's own words, and what they mean."""
        told = _json(answer) or {}
        error = told.get("error") if isinstance(told.get("error"), dict) else {}
        code = error.get("code") if isinstance(error.get("code"), int) else None
        data = error.get("error_data") if isinstance(error.get("error_data"), dict) else {}
        said = " ".join(str(data.get("details") or error.get("message") or "").split())[:300]
        words = self._words("WhatsApp answered %(status)s. %(words)s", status=code or answer.status_code, words=said)
        meaning = whatsapp.meaning(answer.status_code, code)
        if 200 < answer.status_code < 400:
            meaning = whatsapp.UNKNOWN
        return WhatsappProblem(words, meaning, code)


def _json(answer):
    """What an answer says, as a dict; None where it cannot be read."""
    try:
        told = answer.json()
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _never_left(error):
    """Whether the connection was not even made, so that nothing can have happened."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(reason, ConnectTimeoutError)
