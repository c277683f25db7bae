"""The open invoices and their payers, by everything a row of a bank file may say of them."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from .bank_text import compact, is_reference, is_written, masked_in, name_words, runs, same_name, without_zeros

SHORTEST_DOCUMENT = 8
PIX_NUMBER = re.compile(r"\bE\d{20}[A-Za-z0-9]{11}\b")


def pix_number(text: str) -> str | None:
    """The number of a Pix ("EndToEndId") that a row names.

    >>> pix_number("PIX RECEBIDO E12345678202403051221kkkkkkkkkkk ANA")
    'E12345678202403051221kkkkkkkkkkk'
    """
    found = PIX_NUMBER.search(text)
    return found.group(0) if found else None


class Item(NamedTuple):
    """An open invoice.

    :param references: what its payer may write: number, payment reference, transaction id.
    """

    id: Any
    payer: Any
    due: date
    references: tuple[str, ...] = ()


class Payer(NamedTuple):
    """Who may pay: names and tax numbers of a customer and those who belong to it."""

    id: Any
    names: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


class Book:
    """The open invoices and who may pay them, by everything a bank row may say.

    :param settled: references of invoices that need no more money, so that paying twice is seen.
    """

    def __init__(self, items: Iterable[Item], payers: Iterable[Payer], settled: Iterable[str] = ()):
        self.items = {item.id: item for item in sorted(items, key=lambda item: (item.due, item.id))}
        self.payers = {payer.id: payer for payer in payers}
        self._references: dict[str, dict] = {}
        self._settled: dict[str, str] = {}
        self._documents: dict[str, set] = {}
        self._masked: dict[str, set] = {}
        self._by_payer: dict[Any, list] = {}
        self._names: dict[str, list] = {}
        for item in self.items.values():
            self._by_payer.setdefault(item.payer, []).append(item.id)
            for reference in item.references:
                if is_reference(reference):
                    self._references.setdefault(compact(reference), {}).setdefault(item.id, reference)
        for reference in settled:
            if is_reference(reference):
                self._settled.setdefault(compact(reference), reference)
        for payer in self.payers.values():
            for name in payer.names:
                self._names.setdefault((name_words(name) or [""])[0], []).append((payer.id, name))
            for document in map(compact, payer.documents):
                if len(document) >= SHORTEST_DOCUMENT and any(char.isdigit() for char in document):
                    self._documents.setdefault(without_zeros(document), set()).add(payer.id)
                    if len(document) == 11 and document.isdigit():
                        self._masked.setdefault(document[3:9], set()).add(payer.id)

    def referred(self, text: str) -> dict:
        """The open invoices a text names: {id: reference as it is known}.

        >>> book = Book([Item(1, "ana", date(2024, 3, 10), ("INV/2024/00012",))], [Payer("ana")])
        >>> book.referred("PIX INV/2024/00012 obrigada"), book.referred("PIX INV202400012"), book.referred("INV/2024/000123")
        ({1: 'INV/2024/00012'}, {1: 'INV/2024/00012'}, {})
        """
        return {
            item: reference
            for found, run in runs(text)
            for item, reference in self._references.get(found, {}).items()
            if is_written(reference, run)
        }

    def settled_in(self, text: str) -> list[str]:
        """The references of settled invoices that a text names."""
        return [self._settled[found] for found, run in runs(text) if found in self._settled and is_written(self._settled[found], run)]

    def documented(self, text: str) -> set:
        """The payers whose tax number a text carries.

        >>> book = Book([], [Payer("ana", documents=("529.982.247-25",))])
        >>> book.documented("TED 52998224725 ANA"), book.documented("CPF: 529 982 247-25"), book.documented("00052998224725")
        ({'ana'}, {'ana'}, {'ana'})
        """
        return {payer for found, _run in runs(text) for payer in self._documents.get(without_zeros(found), ())}

    def masked(self, text: str) -> set:
        """The payers whose masked CPF a text carries."""
        return {payer for digits in masked_in(text) for payer in self._masked.get(digits, ())}

    def named(self, name: str) -> set:
        """The payers of this name."""
        words = name_words(name)
        return {payer for payer, known in self._names.get(words[0], ()) if same_name(name, known)} if words else set()

    def open_of(self, payer, taken=frozenset()) -> list:
        """Ids of a payer's open invoices, oldest due first, but for those another row pays."""
        return [item for item in self._by_payer.get(payer, ()) if item not in taken]
