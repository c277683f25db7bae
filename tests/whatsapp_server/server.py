"""The program: the Cloud API on this machine, and a plain door for the test that started it.

Started by `meta.py`. Words of faults (`service_apart.Faulty`): `hang`, `500`, `503`, `429`, `drop`, `garbage`, a documented code
(`code:130429`) come before anything is done; `hang_after`, `500_after`, `drop_after`, `garbage_after` after the message was taken; `slow`
only takes its time; `wait` waits until the test says that it goes on.
"""

import base64
import hashlib
import json
import threading
import time
from urllib.parse import parse_qsl, urlsplit

from service_apart import Faulty, Quiet, Server, options, serve

from .books import Books, unfit, whatsapp_id
from .errors import Problem
from .notices import Notices

SLOW_S = 1.5
PAGE = 2
"""Templates of one page: few, so that there are pages."""


class Service(Faulty):
    """The books, the notices, the faults, and what was seen."""

    def __init__(self, wanted: dict):
        super().__init__(Books(wanted["phone_number_id"], wanted["business_account_id"]))
        self.token, self.hang_s = wanted["token"], wanted["hang_s"]
        self.notices = Notices(self.books, wanted["app_secret"])
        self.waiting, self.going_on = 0, threading.Event()

    def wait(self) -> None:
        """Wait for the test."""
        with self.books.lock:
            self.waiting += 1
        self.going_on.wait(self.hang_s)
        with self.books.lock:
            self.waiting -= 1


class Api(Quiet):
    """The door of the customers."""

    service: Service

    def _work(self):
        parts, content = urlsplit(self.path), self._content()
        path = "/" + parts.path.split("/", 2)[2]  # without the version
        short = path.replace(f"/{self.service.books.phone_number_id}", "").replace(f"/{self.service.books.business_account_id}", "") or "/"
        does = self.service.fault(f"{self.command} {short}")
        with self.service.books.lock:
            self.service.requests.append([f"{self.command} {short}", does])
        if does == "hang":
            time.sleep(self.service.hang_s)
        if does in ("hang", "drop"):
            return self._drop()
        if does == "slow":
            time.sleep(SLOW_S)
        if does == "wait":
            self.service.wait()
        if does == "garbage":
            return self._say(200, b"<html>Sorry, something went wrong.", "text/html")
        if does.isdecimal():
            return self._say(int(does), b"", "text/plain")
        try:
            if does.startswith("code:"):
                raise Problem(int(does.removeprefix("code:")))
            told = self._answer(path, dict(parse_qsl(parts.query)), content)
        except Problem as problem:
            return self._say(problem.status, problem.told())
        if does == "hang_after":
            time.sleep(self.service.hang_s)
        if does in ("hang_after", "drop_after"):
            return self._drop()
        if does == "garbage_after":
            return self._say(200, b'{"messaging_product": "wha', "application/json")
        if does == "500_after":
            return self._say(500, b"{}", "application/json")
        return self._say(200, *told) if isinstance(told, tuple) else self._say(200, told)

    do_GET = do_POST = _work

    def _answer(self, path, query, content):
        books = self.service.books
        if self.headers.get("Authorization") != f"Bearer {self.service.token}":
            raise Problem(190)
        if path == f"/{books.phone_number_id}":
            return books.number
        if path == f"/{books.phone_number_id}/messages" and self.command == "POST":
            return self._message(content)
        if path == f"/{books.business_account_id}/message_templates":
            return self._register(content) if self.command == "POST" else self._templates(query)
        if path.startswith("/media/"):
            found = books.media[path.removeprefix("/media/")]
            return found["content"], found["mime"]
        if path.strip("/") in books.media:
            return self._media(path.strip("/"))
        raise Problem(100, f"Unknown path {path}")

    def _message(self, content):
        try:
            body = json.loads(content)
        except ValueError:
            raise Problem(100, "not JSON") from None
        with self.service.books.lock:
            taken = self.service.books.take(body)
        self.service.notices.told_of(taken)
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": body["to"], "wa_id": taken["wa_id"]}],
            "messages": [{"id": taken["id"], "message_status": "accepted"}],
        }

    def _templates(self, query):
        templates, start = self.service.books.templates, int(query.get("after") or 0)
        told = {"data": templates[start : start + PAGE], "paging": {"cursors": {"before": str(start), "after": str(start + PAGE)}}}
        if start + PAGE < len(templates):
            told["paging"]["next"] = f"http://{self.headers['Host']}{self.path}&after={start + PAGE}"
        return told

    def _register(self, content):
        asked = json.loads(content)
        wrong = unfit(asked)
        if wrong:
            raise Problem(100, wrong)
        with self.service.books.lock:
            if any((each["name"], each["language"]) == (asked["name"], asked["language"]) for each in self.service.books.templates):
                raise Problem(100, "There is already content in this language for this template")
            key = str(len(self.service.books.templates) + 1000)
            self.service.books.templates.append({"id": key, "status": "PENDING", **asked})
        return {"id": key, "status": "PENDING", "category": asked["category"]}

    def _media(self, key):
        found = self.service.books.media[key]
        return {
            "messaging_product": "whatsapp",
            "url": f"http://{self.headers['Host']}/v0/media/{key}",
            "mime_type": found["mime"],
            "sha256": hashlib.sha256(found["content"]).hexdigest(),
            "file_size": len(found["content"]),
            "id": key,
        }


class Door(Quiet):
    """The test's own door: what people and the service's staff do."""

    service: Service

    def do_POST(self):
        body = json.loads(self._content() or b"{}")
        told = getattr(self, f"_{self.path.strip('/')}")(**body)
        self._say(200, {"told": told})

    def _fault(self, on, does, times):
        self.service.faults.append({"on": on, "does": does, "times": times})

    def _calm(self):
        self.service.faults.clear()

    def _go_on(self):
        self.service.going_on.set()

    def _deliver_to(self, address):
        self.service.notices.address = address

    def _manner(self, manner, reads):
        self.service.notices.manner, self.service.notices.reads = manner, reads

    def _release(self):
        return self.service.notices.release()

    def _held(self):
        """What was to be told late, for a test that delivers it itself."""
        held, self.service.notices.held = self.service.notices.held, []
        return [self.service.notices.told(value) for value in held]

    def _template(self, template):
        self.service.books.templates = [
            each for each in self.service.books.templates if (each["name"], each["language"]) != (template["name"], template["language"])
        ]
        self.service.books.templates.append(template)

    def _stranger(self, number):
        self.service.books.strangers.add(number)

    def _token(self, token):
        self.service.token = token

    def _tell(self, value, secret):
        return self.service.notices.deliver(value, secret)

    def _reply(self, message, content, mime, name, manner):
        """Somebody writes; what they send beside words is kept until it is fetched."""
        with self.service.books.lock:
            message["from"] = whatsapp_id(message["from"])
            self.service.books.hear(message["from"])
            if content:
                kind = message["type"]
                media = {"id": self.service.books.keep(base64.b64decode(content), mime, name), "mime_type": mime}
                message[kind] = {**media, **message.get(kind, {}), **({"filename": name} if kind == "document" else {})}
        self.service.notices.replied(message, manner)
        return message

    def _everything(self):
        service = self.service
        return {
            "ledger": service.books.ledger,
            "templates": service.books.templates,
            "requests": service.requests,
            "notices": service.notices.counts,
            "on_their_way": service.notices.on_their_way,
            "waiting": service.waiting,
        }


def main() -> None:
    service = Service(options())
    serve(Server(type("WhatsappApi", (Api,), {"service": service})), Server(type("WhatsappDoor", (Door,), {"service": service})))


if __name__ == "__main__":
    main()
