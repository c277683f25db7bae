"""A payment gateway to charge cards at, simulated in a process of its own.

with running({"card_1": ["soft", "ok"]}) as gateway:
    provider.write({"recurring_test_url": gateway.url, "recurring_test_key": gateway.key, "recurring_test_secret": gateway.secret})
    ...
    assert gateway.captured() == {"card_1": [Decimal("57.50")]}

The words of a card's script are told in `gateway_server.py`. This file needs nothing but the standard library.
"""

import contextlib
import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from decimal import Decimal

PROGRAM = pathlib.Path(__file__).with_name("gateway_server.py")
SECRET = "shared with the gateway"
PATIENCE_S = 60


class Gateway:
    """The test's side of a running gateway.

    :ivar url: its address; :ivar key: what its callers must show; :ivar secret: what its notices are signed with.
    """

    def __init__(self, process: subprocess.Popen):
        self.process, self.secret = process, SECRET
        said = json.loads(process.stdout.readline())
        self.url, self.key = said["url"], said["key"]

    def script(self, words: dict[str, list[str]]) -> None:
        """What becomes of the next requests to charge these cards."""
        self._tell("script", words)

    def deliver_to(self, url: str) -> None:
        """Where notices go from now on."""
        self._tell("notify", {"url": url, "secret": self.secret})

    def release_late(self) -> None:
        """Let the notices that were held back go, out of order, some twice."""
        self._tell("release", {})

    def resolve(self, reference: str, outcome: str) -> None:
        """End a pending payment as a word of a script says."""
        self._tell("resolve", {"reference": reference, "outcome": outcome})

    def chargeback(self, reference: str, reason: str = "fraudulent") -> None:
        """The cardholder takes the money of a payment back."""
        self._tell("chargeback", {"reference": reference, "reason": reason})

    def forget(self) -> None:
        """Begin with empty books; scripts stay."""
        self._tell("forget", {})

    def everything(self) -> dict:
        """All charges asked for, all movements of money, requests that were refused, and counts of notices."""
        return self._look("everything")

    def asked(self) -> int:
        """How many requests to charge a card came so far."""
        return self._look("asked")

    def charges(self) -> list[dict]:
        """What was asked for and came to an end, whether the merchant knows it or not."""
        return self.everything()["charges"]

    def captured(self) -> dict[str, list[Decimal]]:
        """The amounts really taken, by card."""
        taken = {}
        for kind, _reference, _own, card, amount, _currency in self.everything()["movements"]:
            if kind == "capture":
                taken.setdefault(card, []).append(Decimal(amount))
        return taken

    def moved(self, kind: str) -> list[tuple[str, Decimal]]:
        """Reference of the payment and amount of each `capture`, `refund` or `chargeback`."""
        return [(row[1], Decimal(row[4])) for row in self.everything()["movements"] if row[0] == kind]

    def wait_for_notices(self) -> dict:
        """Wait until nothing but late notices is left to deliver; gives the counts."""
        began = time.monotonic()
        while (counts := self.everything()["notices"])["waiting"]:
            assert time.monotonic() - began < PATIENCE_S, f"notices are still waiting: {counts}"
            time.sleep(0.05)
        return counts

    def _look(self, word: str):
        with urllib.request.urlopen(f"{self.url}/test/{word}", timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def _tell(self, word: str, said: dict) -> None:
        body = json.dumps(said).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{self.url}/test/{word}", body), timeout=PATIENCE_S):
                pass
        except urllib.error.HTTPError as error:
            raise ValueError(error.read().decode()) from error


@contextlib.contextmanager
def running(script: dict[str, list[str]] | None = None, **options):
    """A gateway in a process of its own, ended afterwards.

    :param script: words for cards.
    :param options: `latency`: seconds at most before the money moves, and again before the answer; `seed`;
        `notices`: weights of the manners told in `gateway_notices.py`.
    """
    process = subprocess.Popen([sys.executable, str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, close_fds=True)
    try:
        process.stdin.write(json.dumps(options) + "\n")
        process.stdin.flush()
        gateway = Gateway(process)
        gateway.script(script or {})
        yield gateway
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
