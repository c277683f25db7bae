"""What the bank keeps: charges, payments, returns, addresses to notify; and its own arithmetic, which shares nothing with the addon's."""

import datetime
import itertools
import secrets
import threading
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

BRASILIA = ZoneInfo("America/Sao_Paulo")
CENT = Decimal("0.01")
BANK = "12345678"
RECEIVER = {"cnpj": "11222333000181", "nome": "Test", "logradouro": "Rua 1", "cidade": "Porto", "uf": "SP", "cep": "01000000"}


class Problem(Exception):
    """An answer that is no success: HTTP status, kind and words."""

    def __init__(self, status: int, kind: str, words: str):
        super().__init__(words)
        self.status, self.kind = status, kind

    def told(self) -> dict:
        return {"type": f"https://pix.bcb.gov.br/api/v2/error/{self.kind}", "title": self.kind, "status": self.status, "detail": str(self)}


class Books:
    """All of it behind one lock."""

    def __init__(self):
        self.lock = threading.RLock()
        self.numbers = itertools.count(1)
        self.day = None
        self.charges: dict[str, dict] = {}
        self.payments: dict[str, dict] = {}
        self.webhooks: dict[str, dict] = {}

    def now(self) -> datetime.datetime:
        """This moment, on the day the test says it is."""
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        return datetime.datetime.combine(self.day, datetime.time(15), datetime.timezone.utc) if self.day else now

    def today(self) -> datetime.date:
        return self.now().astimezone(BRASILIA).date()

    # Charges

    def put(self, kind: str, txid: str, body: dict) -> dict:
        self._check(kind, body)
        known = self.charges.get(txid)
        if known:
            if known["status"] != "ATIVA" or known["kind"] != kind:
                raise Problem(400, f"{kind.capitalize()}OperacaoInvalida", "A cobrança já existe e não está ATIVA.")
            known["body"] = body
            return self.told(txid)
        number = next(self.numbers)
        self.charges[txid] = {
            "kind": kind,
            "body": body,
            "status": "ATIVA",
            "revisao": 0,
            "criacao": _stamp(self.now()),
            "loc": number,
            "location": f"bank.example/qr/{kind}/{secrets.token_hex(12)}",
            "pix": [],
            "puts": 0,
        }
        return self.told(txid)

    def patch(self, kind: str, txid: str, body: dict) -> dict:
        charge = self._charge(kind, txid)
        if charge["status"] != "ATIVA":
            raise Problem(400, f"{kind.capitalize()}OperacaoInvalida", "A cobrança não está ATIVA.")
        if "status" in body:
            if len(body) > 1:
                raise Problem(400, f"{kind.capitalize()}OperacaoInvalida", "Remoção com outras alterações.")
            charge["status"] = body["status"]
        else:
            merged = {**charge["body"], **body}
            # A due date that has passed may stay, a new one may not be in the past.
            self._check(kind, merged, body.get("calendario") != charge["body"].get("calendario"))
            charge["body"] = merged
        charge["revisao"] += 1
        return self.told(txid)

    def get(self, kind: str, txid: str) -> dict:
        self._charge(kind, txid)
        return self.told(txid)

    def _charge(self, kind, txid):
        charge = self.charges.get(txid)
        if not charge or charge["kind"] != kind:
            raise Problem(404, "CobNaoEncontrado" if kind == "cob" else "CobVNaoEncontrada", "Não encontrada.")
        return charge

    def _check(self, kind, body, is_new=True):
        if Decimal(body["valor"]["original"]) == 0:
            raise Problem(400, f"{kind.capitalize()}OperacaoInvalida", "cob.valor.original é zero.")
        if kind == "cob" and int(body["calendario"].get("expiracao", 86400)) <= 0:
            raise Problem(400, "CobOperacaoInvalida", "cob.calendario.expiracao é igual ou menor que zero.")
        if kind == "cobv":
            due = datetime.date.fromisoformat(body["calendario"]["dataDeVencimento"])
            if is_new and due < self.today():
                raise Problem(400, "CobVOperacaoInvalida", "cobv.calendario.dataDeVencimento é anterior à data de criação.")
            for off in body["valor"].get("desconto", {}).get("descontoDataFixa", ()):
                if off["data"] > body["calendario"]["dataDeVencimento"] or Decimal(off["valorPerc"]) >= Decimal(body["valor"]["original"]):
                    raise Problem(400, "CobVOperacaoInvalida", "cobv.valor.desconto inválido.")

    def told(self, txid: str) -> dict:
        """A charge in the words of the description."""
        charge = self.charges[txid]
        body = charge["body"]
        said = {
            **{name: body[name] for name in ("chave", "solicitacaoPagador", "infoAdicionais", "devedor", "valor") if name in body},
            "txid": txid,
            "calendario": {"criacao": charge["criacao"], **body["calendario"]},
            "revisao": charge["revisao"],
            "status": charge["status"],
            "loc": {
                "id": charge["loc"],
                "txid": txid,
                "location": charge["location"],
                "tipoCob": charge["kind"],
                "criacao": charge["criacao"],
            },
            "location": charge["location"],
            "pixCopiaECola": copy_and_paste(charge["location"]),
        }
        said["calendario"].setdefault(*("expiracao", 86400) if charge["kind"] == "cob" else ("validadeAposVencimento", 30))
        if charge["kind"] == "cobv":
            said["recebedor"] = RECEIVER
        if charge["pix"]:
            said["pix"] = [self.payments[name] for name in charge["pix"]]
        return said

    # Paying

    def owed(self, txid: str, day: datetime.date) -> dict[str, Decimal]:
        """What the payer's application shows on a day, in its parts."""
        charge = self.charges[txid]
        body, value = charge["body"], charge["body"]["valor"]
        original = Decimal(value["original"])
        if charge["status"] != "ATIVA":
            raise Problem(400, "CobPayloadNaoEncontrado", f"A cobrança está {charge['status']}.")
        if charge["kind"] == "cob":
            end = datetime.datetime.fromisoformat(charge["criacao"]) + datetime.timedelta(
                seconds=int(body["calendario"].get("expiracao", 86400))
            )
            if datetime.datetime.combine(day, datetime.time(0), BRASILIA) > end:
                raise Problem(400, "CobPayloadNaoEncontrado", "A cobrança expirou.")
            return {"original": original}
        due = datetime.date.fromisoformat(body["calendario"]["dataDeVencimento"])
        last = due + datetime.timedelta(days=body["calendario"].get("validadeAposVencimento", 30))
        due, last = _business_day(due), _business_day(last)
        if day > last:
            raise Problem(400, "CobPayloadNaoEncontrado", "A cobrança venceu.")
        parts = {"original": original}
        if day > due:
            parts["multa"] = _part(value.get("multa"), original, 1)
            parts["juros"] = _interest(value.get("juros"), original, (day - due).days)
        offers = value.get("desconto", {})
        for off in sorted(offers.get("descontoDataFixa", ()), key=lambda off: off["data"]):
            if day.isoformat() <= off["data"]:
                parts["desconto"] = _part({"modalidade": offers["modalidade"], "valorPerc": off["valorPerc"]}, original, 1)
                break
        return {name: amount for name, amount in parts.items() if amount}

    def pay(self, txid: str, day: datetime.date | None = None, amount: str | None = None, key: str | None = None) -> dict:
        """A payer scans the code and pays; without a charge of that name it is a static code, with an amount of its own."""
        day = day or self.today()
        noon = datetime.datetime.combine(day, datetime.time(12), BRASILIA).astimezone(datetime.timezone.utc)
        moment = self.now() if day == self.today() else noon
        name = f"E{BANK}{moment:%Y%m%d%H%M}{secrets.token_hex(6)[:11]}"
        said = {"endToEndId": name, "txid": txid, "horario": _stamp(moment), "infoPagador": "Obrigado"}
        if txid in self.charges:
            parts = self.owed(txid, day)
            total = sum(value for part, value in parts.items() if part != "desconto") - parts.get("desconto", Decimal(0))
            said["componentesValor"] = {part: {"valor": str(value)} for part, value in parts.items()}
            said["chave"] = self.charges[txid]["body"]["chave"]
            self.charges[txid]["status"] = "CONCLUIDA"
            self.charges[txid]["pix"].append(name)
        else:
            total = Decimal(amount)
            said["chave"] = key or "any"
        said["valor"] = str(total.quantize(CENT))
        self.payments[name] = said
        return said

    def listed(self, start: str, end: str) -> list[dict]:
        """Payments of a span of time, the oldest first."""
        first, last = _moment(start), _moment(end)
        return sorted((pix for pix in self.payments.values() if first <= _moment(pix["horario"]) <= last), key=lambda pix: pix["horario"])

    # Returning

    def give_back(self, name: str, key: str, body: dict) -> dict:
        payment = self._payment(name)
        gone = payment.setdefault("devolucoes", [])
        if any(each["id"] == key for each in gone):
            raise Problem(400, "PixDevolucaoInvalida", "id já utilizado por outra requisição de devolução.")
        left = Decimal(payment["valor"]) - sum(Decimal(each["valor"]) for each in gone if each["status"] != "NAO_REALIZADO")
        if not 0 < Decimal(body["valor"]) <= left:
            raise Problem(400, "PixDevolucaoInvalida", "Excederia o valor do pix originário.")
        said = {
            "id": key,
            "rtrId": f"D{BANK}{self.now():%Y%m%d%H%M}{secrets.token_hex(6)[:11]}",
            "valor": body["valor"],
            "horario": {"solicitacao": _stamp(self.now())},
            "status": "EM_PROCESSAMENTO",
        }
        gone.append(said)
        return said

    def given_back(self, name: str, key: str) -> dict:
        for each in self._payment(name).get("devolucoes", ()):
            if each["id"] == key:
                return each
        raise Problem(404, "PixDevolucaoNaoEncontrada", "Não encontrada.")

    def _payment(self, name):
        if name not in self.payments:
            raise Problem(404, "PixNaoEncontrado", "Não encontrado.")
        return self.payments[name]


def copy_and_paste(location: str) -> str:
    """A BR Code that points to a location, made here by hand."""
    account = f"0014br.gov.bcb.pix25{len(location):02}{location}"
    text = f"00020101021226{len(account):02}{account}5204000053039865802BR5904Test6005Porto62070503***6304"
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _bit in range(8):
            crc = ((crc << 1) ^ 0x1021) & 0xFFFF if crc & 0x8000 else crc << 1
    return f"{text}{crc:04X}"


def _part(rule, base, times):
    """A fixed amount (1) or a percentage (2) of the base."""
    if not rule:
        return Decimal(0)
    value = Decimal(rule["valorPerc"])
    return ((value if rule["modalidade"] == 1 else base * value / 100) * times).quantize(CENT, ROUND_HALF_UP)


def _interest(rule, base, days):
    """Amount (1) or percent (2) a day, percent a month (3) or a year (4) of calendar days."""
    if not rule:
        return Decimal(0)
    value = Decimal(rule["valorPerc"])
    per_day = {1: value, 2: base * value / 100, 3: base * value / 100 / 30, 4: base * value / 100 / 365}[rule["modalidade"]]
    return (per_day * days).quantize(CENT, ROUND_HALF_UP)


def _business_day(day):
    while day.weekday() >= 5:
        day += datetime.timedelta(days=1)
    return day


def _stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
