"""What the service tells its customer: delivery states and replies, signed, once, twice, late, out of order, before the answer or never."""

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request

from .errors import Problem

STEPS = ("sent", "delivered", "read")
MANNERS = ("once", "twice", "late", "reversed", "early", "never")
AGAIN_S = (0.2, 1, 2)
"""A notification that was not accepted is told again."""


class Notices:
    """Tells an address.

    :ivar manner: how delivery states are told: one of MANNERS, or `mixed`.
    :ivar reads: whether people read what they get.
    :ivar on_their_way: how many threads still tell something.
    """

    def __init__(self, books, secret: str):
        self.books, self.secret = books, secret
        self.address, self.manner, self.reads = "", "never", True
        self.held: list[dict] = []
        self.on_their_way = 0
        self.counts = {"sent": 0, "failed": 0, "refused": 0}
        self._chance = random.Random(7)

    def told_of(self, taken: dict) -> None:
        """Tell what became of a message that was taken, in the manner that is set."""
        manner = self._chance.choice(MANNERS) if self.manner == "mixed" else self.manner
        if manner == "never":
            return
        told = [self._status(taken, step) for step in self._steps(taken)]
        if manner == "late":
            with self.books.lock:
                self.held.extend(told)
        elif manner == "early":
            self.deliver(told[0])
            self._later(told[1:])
        else:
            self._later(list(reversed(told)) if manner == "reversed" else told * (2 if manner == "twice" else 1))

    def release(self) -> int:
        """Deliver what was held back, the last first, some of it twice."""
        held, self.held = self.held, []
        for told in reversed([*held, *held[::3]]):
            self.deliver(told)
        return len(held)

    def replied(self, message: dict, manner: str = "once") -> None:
        """Tell of what somebody wrote."""
        told = {"contacts": [{"profile": {"name": "Somebody"}, "wa_id": message["from"]}], "messages": [message]}
        if manner == "late":
            self.held.append(told)
        else:
            for _time in range(2 if manner == "twice" else 1):
                self.deliver(told)

    def told(self, value: dict) -> dict:
        """A whole notification."""
        change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": self._metadata(), **value}}
        return {"object": "whatsapp_business_account", "entry": [{"id": self.books.business_account_id, "changes": [change]}]}

    def deliver(self, value: dict, secret: str | None = None) -> int:
        """One notification; gives the status of the answer, 0 where none came."""
        content = json.dumps(self.told(value)).encode()
        signed = hmac.new((secret or self.secret).encode(), content, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signed}"}
        status = 0
        for wait in (0, *AGAIN_S):
            time.sleep(wait)
            try:
                with urllib.request.urlopen(urllib.request.Request(self.address, content, headers, method="POST"), timeout=20) as answer:
                    self.counts["sent"] += 1
                    return answer.status
            except urllib.error.HTTPError as error:
                status = error.code
                self.counts["refused"] += 1
                if status in (403, 404):
                    return status
            except (urllib.error.URLError, OSError, ValueError):
                self.counts["failed"] += 1
        return status

    def _later(self, told):
        def tell():
            try:
                for each in told:
                    self.deliver(each)
            finally:
                with self.books.lock:
                    self.on_their_way -= 1

        with self.books.lock:
            self.on_their_way += 1
        threading.Thread(target=tell, daemon=True).start()

    def _steps(self, taken):
        if taken["fails"]:
            return ("failed",)
        return STEPS if self.reads else STEPS[:2]

    def _metadata(self):
        number = self.books.number
        return {"display_phone_number": number["display_phone_number"], "phone_number_id": number["id"]}

    def _status(self, taken: dict, status: str) -> dict:
        told = {"id": taken["id"], "status": status, "timestamp": str(int(time.time())), "recipient_id": taken["wa_id"]}
        if taken["callback"]:
            told["biz_opaque_callback_data"] = taken["callback"]
        if status == "failed":
            told["errors"] = [Problem(taken["fails"]).noticed()]
        else:
            told["pricing"] = {"billable": True, "pricing_model": "PMP", "category": "utility"}
        return {"statuses": [told]}
