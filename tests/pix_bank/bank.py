"""The test's side of a running bank."""

import contextlib
import pathlib
import tempfile
import urllib.error
from decimal import Decimal

import service_apart

from . import certificates

CLIENT, SECRET = "our name", "our secret"


class Refused(Exception):
    """The payer's application, or the bank, would not do it."""


class Bank:
    """A running bank.

    :ivar address: of its API; :ivar token_address: where tokens are; :ivar files: certificates and keys, by name.
    """

    def __init__(self, ports: dict[str, int], files: dict[str, pathlib.Path]):
        self.files, self._door = files, ports["door"]
        self.address = f"https://localhost:{ports['api']}/api/v2"
        self.token_address = f"https://localhost:{ports['api']}/oauth/token"

    def pay(self, txid: str, day: str | None = None, amount: str | None = None, notify: str = "never", key: str | None = None) -> dict:
        """A payer scans the code of a charge and pays what the bank asks for; a static code says its amount itself.

        :param notify: `once`, `twice`, `late`, `never`.
        :raises Refused: when the charge cannot be paid on that day.
        """
        return self._tell("pay", txid=txid, day=day and str(day), amount=amount, notify=notify, key=key)

    def owed(self, txid: str, day: str) -> Decimal:
        """What a payer would be asked for on a day."""
        parts = {name: Decimal(value) for name, value in self._tell("owed", txid=txid, day=str(day)).items()}
        return sum(value for name, value in parts.items() if name != "desconto") - parts.get("desconto", Decimal(0))

    def day(self, day: str | None) -> None:
        """The bank's today from now on."""
        self._tell("day", day=day and str(day))

    def fault(self, on: str, does: str, times: int = 1) -> None:
        """Let the next requests that begin so fail, see `server.py`."""
        self._tell("fault", on=on, does=does, times=times)

    def calm(self) -> None:
        """No faults any more."""
        self._tell("calm")

    def deliver_to(self, url: str) -> None:
        """Where notifications go, whatever address was registered."""
        self._tell("deliver", url=url)

    def release_late(self) -> int:
        """Deliver what was held back, the last first, some of it twice."""
        return self._tell("release")

    def end_return(self, name: str, key: str, status: str = "DEVOLVIDO", reason: str = "") -> None:
        """A return comes to its end."""
        self._tell("end_return", name=name, key=key, status=status, reason=reason)

    def return_by_bank(self, name: str, amount: str) -> dict:
        """The bank sends money back without being asked by us."""
        return self._tell("return_by_bank", name=name, amount=amount)

    def forget_tokens(self) -> None:
        """Tokens given are good no more."""
        self._tell("forget_tokens")

    def everything(self) -> dict:
        """Charges by transaction id, payments, addresses to notify, requests, violations of the description, counts of notifications."""
        return self._tell("everything")

    def charges(self, *statuses: str) -> dict[str, dict]:
        """The charges in these states, or all."""
        return {txid: charge for txid, charge in self.everything()["charges"].items() if not statuses or charge["status"] in statuses}

    def requests(self, begins: str = "") -> list[str]:
        """What was asked, as "PUT /cobv/…"."""
        asked = [f"{method} {path}" for method, path, _fault in self.everything()["requests"]]
        return [each for each in asked if each.startswith(begins)]

    def violations(self) -> list[str]:
        """Requests, and answers, that do not fit the published description."""
        return self.everything()["violations"]

    def _tell(self, what, **values):
        try:
            return service_apart.ask(self._door, what, values)
        except urllib.error.HTTPError as error:
            raise Refused(error.read().decode()) from None


@contextlib.contextmanager
def running():
    """A bank in a process of its own, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="pix_bank_") as folder:
        files = certificates.make(pathlib.Path(folder))
        options = {"client": CLIENT, "secret": SECRET, **{name: str(path) for name, path in files.items()}}
        with service_apart.started("pix_bank.server", options) as ports:
            yield Bank(ports, files)
