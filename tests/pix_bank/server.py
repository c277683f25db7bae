"""The bank's program: its API behind mutual TLS, and a plain door on this machine for the test that started it.

Started by `bank.py`. Words of faults (`service_apart.Faulty`): `hang`, `500`, `503`, `429`, `drop`, `garbage`, `401` come before anything
is done; `hang_after`, `500_after`, `drop_after`, `garbage_after` after it was done; `refuse` answers 400.
"""

import base64
import datetime
import json
import re
import secrets
import ssl
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import parse_qsl, unquote, urlsplit

from service_apart import Faulty, Quiet, Server, options, serve

from .books import Books, Problem
from .description import BASE, judge

HANG_S = 30
TOKEN_S = 3600
PAGE = 100
ROUTES = (
    (r"/(cob|cobv)/([^/]+)", "/{0}/{{txid}}"),
    (r"/pix", "/pix"),
    (r"/pix/([^/]+)", "/pix/{{e2eid}}"),
    (r"/pix/([^/]+)/devolucao/([^/]+)", "/pix/{{e2eid}}/devolucao/{{id}}"),
    (r"/webhook/([^/]+)", "/webhook/{{chave}}"),
)


class Bank(Faulty):
    """The books, the tokens, the faults, and what was seen."""

    def __init__(self, client: str, secret: str):
        super().__init__(Books())
        self.client, self.secret = client, secret
        self.tokens: dict[str, tuple[float, set]] = {}
        self.violations: list[str] = []
        self.held: list[dict] = []
        self.deliver_to = ""
        self.counts = {"sent": 0, "failed": 0}

    def note(self, name: str, wrong: str) -> None:
        if wrong:
            with self.books.lock:
                self.violations.append(f"{name}: {wrong}")

    def do(self, method: str, path: str, query: dict, body: dict) -> tuple[int, dict | None]:
        """The operation itself."""
        books, parts = self.books, [unquote(part) for part in path.strip("/").split("/")]
        if parts[0] in ("cob", "cobv"):
            if method == "PUT":
                return 201, books.put(*parts, body)
            return 200, books.patch(*parts, body) if method == "PATCH" else books.get(*parts)
        if parts[0] == "webhook":
            if method == "PUT":
                books.webhooks[parts[1]] = {"webhookUrl": body["webhookUrl"], "cnpj": "11222333000181", "criacao": "2026-01-01T00:00:00Z"}
                return 200, None
            if parts[1] not in books.webhooks:
                raise Problem(404, "WebhookNaoEncontrado", "Não encontrado.")
            return 200, books.webhooks[parts[1]]
        if len(parts) == 4:
            return (201, books.give_back(parts[1], parts[3], body)) if method == "PUT" else (200, books.given_back(parts[1], parts[3]))
        if len(parts) == 2:
            return 200, books._payment(parts[1])
        return 200, self._page(query)

    def _page(self, query):
        """A page of the payments of a span."""
        found = self.books.listed(query["inicio"], query["fim"])
        page, size = int(query.get("paginacao.paginaAtual", 0)), int(query.get("paginacao.itensPorPagina", PAGE))
        paging = {
            "paginaAtual": page,
            "itensPorPagina": size,
            "quantidadeDePaginas": max(1, -(-len(found) // size)),
            "quantidadeTotalDeItens": len(found),
        }
        return {
            "parametros": {"inicio": query["inicio"], "fim": query["fim"], "paginacao": paging},
            "pix": found[page * size : (page + 1) * size],
        }

    # Notifications

    def notify(self, payment: dict, manner: str) -> None:
        """Tell the customer of a payment: `once`, `twice`, `late` (when the test releases it) or `never`."""
        if manner == "late":
            self.held.append(payment)
        elif manner != "never":
            for _time in range(2 if manner == "twice" else 1):
                threading.Thread(target=self.deliver, args=([payment],), daemon=True).start()

    def deliver(self, payments: list) -> None:
        addresses = [self.deliver_to] if self.deliver_to else [each["webhookUrl"] for each in self.books.webhooks.values()]
        for address in addresses:
            asked = urllib.request.Request(
                f"{address}/pix", json.dumps({"pix": payments}).encode(), {"Content-Type": "application/json"}, method="POST"
            )
            try:
                with urllib.request.urlopen(asked, timeout=20):
                    self.counts["sent"] += 1
            except (urllib.error.URLError, OSError):
                self.counts["failed"] += 1


class Api(Quiet):
    """The door of the customers, behind mutual TLS."""

    bank: Bank

    def _work(self):
        parts = urlsplit(self.path)
        content = self._content()
        asked = f"{self.command} {parts.path.removeprefix(BASE)}"
        does = self.bank.fault(asked)
        with self.bank.books.lock:
            self.bank.requests.append([self.command, parts.path.removeprefix(BASE), does])
        if does == "hang":
            time.sleep(HANG_S)
        if does in ("hang", "drop"):
            return self._drop()
        if does == "garbage":
            return self._say(200, b"<html>Maintenance", "text/html")
        if does.isdecimal():
            return self._say(int(does), b"{}", "application/problem+json")
        if parts.path == "/oauth/token":
            return self._token(content)
        status, told = self._answer(parts, content, does)
        if does == "hang_after":
            time.sleep(HANG_S)
        if does in ("hang_after", "drop_after"):
            return self._drop()
        if does == "garbage_after":
            return self._say(200, b'{"txid": "', "application/json")
        if does == "500_after":
            return self._say(500, b"{}", "application/json")
        content_type = "application/problem+json" if status >= 400 else "application/json"
        answer = b"" if told is None else json.dumps(told).encode()
        if told is not None:
            query = dict(parse_qsl(parts.query))
            self.bank.note(
                f"answer to {asked}", judge().answer(self.command, parts.path.removeprefix(BASE), query, status, content_type, answer)
            )
        return self._say(status, answer, content_type)

    do_GET = do_PUT = do_PATCH = do_POST = do_DELETE = _work

    def _answer(self, parts, content, does):
        """Status and words of the operation, once token, scope and description are satisfied."""
        path, query = parts.path.removeprefix(BASE), dict(parse_qsl(parts.query))
        template = _template(path)
        if not parts.path.startswith(BASE) or not template:
            self.bank.note(f"{self.command} {parts.path}", "no such operation")
            return 404, Problem(404, "NaoEncontrado", "Não encontrado.").told()
        allowed = self.bank.tokens.get((self.headers.get("Authorization") or "").removeprefix("Bearer "))
        if not allowed or allowed[0] < time.monotonic():
            return 401, Problem(401, "AcessoNegado", "Token inválido.").told()
        if judge().scope(self.command, template) not in allowed[1]:
            return 403, Problem(403, "AcessoNegado", "Escopo insuficiente.").told()
        wrong = judge().request(self.command, path, query, self.headers.get("Content-Type", ""), content)
        self.bank.note(f"{self.command} {path}", wrong)
        if wrong or does == "refuse":
            return 400, Problem(400, "RequisicaoInvalida", wrong[:200] or "Chave não pertence ao recebedor.").told()
        try:
            with self.bank.books.lock:
                return self.bank.do(self.command, path, query, json.loads(content or b"{}"))
        except Problem as problem:
            return problem.status, problem.told()

    def _token(self, content):
        given = (self.headers.get("Authorization") or "").removeprefix("Basic ")
        wanted = base64.b64encode(f"{self.bank.client}:{self.bank.secret}".encode()).decode()
        form = dict(parse_qsl(content.decode()))
        if given != wanted or form.get("grant_type") != "client_credentials":
            return self._say(401, b'{"error": "invalid_client"}', "application/json")
        token = secrets.token_urlsafe(16)
        self.bank.tokens[token] = (time.monotonic() + TOKEN_S, set(form.get("scope", "").split()))
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_S, "scope": form.get("scope", "")}
        return self._say(200, json.dumps(answer).encode(), "application/json")


class Door(Quiet):
    """The test's own door: what the payers and the bank's people do."""

    bank: Bank

    def do_POST(self):
        body = json.loads(self._content() or b"{}")
        try:
            with self.bank.books.lock:
                told, status = getattr(self, f"_{self.path.strip('/')}")(**body), 200
        except Problem as problem:
            told, status = problem.told(), 400
        self._say(status, told)

    def _pay(self, txid, day=None, amount=None, key=None, notify="never"):
        payment = self.bank.books.pay(txid, day and datetime.date.fromisoformat(day), amount, key)
        self.bank.notify(dict(payment), notify)
        return payment

    def _owed(self, txid, day):
        return self.bank.books.owed(txid, datetime.date.fromisoformat(day))

    def _day(self, day):
        self.bank.books.day = datetime.date.fromisoformat(day) if day else None

    def _fault(self, on, does, times=1):
        self.bank.faults.append({"on": on, "does": does, "times": times})

    def _calm(self):
        self.bank.faults.clear()

    def _deliver(self, url):
        self.bank.deliver_to = url

    def _release(self):
        held, self.bank.held = self.bank.held, []
        for payment in reversed([*held, *held[::3]]):
            threading.Thread(target=self.bank.deliver, args=([payment],), daemon=True).start()
        return len(held)

    def _end_return(self, name, key, status, reason=""):
        said = self.bank.books.given_back(name, key)
        said["status"] = status
        if reason:
            said["motivo"] = reason

    def _return_by_bank(self, name, amount):
        return self.bank.books.give_back(name, secrets.token_hex(8), {"valor": amount})

    def _forget_tokens(self):
        self.bank.tokens.clear()

    def _everything(self):
        bank = self.bank
        return {
            "charges": {txid: {**charge, "told": bank.books.told(txid)} for txid, charge in bank.books.charges.items()},
            "payments": list(bank.books.payments.values()),
            "webhooks": bank.books.webhooks,
            "requests": bank.requests,
            "violations": bank.violations,
            "notifications": bank.counts,
        }


class Secure(Server):
    """Shakes hands in the thread of the connection, so that nobody waits for a slow caller."""

    def __init__(self, handler, context):
        super().__init__(handler)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


def _template(path):
    for pattern, template in ROUTES:
        if found := re.fullmatch(pattern, path):
            return template.format(*found.groups())
    return ""


def main() -> None:
    wanted = options()
    bank = Bank(wanted["client"], wanted["secret"])
    judge()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(wanted["server"], wanted["server_key"])
    context.load_verify_locations(wanted["authority"])
    context.verify_mode = ssl.CERT_REQUIRED
    serve(Secure(type("BankApi", (Api,), {"bank": bank}), context), Server(type("BankDoor", (Door,), {"bank": bank})))


if __name__ == "__main__":
    main()
