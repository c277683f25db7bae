"""Bank movements as tables: where the header is, what each column means, and amounts and dates as banks write them."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

# What a column may mean.
DAY, AMOUNT, CREDIT, DEBIT, SIGN = "day", "amount", "credit", "debit", "sign"
NAME, DOCUMENT, TEXT, BANK_ID, UNUSED = "name", "document", "text", "bank_id", "unused"
DMY, MDY, YMD = "dmy", "mdy", "ymd"
COMMA, POINT = "comma", "point"

HEADER_WITHIN = 40
_WORDS = (
    (UNUSED, ("saldo", "balance", "hora", "time", "agencia", "conta", "account", "currency", "moeda")),
    (SIGN, ("d/c", "c/d", "dc", "debito/credito", "credito/debito", "natureza", "sinal")),
    (CREDIT, ("credito", "credit", "entrada", "entradas", "recebido", "paid in", "money in", "haben")),
    (DEBIT, ("debito", "debit", "saida", "saidas", "pago", "paid out", "money out", "soll")),
    (AMOUNT, ("valor", "amount", "montante", "quantia", "value", "betrag", "importe")),
    (DAY, ("data", "date", "dt", "fecha", "datum", "dia", "day")),
    (DOCUMENT, ("cpf", "cnpj", "cpf/cnpj", "tax id", "vat", "nif")),
    (NAME, ("nome", "name", "pagador", "payer", "remetente", "favorecido", "counterparty", "cliente")),
    (BANK_ID, ("id", "identificador", "codigo", "fitid", "transaction id", "numero do documento", "docto", "doc.", "documento")),
    (TEXT, ("descricao", "historico", "lancamento", "memo", "description", "detalhe", "detalhes", "complemento", "titulo", "reference")),
)
_BALANCE = re.compile(r"(s ?a ?l ?d ?o|(opening|closing|ending|available)? ?balance|total( geral| do dia)?$)\b")


def plain(text: str) -> str:
    """Small letters without accents.

    >>> plain(" Histórico ")
    'historico'
    """
    decomposed = unicodedata.normalize("NFKD", text or "")
    return "".join(char for char in decomposed if not unicodedata.combining(char)).strip().lower()


def table(text: str) -> list[list[str]]:
    """The cells of a text, split where most of its lines agree.

    >>> table("Data;Valor\\n01/03/2024;10,50")
    [['Data', 'Valor'], ['01/03/2024', '10,50']]
    """
    lines = text.splitlines()[: HEADER_WITHIN * 2]
    best = max(";\t|,", key=lambda mark: (_agreement(lines, mark), mark == ";"))
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=best) if any(cell.strip() for cell in row)]


def _agreement(lines, mark):
    """How many lines have the same number of cells, more than one, if cut at a mark."""
    counts = [len(next(csv.reader([line], delimiter=mark), [])) for line in lines]
    several = [count for count in counts if count > 1]
    return max((several.count(count) for count in set(several)), default=0)


def header_at(rows: Sequence[Sequence[str]]) -> int:
    """The place of the header: the first row that names a date and an amount; else the first of the widest rows.

    >>> header_at([["Extrato"], ["Data", "Histórico", "Valor"], ["01/03/2024", "PIX", "10,00"]])
    1
    """
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        meanings = meanings_of(row)
        if DAY in meanings and {AMOUNT, CREDIT} & set(meanings):
            return place
    widest = max((len(row) for row in rows[:HEADER_WITHIN]), default=0)
    return next((place for place, row in enumerate(rows) if len(row) == widest), 0)


def meanings_of(header: Sequence[str]) -> list[str]:
    """What each column seems to mean, each of the single ones once.

    >>> meanings_of(["Data", "Histórico", "Docto.", "Crédito (R$)", "Débito (R$)", "Saldo (R$)"])
    ['day', 'text', 'bank_id', 'credit', 'debit', 'unused']
    """
    found: list[str] = []
    for cell in header:
        meaning = _meaning(cell)
        once = meaning not in (TEXT, UNUSED)
        found.append(meaning if not (once and meaning in found) else UNUSED)
    if AMOUNT in found:
        found = [UNUSED if meaning in (CREDIT, DEBIT) else meaning for meaning in found]
    return found


def _meaning(cell):
    words = re.sub(r"\(.*?\)", "", plain(cell)).strip(" .:")
    for meaning, names in _WORDS:
        if words in names or words in [name.strip(".") for name in names]:
            return meaning
    for meaning, names in _WORDS:
        if any(re.search(rf"\b{re.escape(name)}\b", words) for name in names if len(name) > 2):
            return meaning
    return UNUSED


def day_order(cells: Sequence[str]) -> str:
    """How dates are written; where both ways are possible, day first.

    >>> day_order(["03/04/2024", "03/25/2024"]), day_order(["2024-03-25"]), day_order(["03/04/2024"])
    ('mdy', 'ymd', 'dmy')
    """
    groups = [found for cell in cells if len(found := re.findall(r"\d+", cell)) >= 1]
    if any(len(found[0]) in (4, 8) and (len(found) > 1 or len(found[0]) == 8) for found in groups):
        return YMD
    dates = [found for found in groups if len(found) >= 3]
    first_too_large = any(int(found[0]) > 12 for found in dates)
    return MDY if not first_too_large and any(int(found[1]) > 12 for found in dates) else DMY


def parse_day(cell: str, order: str) -> date:
    """The date of a cell.

    :raises ValueError: when it is none.

    >>> parse_day("25/03/2024 10:15", DMY), parse_day("20240325", YMD), parse_day("3/25/24", MDY)
    (datetime.date(2024, 3, 25), datetime.date(2024, 3, 25), datetime.date(2024, 3, 25))
    """
    found = re.match(r"\s*(\d{4})(\d{2})(\d{2})(?:\D|$)", cell) if order == YMD else None
    found = found or re.match(r"\s*(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?:\D|$)", cell)
    if not found:
        raise ValueError(cell)
    parts = dict(zip(order, map(int, found.groups()), strict=True))
    return date(parts["y"] + 2000 if parts["y"] < 100 else parts["y"], parts["m"], parts["d"])


def decimal_mark(cells: Sequence[str]) -> str:
    """Which mark divides cents: the last one of amounts that end in two digits.

    >>> decimal_mark(["1.234,56"]), decimal_mark(["1,234.56", "10"]), decimal_mark(["10,5"]), decimal_mark(["10"])
    ('comma', 'point', 'comma', 'point')
    """
    last = [(digits[-len(end) - 1], end) for cell in cells if (digits := _digits(cell)) != (end := re.split("[.,]", digits)[-1])]
    sure = [mark for mark, end in last if len(end) in (1, 2)] or [mark for mark, _end in last]
    return COMMA if sure.count(",") > sure.count(".") else POINT


def _digits(cell):
    return re.sub(r"[^\d.,]", "", cell)


def parse_amount(cell: str, mark: str) -> Decimal:
    """The amount of a cell, with its sign: a minus on either side, brackets, or a D for debit.

    :raises ValueError: when it is none.

    >>> [str(parse_amount(cell, COMMA)) for cell in ("R$ 1.234,56", "-10,00", "10,00-", "(10,00)", "10,00 D", "10,00 C", "1.000")]
    ['1234.56', '-10.00', '-10.00', '-10.00', '-10.00', '10.00', '1000']
    >>> str(parse_amount("1,234.56", POINT))
    '1234.56'
    """
    shown = cell.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ").strip()
    found = re.fullmatch(r"(?:[A-Z]{0,3}[$€£]?)\s*([-+(]?)\s*(?:[A-Z]{0,3}[$€£]?)\s*([\d.,' ]*\d)\s*([-+)]?)\s*([DC]?)", shown.upper())
    if not found:
        raise ValueError(cell)
    before, digits, after, side = found.groups()
    thousands, decimals = (".", ",") if mark == COMMA else (",", ".")
    digits = re.sub(r"[' ]", "", digits).replace(thousands, "").replace(decimals, ".")
    if digits.count(".") > 1:
        raise ValueError(cell)
    return -Decimal(digits) if before in ("-", "(") or after == "-" or side == "D" else Decimal(digits)


def is_balance(text: str) -> bool:
    """Whether a line tells a balance, not a movement.

    >>> is_balance("SALDO ANTERIOR"), is_balance("PIX RECEBIDO"), is_balance("TOTAL FITNESS LTDA")
    (True, False, False)
    """
    return bool(_BALANCE.match(plain(text)))
