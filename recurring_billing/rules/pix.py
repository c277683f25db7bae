"""Pix charges of the central bank's "API Pix": what a charge asks of the bank, and what the bank's words mean. RULES "Collecting".

Amounts are in reais. A due-date charge (``cobv``) tells the bank the fine, the interest and the discounts, so that one code is right on
every day; an immediate charge (``cob``) asks for one amount and holds until a day.
"""

import re
import string
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

from dateutil import parser, tz

from .brcode import crc16
from .money import CENT, HUNDRED, round_money

COB, COBV = "cob", "cobv"
"""An immediate charge, and one with a due date."""
OFFICIAL_TIME = tz.gettz("America/Sao_Paulo")
"""The days of Pix are those of Brasília."""
LARGEST = Decimal("9999999999.99")
"""Ten digits before the point are all that the description has room for."""
FIXED, PERCENT = 1, 2
PERCENT_A_MONTH = 3
FIXED_UNTIL_DATE = 1
DAYS_OF_MONTH = 30
MOST_DISCOUNTS = 3

ACTIVE, CONCLUDED = "ATIVA", "CONCLUIDA"
REMOVED_BY_US, REMOVED_BY_BANK = "REMOVIDA_PELO_USUARIO_RECEBEDOR", "REMOVIDA_PELO_PSP"
RETURNED, NOT_RETURNED, RETURNING = "DEVOLVIDO", "NAO_REALIZADO", "EM_PROCESSAMENTO"

_ALPHABET = string.digits + string.ascii_uppercase
_WEIGHTS_1 = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_WEIGHTS_2 = (6, *_WEIGHTS_1)


@dataclass(frozen=True)
class Wanted:
    """What a charge shall ask for.

    :param amount: what is due without fine, interest and discounts (``cobv``), or altogether (``cob``).
    :param due: last day without lateness, of a ``cobv``.
    :param days_after: how many days after it the code may still be paid.
    :param fine: money, once, from the day after ``due``.
    :param interest: percent a month of 30 days, from the day after ``due``.
    :param discounts: (last day, money off), up to three.
    :param holds_until: last day on which a ``cob`` asks for the right amount.
    """

    kind: str
    amount: Decimal
    due: date | None = None
    days_after: int = 0
    fine: Decimal = Decimal(0)
    interest: Decimal = Decimal(0)
    discounts: tuple[tuple[date, Decimal], ...] = field(default=())
    holds_until: date | None = None

    @property
    def last_day(self) -> date | None:
        """The last day on which the code is right."""
        return self.due + timedelta(days=self.days_after) if self.kind == COBV else self.holds_until


def charged_on(wanted: Wanted, day: date) -> Decimal:
    """What the bank asks the payer for on a day.

    1 000.00 due 10 March with a fine of 20.00 and 1 % a month is 1 025.00 on 25 March, and 980.00 by 5 March with 20.00 off:

    >>> wanted = Wanted(COBV, Decimal("1000.00"), date(2026, 3, 10), 60, Decimal("20.00"), Decimal("1.00"),
    ...                 ((date(2026, 3, 5), Decimal("20.00")),))
    >>> [str(charged_on(wanted, date(2026, 3, day))) for day in (5, 6, 10, 11, 25)]
    ['980.00', '1000.00', '1000.00', '1020.33', '1025.00']
    """
    if wanted.kind == COB:
        return wanted.amount
    late = (day - wanted.due).days
    if late > 0:
        interest = Fraction(wanted.amount) * Fraction(wanted.interest) / HUNDRED / DAYS_OF_MONTH * late
        return wanted.amount + wanted.fine + round_money(interest)
    off = [money for last, money in sorted(wanted.discounts) if day <= last]
    return wanted.amount - (off[0] if off else 0)


def body(wanted: Wanted, key: str, debtor: dict, request: str, now: datetime) -> dict:
    """What is sent to register or revise a charge.

    :param key: the receiver's Pix key.
    :param debtor: as ``debtor()`` gives it; a ``cobv`` needs one.
    :param request: words shown to the payer.
    :param now: the moment of sending, with its time zone.
    :raises ValueError: for what the bank cannot register.

    >>> now = datetime(2026, 3, 25, 12, tzinfo=timezone.utc)
    >>> sent = body(Wanted(COB, Decimal("1025.00"), holds_until=date(2026, 3, 25)), "k", {}, "Invoice 7", now)
    >>> sent["valor"], sent["calendario"]
    ({'original': '1025.00'}, {'expiracao': 53999})
    """
    if not 0 < wanted.amount <= LARGEST:
        raise ValueError("A charge asks for more than nothing, and for at most ten digits.")
    sent = {"chave": key, "valor": {"original": money(wanted.amount)}, "solicitacaoPagador": request[:140]}
    if debtor:
        sent["devedor"] = debtor
    if wanted.kind == COB:
        sent["calendario"] = {"expiracao": seconds_left(wanted.holds_until, now)}
        return sent
    if not debtor:
        raise ValueError("A charge with a due date names who owes it.")
    sent["calendario"] = {"dataDeVencimento": wanted.due.isoformat(), "validadeAposVencimento": wanted.days_after}
    if wanted.fine:
        sent["valor"]["multa"] = {"modalidade": FIXED, "valorPerc": money(wanted.fine)}
    if wanted.interest:
        sent["valor"]["juros"] = {"modalidade": PERCENT_A_MONTH, "valorPerc": money(wanted.interest)}
    if wanted.discounts:
        dated = [{"data": last.isoformat(), "valorPerc": money(off)} for last, off in sorted(wanted.discounts)]
        sent["valor"]["desconto"] = {"modalidade": FIXED_UNTIL_DATE, "descontoDataFixa": dated}
    return sent


def seconds_left(last: date, now: datetime) -> int:
    """Seconds from now to the end of a day in Brasília, at least one.

    >>> seconds_left(date(2026, 3, 25), datetime(2026, 3, 26, 2, 59, 50, tzinfo=timezone.utc))
    9
    """
    end = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=OFFICIAL_TIME)
    return max(1, int((end - now).total_seconds()))


def money(amount: Decimal) -> str:
    """An amount or a percentage as the description has it.

    :raises ValueError: if there is more than two decimals can say.

    >>> money(Decimal("1000")), money(Decimal("0.5"))
    ('1000.00', '0.50')
    """
    if amount != amount.quantize(CENT):
        raise ValueError(f"{amount} has more than two decimals.")
    return str(amount.quantize(CENT))


def debtor(name: str, tax_number: str) -> dict:
    """Who owes, by CPF or CNPJ, or nothing where the number is neither.

    >>> debtor("Ana Souza", "529.982.247-25")
    {'nome': 'Ana Souza', 'cpf': '52998224725'}
    >>> debtor("Padaria Sol", "11.222.333/0001-81")["cnpj"], debtor("X", "123")
    ('11222333000181', {})
    """
    digits = re.sub(r"[^0-9A-Z]", "", (tax_number or "").upper())
    if is_cpf(digits):
        return {"nome": name[:200], "cpf": digits}
    if is_cnpj(digits):
        return {"nome": name[:200], "cnpj": digits}
    return {}


def is_cpf(number: str) -> bool:
    """Whether these eleven digits are a CPF.

    >>> is_cpf("52998224725"), is_cpf("52998224724"), is_cpf("11111111111")
    (True, False, False)
    """
    if not re.fullmatch(r"[0-9]{11}", number, re.ASCII) or len(set(number)) == 1:
        return False
    digits = [int(digit) for digit in number]
    return all(sum(digits[i] * (length + 1 - i) for i in range(length)) * 10 % 11 % 10 == digits[length] for length in (9, 10))


def is_cnpj(number: str) -> bool:
    """Whether these fourteen characters are a CNPJ; since 2026 it may hold letters.

    >>> is_cnpj("11222333000181"), is_cnpj("12ABC34501DE35"), is_cnpj("11222333000182")
    (True, True, False)
    """
    if not re.fullmatch(r"[0-9A-Z]{12}[0-9]{2}", number, re.ASCII) or len(set(number)) == 1:
        return False
    values = [ord(character) - 48 for character in number]
    for weights in (_WEIGHTS_1, _WEIGHTS_2):
        rest = sum(value * weight for value, weight in zip(values, weights, strict=False)) % 11
        if values[len(weights)] != (0 if rest < 2 else 11 - rest):
            return False
    return True


def code_of_location(location: str, name: str, city: str) -> str:
    """The code to copy and paste of a charge, from where the bank keeps it. Source: Banco Central's manual of the BR Code.

    >>> code_of_location("pix.example.com/qr/v2/2353c790eefb11eaadc10242ac120002", "Fulano de Tal", "São Paulo")[-60:]
    '039865802BR5913FULANO DE TAL6009SAO PAULO62070503***63046C32'
    """

    def part(identifier, value):
        return f"{identifier}{len(value):02}{value}"

    account = part("00", "br.gov.bcb.pix") + part("25", re.sub(r"^https?://", "", location))
    fields = [
        part("00", "01"),
        part("01", "12"),
        part("26", account),
        part("52", "0000"),
        part("53", "986"),
        part("58", "BR"),
        part("59", _plain(name, 25) or "NA"),
        part("60", _plain(city, 15) or "NA"),
        part("62", part("05", "***")),
    ]
    text = "".join(fields) + "6304"
    return text + crc16(text)


def _plain(text, length):
    """Capital letters without accents."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9 .-]", "", letters.upper()).strip()[:length]


def txid(random_number: int) -> str:
    """A name for a charge: 32 digits and letters, from a random number of 128 bits.

    >>> txid(35), len(txid(2**128 - 1))
    ('RB00000000000000000000000000000Z', 32)
    """
    letters = ""
    while random_number:
        random_number, rest = divmod(random_number, len(_ALPHABET))
        letters = _ALPHABET[rest] + letters
    return "RB" + letters[-30:].rjust(30, "0")


def is_txid(text) -> bool:
    """Whether this is fit to name a charge at the bank.

    >>> is_txid("RB00000000000000000000000000000Z"), is_txid("../cob"), is_txid("A" * 36), is_txid(None)
    (True, False, False, False)
    """
    return isinstance(text, str) and bool(re.fullmatch(r"[a-zA-Z0-9]{26,35}", text, re.ASCII))


def is_end_to_end(text) -> bool:
    """Whether this names a Pix.

    >>> is_end_to_end("E12345678202009091221kkkkkkkkkkk"), is_end_to_end("E1/../")
    (True, False)
    """
    return isinstance(text, str) and bool(re.fullmatch(r"[a-zA-Z0-9]{32}", text, re.ASCII))


@dataclass(frozen=True)
class Returned:
    """Money of a Pix that went back, or shall."""

    name: str
    amount: Decimal
    status: str
    reason: str


@dataclass(frozen=True)
class Received:
    """A Pix as the bank tells it.

    :param moment: in universal time, without a time zone.
    :param day: the day of Brasília.
    :param late: fine and interest the bank counted in; None when it does not say.
    """

    name: str
    txid: str
    amount: Decimal
    moment: datetime
    day: date
    note: str
    late: Decimal | None
    returned: tuple[Returned, ...]


def received(told: dict) -> Received:
    """Read a Pix of the bank's answer.

    :raises ValueError: when it is not one.

    >>> pix = received({"endToEndId": "E12345678202009091221kkkkkkkkkkk", "valor": "110.00", "horario": "2020-09-10T02:15:00.358Z"})
    >>> pix.amount, pix.day
    (Decimal('110.00'), datetime.date(2020, 9, 9))
    """
    if not isinstance(told, dict) or not is_end_to_end(told.get("endToEndId")):
        raise ValueError("This is no Pix.")
    moment = parser.isoparse(str(told.get("horario") or ""))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    returned = told.get("devolucoes") or []
    returned = [returned] if isinstance(returned, dict) else returned
    parts = told.get("componentesValor")
    late = None
    if isinstance(parts, dict) and isinstance(parts.get("original"), dict):
        late = sum((_amount((parts.get(part) or {}).get("valor", "0.00")) for part in ("multa", "juros")), Decimal(0))
    return Received(
        told["endToEndId"],
        str(told.get("txid") or ""),
        _amount(told.get("valor")),
        moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0),
        day_of(moment),
        str(told.get("infoPagador") or "")[:140],
        late,
        tuple(
            Returned(str(part.get("id") or ""), _amount(part.get("valor")), str(part.get("status") or ""), str(part.get("motivo") or ""))
            for part in returned
        ),
    )


def day_of(moment: datetime) -> date:
    """The day of Brasília in which a moment lies; without a zone it is in universal time.

    >>> day_of(datetime(2026, 3, 6, 2, 30))
    datetime.date(2026, 3, 5)
    """
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(OFFICIAL_TIME).date()


def _amount(text) -> Decimal:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,10}\.[0-9]{2}", text, re.ASCII):
        raise ValueError(f"This is no amount: {str(text)[:30]}")
    return Decimal(text)
