import contextlib
from typing import NamedTuple

import requests
import urllib3.exceptions

from ..rules import retry

CONTEXT_KEY = "recurring_exchange"
CODE_KEYS = ("decline_code", "refusalReasonCode", "status_detail", "x_response_reason_code", "reason_code", "simulated_state", "code")
"""Where providers put the code of a decline, the most telling first."""
LONGEST = 300


class Said(NamedTuple):
    """What a provider said of a decline, in its own terms."""

    code: str = ""
    words: str = ""


class Exchange:
    """What is seen of one exchange with a payment provider: its requests, their answers, and what Odoo made of them.

    It travels in the context, as an object of its own class, which no RPC caller can send.

    :ivar sends: we asked; else it is a notice of the provider, or its answer to a question about the past.
    :ivar differs: another amount or currency was answered than asked for; ``mismatch``: and it was said to be paid, or not said before.
    :ivar began: from here on a request may have left.
    """

    def __init__(self, *, sends):
        self.sends = sends
        self.began = False
        self.requests = []
        self.answer_read = False
        self.mismatch = False
        self.differs = False
        self.checks_amount = False
        self.content = None
        self._open = []

    @staticmethod
    def of(env):
        """The exchange that is going on in an environment, or None."""
        found = env.context.get(CONTEXT_KEY)
        return found if isinstance(found, Exchange) else None

    @contextlib.contextmanager
    def request(self, method):
        """Watch one request; others may be made within it."""
        self._open.append({"reads": method.upper() in ("GET", "HEAD"), "status": None, "left": True})
        try:
            yield
        except BaseException as error:
            self._open[-1]["left"] = not _never_left(error)
            raise
        finally:
            self.requests.append(retry.Request(**self._open.pop()))

    @contextlib.contextmanager
    def checking_amount(self):
        """Odoo compares the amount that was asked for with the one that was answered."""
        self.checks_amount = True
        try:
            yield
        finally:
            self.checks_amount = False

    def answered(self, response):
        """An HTTP answer came."""
        if self._open:
            self._open[-1]["status"] = response.status_code
        with contextlib.suppress(ValueError):
            self.content = response.json()

    def outcome(self, state, *, raised=False):
        return retry.exchange_outcome(self.requests, state, answer_read=self.answer_read, raised=raised, mismatch=self.mismatch)

    def said(self, fallback=""):
        """The provider's code and words, safe to keep.

        :param fallback: words where the answer holds none.
        """
        code = _find(self.content, CODE_KEYS)
        words = _find(self.content, ("message", "refusalReason", "x_response_reason_text", "status_detail")) or fallback
        return Said(retry.without_card_numbers(code)[:64], retry.without_card_numbers(" ".join(words.split()))[:LONGEST])


def _never_left(error):
    """Whether the connection was never made, so that nothing was sent: Odoo hides that behind an error of its own."""
    while error:
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return True
        if isinstance(error, requests.exceptions.ConnectionError):
            reason = getattr(error.args[0], "reason", None) if error.args else None
            return isinstance(reason, urllib3.exceptions.NewConnectionError)
        error = error.__context__
    return False


def _find(content, keys):
    """The first of some keys that holds a plain value anywhere in an answer, as text."""
    for key in keys:
        for found in _values(content, key):
            if found not in (None, "", False) and not isinstance(found, dict | list):
                return str(found)
    return ""


def _values(content, key, depth=6):
    if depth and isinstance(content, dict):
        if key in content:
            yield content[key]
        for inner in content.values():
            yield from _values(inner, key, depth - 1)
    elif depth and isinstance(content, list):
        for inner in content:
            yield from _values(inner, key, depth - 1)
