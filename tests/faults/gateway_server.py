"""The simulated payment gateway: a program of its own that keeps a ledger of what it really took, and fails as gateways do.

It is started by `gateway.py`. It reads its options as JSON from the first line of its input, says its address and keys on the first line
of its output, and ends when its input is closed, so it never outlives the test that wanted it.

A card's script says what becomes of each request to charge it, one word per request: an outcome, a fault of the answer, or both.
`ok` charges and says so; `ok/hang` charges and never answers; `/500` answers 500 and has charged nothing; `soft` declines.
"""

import dataclasses
import itertools
import json
import random
import secrets
import sys
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

from gateway_notices import Notices

OUTCOMES = {
    # word: (status, decline code, provider's words, HTTP code)
    "ok": ("succeeded", "", "", 200),
    "pending": ("pending", "", "", 200),
    "authorize": ("authorized", "", "", 200),
    "cancelled": ("cancelled", "", "The customer's bank cancelled the payment.", 200),
    "soft": ("declined", "insufficient_funds", "The card has insufficient funds.", 402),
    "hard": ("declined", "stolen_card", "The card is reported stolen.", 402),
    "strange": ("declined", "x17_refused", "Refused by the issuer (X17).", 402),
    "refused": ("declined", "insufficient_funds", "The card has insufficient funds.", 200),  # a decline in a good answer, as some do
    "short": ("succeeded", "", "", 200),  # takes one unit of the currency less than asked
}
FAULTS = ("hang", "500", "drop", "garbage", "busy")
HANG_S = 12
"""How long an answer that never comes keeps its connection: longer than Odoo waits for any."""


@dataclasses.dataclass
class Charge:
    """One request to take money, known by the merchant's reference, which is its idempotency key."""

    id: str
    reference: str
    card: str
    amount: str
    currency: str
    status: str = "processing"
    code: str = ""
    message: str = ""
    http: int = 200
    captured: str = "0"
    refunded: str = "0"
    requests: int = 1
    events: int = 0

    def told(self) -> dict:
        """What the merchant may know of it."""
        said = {name: getattr(self, name) for name in ("id", "reference", "amount", "currency", "status", "refunded")}
        said["object"] = "charge"
        if self.captured != "0":
            said["amount"] = self.captured
        if self.code or self.message:
            said["error"] = {"code": self.code, "message": self.message}
        return said


class Problem(Exception):
    """An answer that is no charge: HTTP code, code and words."""

    def __init__(self, http: int, code: str, words: str):
        super().__init__(words)
        self.http, self.code = http, code


class Books:
    """All that the gateway knows, behind one lock.

    :ivar movements: what really moved, in order: (kind, charge's reference, own reference, card, amount, currency).
    :ivar asked: how many requests to charge came.
    """

    def __init__(self, options: dict):
        self.lock = threading.RLock()
        self.numbers = itertools.count(1)
        self.scripts, self.charges, self.refunds, self.movements = {}, {}, {}, []
        self.latency, self.rejected, self.asked = options.get("latency", 0.0), [], 0
        self.chance = random.Random(options.get("seed", 1))
        self.notices = Notices(options.get("notices") or {"never": 1}, options.get("seed", 1), self.lock)

    def word(self, card: str) -> tuple[str, str]:
        """The next word of the card's script: its outcome and its fault. A script that ended goes on with its last outcome."""
        script = self.scripts.setdefault(card, ["ok"])
        outcome, _slash, fault = script[0].partition("/")
        if len(script) > 1:
            script.pop(0)
        else:
            script[0] = outcome or "ok"
        return outcome, fault

    def charge(self, asked: dict) -> tuple[Charge | None, str]:
        """Charge a card, or find what was charged under this reference; gives the charge, if there is one, and the answer's fault."""
        with self.lock:
            self.asked += 1
            found = self.charges.get(asked["reference"])
            if found:
                return self._again(found, asked), ""
            outcome, fault = self.word(asked["card"])
            if not outcome:
                return None, fault
            charge = Charge(f"ch_{next(self.numbers)}", asked["reference"], asked["card"], asked["amount"], asked["currency"])
            self.charges[charge.reference] = charge
        time.sleep(self.latency * self.chance.random())
        with self.lock:
            if asked.get("capture") is False and outcome == "ok":
                outcome = "authorize"
            self._decide(charge, outcome)
        time.sleep(self.latency * self.chance.random())
        self.notices.deliver_early(charge.reference)
        return charge, fault

    def _again(self, charge: Charge, asked: dict) -> Charge:
        charge.requests += 1
        if (charge.card, charge.amount, charge.currency) != (asked["card"], asked["amount"], asked["currency"]):
            raise Problem(409, "idempotency_mismatch", "This reference was used for another payment.")
        if charge.status == "processing":
            raise Problem(409, "in_progress", "A request with this reference is being worked on.")
        return charge

    def _decide(self, charge: Charge, outcome: str) -> None:
        status, charge.code, charge.message, charge.http = OUTCOMES[outcome]
        if status in ("succeeded", "authorized"):
            self._tell(charge, "pending")
        charge.status = status
        if status == "succeeded":
            self._capture(charge, Decimal(charge.amount) - (outcome == "short"))
        self._tell(charge)

    def _capture(self, charge: Charge, amount: Decimal) -> None:
        charge.status, charge.captured = "succeeded", str(amount)
        self._move("capture", charge, charge.reference, amount)

    def _move(self, kind: str, charge: Charge, reference: str, amount: Decimal) -> None:
        self.movements.append([kind, charge.reference, reference, charge.card, str(amount), charge.currency])

    def _tell(self, charge: Charge, status: str = "", **more) -> None:
        charge.events += 1
        said = {**charge.told(), "event": f"{charge.id}-{charge.events}", **more}
        if status:
            said["status"] = status
        self.notices.add(charge.reference, said)

    # What a merchant asks of a charge there is

    def of_id(self, number: str) -> Charge:
        found = [charge for charge in self.charges.values() if charge.id == number]
        if not found:
            raise Problem(404, "not_found", "There is no such payment.")
        return found[0]

    def capture(self, number: str, asked: dict) -> Charge:
        with self.lock:
            charge = self.of_id(number)
            if charge.status == "succeeded":
                return charge
            if charge.status != "authorized":
                raise Problem(400, "not_authorized", "Only an authorized payment can be captured.")
            self._capture(charge, Decimal(asked.get("amount") or charge.amount))
            self._tell(charge)
            return charge

    def void(self, number: str) -> Charge:
        with self.lock:
            charge = self.of_id(number)
            if charge.status not in ("authorized", "cancelled"):
                raise Problem(400, "not_authorized", "Only an authorized payment can be voided.")
            charge.status = "cancelled"
            self._tell(charge)
            return charge

    def refund(self, asked: dict) -> tuple[dict, str]:
        """Give money back; the merchant's reference of the refund is its idempotency key. Its faults are scripted as `refund:<card>`."""
        with self.lock:
            found = self.refunds.get(asked["reference"])
            if found:
                return found, ""
            charge, amount = self.of_id(asked["charge"]), Decimal(asked["amount"])
            outcome, fault = self.word(f"refund:{charge.card}")
            if not outcome:
                return {}, fault
            if outcome != "ok" or amount > Decimal(charge.captured) - Decimal(charge.refunded):
                raise Problem(402, "refund_refused", "The refund was refused.")
            charge.refunded = str(Decimal(charge.refunded) + amount)
            said = {"object": "refund", "id": f"re_{next(self.numbers)}", "status": "succeeded", **asked, "currency": charge.currency}
            self.refunds[asked["reference"]] = said
            self._move("refund", charge, asked["reference"], amount)
            self.notices.add(asked["reference"], {**said, "event": said["id"]})
            return said, fault

    # What only the test says

    def script(self, asked: dict) -> None:
        with self.lock:
            for card, words in asked.items():
                for word in words:
                    outcome, _slash, fault = word.partition("/")
                    if outcome not in ("", *OUTCOMES) or fault not in ("", *FAULTS) or not word.strip("/"):
                        raise Problem(400, "script", f"{word!r} is no word of a script")
                self.scripts[card] = list(words)

    def resolve(self, asked: dict) -> None:
        """What was pending ends so, and the merchant is told."""
        with self.lock:
            self._decide(self.charges[asked["reference"]], asked["outcome"])

    def chargeback(self, asked: dict) -> None:
        """The cardholder takes the money back through the bank."""
        with self.lock:
            charge = self.charges[asked["reference"]]
            charge.status = "charged_back"
            self._move("chargeback", charge, charge.reference, Decimal(charge.captured))
            self._tell(charge, reason=asked.get("reason", "fraudulent"))

    def forget(self, _asked: dict) -> None:
        """Begin with empty books: a test rolled back makes the same references again."""
        with self.lock:
            for book in (self.charges, self.refunds, self.movements, self.rejected):
                book.clear()

    def everything(self) -> dict:
        with self.lock:
            charges = [dataclasses.asdict(charge) for charge in self.charges.values()]
            return {
                "charges": charges,
                "movements": list(self.movements),
                "rejected": list(self.rejected),
                "notices": self.notices.told(),
            }


class Handler(BaseHTTPRequestHandler):
    """The gateway's doors: `/v1/` for the merchant, `/test/` for the test."""

    protocol_version = "HTTP/1.1"
    books: Books
    key: str

    def do_GET(self):
        self._answer(self._route_get)

    def do_POST(self):
        self._answer(self._route_post)

    def _route_get(self, path: list[str]):
        if path == ["test", "everything"]:
            return self.books.everything()
        if path == ["test", "asked"]:
            return self.books.asked
        if path == ["v1", "charges"]:
            reference = parse_qs(urlparse(self.path).query).get("reference", [""])[0]
            with self.books.lock:
                charge = self.books.charges.get(reference)
            if not charge:
                raise Problem(404, "not_found", "There is no payment with this reference.")
            return charge.told()
        raise Problem(404, "not_found", "There is nothing here.")

    def _route_post(self, path: list[str]):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        match path:
            case ["v1", "charges"]:
                if self.headers.get("Idempotency-Key") != asked["reference"]:
                    raise Problem(400, "no_key", "Every payment needs its reference as Idempotency-Key.")
                charge, fault = self.books.charge(asked)
                return self._fail(fault) if fault else self._told(charge)
            case ["v1", "charges", number, "capture"]:
                return self.books.capture(number, asked).told()
            case ["v1", "charges", number, "void"]:
                return self.books.void(number).told()
            case ["v1", "refunds"]:
                said, fault = self.books.refund(asked)
                return self._fail(fault) if fault else said
            case ["test", "notify"]:
                self.books.notices.deliver_to(asked["url"], asked["secret"])
            case ["test", "release"]:
                self.books.notices.release()
            case ["test", ("script" | "resolve" | "chargeback" | "forget") as word]:
                getattr(self.books, word)(asked)
            case _:
                raise Problem(404, "not_found", "There is nothing here.")
        return {}

    def _told(self, charge: Charge):
        if charge.http == 200:
            return charge.told()
        self._say(charge.http, charge.told())
        return None

    def _fail(self, fault: str) -> None:
        """Answer wrongly, late or not at all."""
        if fault == "hang":
            time.sleep(HANG_S)
        if fault in ("hang", "drop"):
            self.close_connection = True
            return
        if fault == "busy":
            self._say(429, {"error": {"code": "rate_limit", "message": "Too many requests."}})
        elif fault == "500":
            self._say(500, {"error": {"code": "internal", "message": "Internal error."}})
        else:
            self._send(200, b"<html><body>We will be back soon.</body></html>", "text/html")

    def _answer(self, route) -> None:
        path = [part for part in urlparse(self.path).path.split("/") if part]
        try:
            if path[:1] == ["v1"] and self.headers.get("Authorization") != f"Bearer {self.key}":
                raise Problem(401, "bad_key", "The key is wrong.")
            said = route(path)
            if said is not None:
                self._say(200, said)
        except Problem as problem:
            with self.books.lock:
                self.books.rejected.append([problem.http, problem.code, self.path])
            self._say(problem.http, {"error": {"code": problem.code, "message": str(problem)}})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # whoever asked is dead

    def _say(self, http: int, said) -> None:
        self._send(http, json.dumps(said).encode(), "application/json")

    def _send(self, http: int, body: bytes, kind: str) -> None:
        self.send_response(http)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        """Say nothing: a test prints what it wants to know."""


class Server(ThreadingHTTPServer):
    """Says nothing of callers that are killed."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main() -> None:
    Handler.books, Handler.key = Books(json.loads(sys.stdin.readline() or "{}")), secrets.token_hex(16)
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}", "key": Handler.key}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
