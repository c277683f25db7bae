"""The test's side of the running service."""

import base64
import contextlib
import secrets
import time

import service_apart

TOKEN, APP_SECRET = "the access token", "the app secret"
PATIENCE_S = 60
PHONE_NUMBER_ID, BUSINESS_ACCOUNT_ID = "106540352242922", "102290129340398"


class Meta:
    """The running service.

    :ivar address: of its API.
    """

    def __init__(self, ports: dict[str, int]):
        self.address = f"http://127.0.0.1:{ports['api']}/v23.0"
        self._door = ports["door"]

    # What was seen

    def ledger(self) -> list[dict]:
        """The messages that were really taken, in order."""
        return self._ask("everything")["ledger"]

    def taken(self, callback: str) -> list[dict]:
        """The messages that were taken under a name of ours."""
        return [each for each in self.ledger() if each["callback"] == callback]

    def requests(self, begins: str = "") -> list[str]:
        """What was asked, as "POST /messages"."""
        return [asked for asked, _fault in self._ask("everything")["requests"] if asked.startswith(begins)]

    def notices(self) -> dict:
        """How many notifications arrived, were refused, found nobody."""
        return self._ask("everything")["notices"]

    def waiting(self) -> int:
        """How many requests wait for the test, see the fault `wait`."""
        return self._ask("everything")["waiting"]

    def wait_for_notices(self) -> None:
        """Wait until every notification that is not held back was told, or given up."""
        began = time.monotonic()
        while left := self._ask("everything")["on_their_way"]:
            assert time.monotonic() - began < PATIENCE_S, f"{left} notifications are still on their way"
            time.sleep(0.02)

    # What happens there

    def template(self, name: str, language: str, text: str, status: str = "APPROVED", buttons: tuple = (), **more) -> None:
        """A template is registered, or changed."""
        components = [{"type": "BODY", "text": text}]
        if buttons:
            components.append({"type": "BUTTONS", "buttons": list(buttons)})
        values = {"id": str(secrets.randbelow(10**15)), "category": "UTILITY", "components": components, **more}
        self._ask("template", template={"name": name, "language": language, "status": status, **values})

    def fault(self, does: str, on: str = "POST /messages", times: int = 1) -> None:
        """Let the next requests that begin so fail, see `server.py`."""
        self._ask("fault", on=on, does=does, times=times)

    def go_on(self) -> None:
        """What waits for the test goes on."""
        self._ask("go_on")

    def calm(self) -> None:
        """No faults any more."""
        self._ask("calm")

    def stranger(self, number: str) -> None:
        """This number has no WhatsApp."""
        self._ask("stranger", number=number.lstrip("+"))

    def forget_token(self) -> None:
        """The token given is good no more."""
        self._ask("token", token=secrets.token_hex(8))

    def know_token(self) -> None:
        self._ask("token", token=TOKEN)

    def tell_at(self, address: str, manner: str = "once", reads: bool = True) -> None:
        """Where notifications go, and how: `once`, `twice`, `late`, `reversed`, `early`, `never`, `mixed`."""
        self._ask("deliver_to", address=address)
        self._ask("manner", manner=manner, reads=reads)

    def release_late(self) -> int:
        """Deliver what was held back, the last first, some of it twice."""
        return self._ask("release")

    def held(self) -> list[dict]:
        """The notifications that were to be told late, whole; they are not told again."""
        return self._ask("held")

    def tell(self, value: dict, secret: str | None = None) -> int:
        """A notification of any content, signed; gives the status of the answer."""
        return self._ask("tell", value=value, secret=secret)

    def reply(
        self, number: str, text: str = "", content: bytes = b"", mime: str = "", name: str = "", manner: str = "once", **more
    ) -> dict:
        """Somebody writes to us, or sends a picture or a document.

        :param more: parts of the message, such as `context={"id": wamid}` for an answer to one of ours.
        """
        kind = "text" if not content else "image" if mime.startswith("image/") else "document"
        message = {
            "from": number.lstrip("+"),
            "id": f"wamid.{secrets.token_hex(12).upper()}",
            "timestamp": str(int(time.time())),
            "type": kind,
            **more,
        }
        if text:
            message[kind] = {"body": text} if kind == "text" else {"caption": text}
        return self._ask("reply", message=message, content=base64.b64encode(content).decode(), mime=mime, name=name, manner=manner)

    def _ask(self, what, **values):
        return service_apart.ask(self._door, what, values)["told"]


@contextlib.contextmanager
def running(hang_s: float = 30):
    """The service in a process of its own, until the end of the block."""
    options = {
        "token": TOKEN,
        "app_secret": APP_SECRET,
        "phone_number_id": PHONE_NUMBER_ID,
        "business_account_id": BUSINESS_ACCOUNT_ID,
        "hang_s": hang_s,
    }
    with service_apart.started("whatsapp_server.server", options) as ports:
        yield Meta(ports)
