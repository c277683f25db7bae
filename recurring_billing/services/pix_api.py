import logging
from contextlib import contextmanager
from datetime import timezone
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from odoo import api, models

from ..rules import pix
from .pix_certificate import connection_context, read_certificate
from .pix_errors import PixRefused, PixUnknown

_logger = logging.getLogger(__name__)

TIMEOUT = 20
"""Seconds to connect, and between two parts of an answer."""
LARGEST = 5_000_000
"""Bytes of the longest answer that is read."""
PAGE = 100
TRIES = 2
"""How often a call that changes nothing is made, where nobody answers."""


class RecurringPixApi(models.AbstractModel):
    """Speaks to a bank in the central bank's "API Pix": OAuth2 client credentials over mutual TLS."""

    _name = "recurring.pix.api"
    _description = "Client of the Banks' Pix API"

    @api.private
    @api.model
    @contextmanager
    def session(self, account):
        """A connection to the bank of an account, for some calls in a row.

        :raises UserError: where the database was not confirmed to be the one that may call.
        """
        self.env["recurring.identity"].require()
        # sudo: accounts hold secrets and are read by administrators only; the bank is called for whoever may do what is asked for
        bank = Bank(account.sudo())
        try:
            yield bank
        finally:
            bank.close()


class _OurIdentity(HTTPAdapter):
    """Shows our certificate, and trusts the bank's."""

    def __init__(self, context):
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        return super().init_poolmanager(*args, **kwargs, ssl_context=self._context)


class Bank:
    """The calls. Each raises PixRefused when the bank answered that it did not do it, PixUnknown when nobody knows."""

    def __init__(self, account):
        self._words = account.env._
        self._address, self._token_address = account.address.rstrip("/"), account.token_address
        self._client, self._secret, self._scopes = account.client, account.secret, account.scopes
        self._token = None
        identity = read_certificate(account._file("certificate"), account._file("private_key"), account.password, quiet=True)
        if not identity:
            raise PixRefused(self._words("The account has no certificate that can be read."), 0)
        self._http = requests.Session()
        self._http.trust_env = False  # neither a proxy nor a password file of the machine
        self._http.mount("https://", _OurIdentity(connection_context(identity, account._file("authority"))))

    def close(self):
        self._http.close()

    # Charges

    def put_charge(self, kind, txid, body):
        """Register a charge. The same again is the same charge."""
        return self._call("PUT", f"/{kind}/{self._named(txid)}", body)

    def revise_charge(self, kind, txid, body):
        return self._call("PATCH", f"/{kind}/{self._named(txid)}", body)

    def remove_charge(self, kind, txid):
        """Let nobody pay it any more."""
        return self.revise_charge(kind, txid, {"status": pix.REMOVED_BY_US})

    def charge(self, kind, txid):
        """What the bank knows of a charge, None when it knows none."""
        return self._found(f"/{kind}/{self._named(txid)}")

    # Payments

    def payment(self, end_to_end):
        """What the bank knows of a Pix, None when it knows none."""
        return self._found(f"/pix/{self._named(end_to_end)}")

    def payments(self, start, end, page):
        """A page of the Pix with a transaction id that came between two moments (universal time): (list, number of pages)."""
        asked = {
            "inicio": _rfc3339(start),
            "fim": _rfc3339(end),
            "txIdPresente": "true",
            "paginacao.paginaAtual": page,
            "paginacao.itensPorPagina": PAGE,
        }
        answer = self._call("GET", "/pix", params=asked)
        paging = (answer.get("parametros") or {}).get("paginacao") or {}
        try:
            return list(answer.get("pix") or ()), int(paging.get("quantidadeDePaginas") or 1)
        except (TypeError, ValueError) as error:
            raise PixUnknown(self._words("The bank's list of payments cannot be read.")) from error

    def give_back(self, end_to_end, name, amount, words):
        """Send money of a Pix back. The same name again is the same return."""
        body = {"valor": pix.money(amount)}
        if words:
            body["descricao"] = words[:140]
        return self._call("PUT", f"/pix/{self._named(end_to_end)}/devolucao/{self._named(name)}", body)

    def given_back(self, end_to_end, name):
        """What the bank knows of a return, None when it knows none."""
        return self._found(f"/pix/{self._named(end_to_end)}/devolucao/{self._named(name)}")

    # Notifications

    def set_webhook(self, key, address):
        self._call("PUT", f"/webhook/{quote(key, safe='')}", {"webhookUrl": address})

    # How

    @staticmethod
    def _named(name):
        """A name that goes into an address: letters and digits, whoever gave it."""
        if not (isinstance(name, str) and name.isascii() and name.isalnum()):
            raise ValueError("This names nothing at a bank.")
        return name

    def _found(self, path):
        try:
            return self._call("GET", path)
        except PixRefused as refused:
            if refused.status in (404, 410):
                return None
            raise

    def _call(self, method, path, body=None, params=None):
        """One call, with a token; reading is tried again where nobody answered."""
        for left in reversed(range(TRIES if method == "GET" else 1)):
            try:
                return self._call_once(method, path, body, params)
            except PixUnknown:
                if not left:
                    raise
        raise AssertionError("unreachable")

    def _call_once(self, method, path, body, params):
        answer = self._send(
            method, self._address + path, json=body, params=params, headers={"Authorization": f"Bearer {self._take_token()}"}
        )
        if answer.status_code == 401 and self._token:
            self._token = None  # it was too old
            answer = self._send(
                method, self._address + path, json=body, params=params, headers={"Authorization": f"Bearer {self._take_token()}"}
            )
        return self._read(method, path, answer)

    def _take_token(self):
        if not self._token:
            sent = {"grant_type": "client_credentials"}
            if self._scopes:
                sent["scope"] = self._scopes
            answer = self._send("POST", self._token_address, data=sent, auth=(self._client, self._secret or ""))
            if 400 <= answer.status_code < 500:
                raise PixRefused(self._words("The bank does not accept client ID and secret (%s).", answer.status_code), answer.status_code)
            token = self._read("POST", "token", answer).get("access_token")
            if not isinstance(token, str) or not token:
                raise PixUnknown(self._words("The bank gave no token."))
            self._token = token
        return self._token

    def _send(self, method, address, **what):
        """:raises PixUnknown: when no whole answer came. Secrets are neither logged nor shown."""
        try:
            answer = self._http.request(method, address, timeout=TIMEOUT, allow_redirects=False, stream=True, **what)
            content = answer.raw.read(LARGEST + 1, decode_content=True)
            if len(content) > LARGEST:
                raise PixUnknown(self._words("The bank's answer is too long."))
            answer._content = content
            return answer
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            _logger.info("Pix: %s %s: %s", method, _bare(address), type(error).__name__)
            if isinstance(error, requests.exceptions.SSLError):
                raise PixUnknown(
                    self._words("No secure connection: the bank does not accept our certificate, or its is not trusted.")
                ) from error
            raise PixUnknown(self._words("The bank did not answer (%s).", type(error).__name__)) from error

    def _read(self, method, path, answer):
        status = answer.status_code
        if 400 <= status < 500 and status not in (408, 425, 429):
            raise PixRefused(self._problem_in_words(answer), status)
        if not 200 <= status < 300:
            raise PixUnknown(self._words("The bank answered %s: it is not known whether it did what was asked.", status))
        if not answer.content:
            return {}
        try:
            told = answer.json()
        except (ValueError, RecursionError) as error:
            if method == "PUT" and path.startswith("/webhook"):
                return {}
            raise PixUnknown(self._words("The bank's answer cannot be read.")) from error
        return told if isinstance(told, dict) else {}

    def _problem_in_words(self, answer):
        """The bank's own words, which the description calls ``Problema``."""
        try:
            told = answer.json()
        except (ValueError, RecursionError):
            told = {}
        told = told if isinstance(told, dict) else {}
        violations = [part for part in told.get("violacoes") or () if isinstance(part, dict)]
        words = [told.get("title"), told.get("detail"), *(f"{part.get('propriedade')}: {part.get('razao')}" for part in violations)]
        said = " · ".join(str(word) for word in words if word)
        return self._words("The bank refused (%(status)s). %(words)s", status=answer.status_code, words=said[:400])


def _rfc3339(moment):
    return moment.replace(tzinfo=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bare(address):
    return address.split("?")[0]
