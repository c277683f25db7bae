"""How the simulated gateway tells a merchant what became of a payment: at once, twice, late, out of order, or never."""

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request

MANNERS = ("prompt", "early", "twice", "late", "reversed", "never")
PATIENCE_S = 10
EARLY_PATIENCE_S = 0.15
TRIES = 5
RETRY_S = 0.3
WORKERS = 2


class Notices:
    """A queue of signed notices, delivered by threads.

    Each payment gets one manner. `early`: before the request that makes the payment is answered; `late`: when the test releases it;
    `reversed`: the last first.

    :param weights: how often which manner comes, such as {"prompt": 3, "twice": 1}.
    """

    def __init__(self, weights: dict, seed: int, lock):
        assert set(weights) <= set(MANNERS), weights
        self.weights, self.chance, self.lock = weights, random.Random(seed), lock
        self.url, self.secret = "", ""
        self.manners, self.queue, self.held, self.early = {}, [], [], {}
        self.counts = {"sent": 0, "refused": 0, "lost": 0}
        self.working = 0
        for _number in range(WORKERS):
            threading.Thread(target=self._work, daemon=True).start()

    def deliver_to(self, url: str, secret: str) -> None:
        with self.lock:
            self.url, self.secret = url, secret

    def add(self, reference: str, said: dict) -> None:
        """One more thing to tell of a payment."""
        with self.lock:
            if not self.url:
                return
            names = list(self.weights)
            manner = self.manners.setdefault(reference, self.chance.choices(names, [self.weights[name] for name in names])[0])
            if manner == "never":
                self.counts["lost"] += 1
            elif manner == "early":
                self.early.setdefault(reference, []).append(said)
            elif manner == "late":
                self.held.append(said)
            elif manner == "reversed" and said.get("status") == "pending":
                self.queue.append((time.monotonic() + RETRY_S, said))
            else:
                self.queue += [(0.0, said)] * (2 if manner == "twice" else 1)

    def deliver_early(self, reference: str) -> None:
        """Tell now what is to be told before the answer; whoever is told may be busy with the request itself, so this gives up soon."""
        with self.lock:
            mine = self.early.pop(reference, [])
        for said in mine:
            if not self._deliver(said, EARLY_PATIENCE_S):
                with self.lock:
                    self.queue.append((time.monotonic() + RETRY_S, said))

    def release(self) -> None:
        """Send what is late, in any order, and some of it twice."""
        with self.lock:
            self.chance.shuffle(self.held)
            self.queue += [(0.0, said) for said in [*self.held, *self.held[::3]]]
            self.held.clear()

    def told(self) -> dict:
        with self.lock:
            return {**self.counts, "waiting": len(self.queue) + self.working, "held": len(self.held)}

    def _work(self) -> None:
        while True:
            with self.lock:
                now = time.monotonic()
                ready = [number for number, (when, _said) in enumerate(self.queue) if when <= now]
                said = self.queue.pop(ready[0])[1] if ready else None
                self.working += said is not None
            if said is None:
                time.sleep(0.02)
                continue
            if not self._deliver(said):
                self._try_later(said)
            with self.lock:
                self.working -= 1

    def _try_later(self, said: dict) -> None:
        with self.lock:
            tries = said.setdefault("tries", 0) + 1
            if tries < TRIES:
                self.queue.append((time.monotonic() + RETRY_S * 2**tries, {**said, "tries": tries}))
            else:
                self.counts["refused"] += 1

    def _deliver(self, said: dict, patience: float = PATIENCE_S) -> bool:
        body = json.dumps({key: value for key, value in said.items() if key != "tries"}).encode()
        signed = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": signed}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url, body, headers), timeout=patience):
                with self.lock:
                    self.counts["sent"] += 1
                return True
        except (OSError, urllib.error.URLError):
            return False
