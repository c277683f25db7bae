"""Which open invoices a row of a bank file pays, and how sure that is.

A row is **certain** where it says by itself who pays or what for (an invoice's reference, the payer's CPF, CNPJ or VAT number) and its
amount is what those invoices cost on its day. Where the amount differs, or only a name or an amount agrees, it is **doubtful**: a person
decides.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from .bank_book import Book
from .bank_text import tokens

CERTAIN, DOUBTFUL, NONE = "certain", "doubtful", "none"

# Why, as codes; services say them in words.
REFERENCE, REFERENCES_DIFFER, SETTLED_REFERENCE = "reference", "references_differ", "settled_reference"
DOCUMENT, MASKED_DOCUMENT, NAME, OTHER_DOCUMENT = "document", "masked_document", "name", "other_document"
AMOUNT, AMOUNT_WITHOUT_FEES, AMOUNT_MORE, AMOUNT_LESS = "amount", "amount_without_fees", "amount_more", "amount_less"
ONLY_AMOUNT, AMOUNT_SHARED, OLDEST, SEVERAL = "only_amount", "amount_shared", "oldest", "several"
NOTHING_OPEN, REGISTERED, OTHER_FILE, UNKNOWN = "nothing_open", "registered", "other_file", "unknown"
PIX_UNREAD = "pix_unread"

BOOKED_BEFORE, BOOKED_AFTER = 5, 1  # days between a payment a person registered and the bank's row of it


class Row(NamedTuple):
    """Money that came in.

    :param amount: in the currency of the bank account, more than 0.
    :param text: everything the bank says of it: payer, memo, references.
    :param name: the payer as the bank knows it, where the file says so apart.
    :param suspicions: reasons against booking it without a person (the same money may be in the books already).
    """

    id: Any
    day: date
    amount: Decimal
    text: str
    name: str = ""
    suspicions: tuple["Reason", ...] = ()


class Cost(NamedTuple):
    """What an item costs on a day: what is open of it, and that with fine, interest and discount."""

    residual: Decimal
    total: Decimal


class Registered(NamedTuple):
    """A payment that stands in the books of the bank account already, and no row is known to be."""

    id: Any
    payer: Any
    day: date
    amount: Decimal


class Reason(NamedTuple):
    code: str
    value: Any = None


class Match(NamedTuple):
    """What a row pays.

    :param items: ids of the open invoices it is for, oldest due first; of a doubtful row those to propose.
    :param payer: who pays, where that is known.
    """

    verdict: str
    items: tuple = ()
    payer: Any = None
    reasons: tuple[Reason, ...] = ()


def match_rows(rows: Iterable[Row], book: Book, costs: Mapping, registered: Iterable[Registered] = ()) -> dict:
    """What each row pays. The surest come first, and an invoice one certain row pays is not there for the others.

    :param registered: payments a row may be the bank's own word of; such a row is doubtful, or its money would count twice.
    :param costs: {(item id, day): Cost} for every item of the book on every day of a row.
    :return: {row id: Match}

    >>> from rules.bank_book import Item, Payer
    >>> day = date(2024, 3, 25)
    >>> book = Book([Item(1, "ana", date(2024, 3, 10))], [Payer("ana", ("Ana Souza",), ("529.982.247-25",))])
    >>> costs = {(1, day): Cost(Decimal("1000.00"), Decimal("1025.00"))}
    >>> matches = match_rows(
    ...     [Row("a", day, Decimal("1025.00"), "PIX 52998224725"), Row("b", day, Decimal("1025.00"), "PIX MARIA")], book, costs
    ... )
    >>> matches["a"].verdict, matches["a"].items, [reason.code for reason in matches["a"].reasons]
    ('certain', (1,), ['document', 'amount'])
    >>> matches["b"].verdict
    'none'
    """
    waiting = sorted(rows, key=lambda row: row.day)
    matches, taken = {}, set()
    by_amount = _costing(book, costs)
    unseen = sorted(registered, key=lambda payment: payment.day)
    for look in (_by_reference, _by_document, _by_name, by_amount):
        left = []
        for row in waiting:
            match = look(row, book, costs, taken)
            if match is None:
                left.append(row)
                continue
            match = matches[row.id] = _suspected(row, match, unseen)
            if match.verdict == CERTAIN:
                taken.update(match.items)
        waiting = left
    return matches


def _suspected(row, match, unseen):
    """The match, doubtful where the same money may be in the books already."""
    suspicions = row.suspicions
    if found := twin(row, match.payer, unseen):
        unseen.remove(found)
        suspicions += (Reason(REGISTERED, found.id),)
    verdict = DOUBTFUL if suspicions else match.verdict
    return match._replace(verdict=verdict, reasons=match.reasons + suspicions)


def twin(row: Row, payer: Any, registered: Iterable[Registered]) -> Registered | None:
    """The registered payment that may be the money of a row: of the same payer, if both are known, amount, and nearly the same day.

    >>> row = Row(1, date(2024, 3, 25), Decimal("99.90"), "PIX")
    >>> twin(row, "ana", [Registered("PAY/1", "ana", date(2024, 3, 21), Decimal("99.90"))]).id
    'PAY/1'
    >>> twin(row, "ana", [Registered("PAY/1", "bia", date(2024, 3, 21), Decimal("99.90"))])
    """
    return next((payment for payment in registered if _is_twin(row, payer, payment)), None)


def _is_twin(row, payer, payment):
    same_payer = payer is None or payment.payer is None or payer == payment.payer
    return same_payer and payment.amount == row.amount and -BOOKED_AFTER <= (row.day - payment.day).days <= BOOKED_BEFORE


def _by_reference(row, book, costs, taken):
    named = book.referred(row.text)
    items = [item for item in book.items if item in named]
    if not items:
        return _by_settled_reference(row, book)
    reasons = [Reason(REFERENCE, reference) for reference in dict.fromkeys(named[item] for item in items)]
    payers = {book.items[item].payer for item in items}
    left = tuple(item for item in items if item not in taken)
    if not left:
        return Match(DOUBTFUL, (), payers.pop() if len(payers) == 1 else None, (Reason(SETTLED_REFERENCE, named[items[0]]),))
    if len(payers) > 1:
        return Match(DOUBTFUL, left, None, (*reasons, Reason(REFERENCES_DIFFER)))
    payer = payers.pop()
    others = book.documented(row.text) - {payer}
    if others:
        reasons.append(Reason(OTHER_DOCUMENT))
    agreed = _agreed(row, left, costs)
    verdict = CERTAIN if agreed else DOUBTFUL
    return Match(verdict, left, payer, (*reasons, agreed or _difference(row, left, costs)))


def _by_settled_reference(row, book):
    settled = book.settled_in(row.text)
    if not settled:
        return None
    payers = book.documented(row.text)
    return Match(DOUBTFUL, (), payers.pop() if len(payers) == 1 else None, (Reason(SETTLED_REFERENCE, settled[0]),))


def _by_document(row, book, costs, taken):
    payers = book.documented(row.text)
    reason = Reason(DOCUMENT)
    if len(payers) != 1:
        # Six digits and the name together are as good as the number.
        payers = book.masked(row.text) & (book.named(row.name) or _named_in(row.text, book, book.masked(row.text)))
        reason = Reason(MASKED_DOCUMENT)
    if len(payers) != 1:
        return None
    payer = payers.pop()
    return _of_payer(row, payer, book, costs, taken, CERTAIN, (reason,))


def _named_in(text, book, payers):
    """Those of some payers whose whole name is in a text."""
    words = f" {' '.join(tokens(text))} "
    return {
        payer
        for payer in payers
        if any(len(tokens(name)) > 1 and f" {' '.join(tokens(name))} " in words for name in book.payers[payer].names)
    }


def _by_name(row, book, costs, taken):
    named = book.named(row.name)
    payers = named or book.masked(row.text)
    reason = Reason(NAME) if named else Reason(MASKED_DOCUMENT)
    payers = {payer for payer in payers if book.open_of(payer, taken)} or payers
    if len(payers) != 1:
        return None
    return _of_payer(row, payers.pop(), book, costs, taken, DOUBTFUL, (reason,))


def _of_payer(row, payer, book, costs, taken, verdict, reasons):
    """What a known payer pays: one invoice, or the oldest ones together."""
    items = book.open_of(payer, taken)
    if not items:
        return Match(DOUBTFUL, (), payer, (*reasons, Reason(NOTHING_OPEN)))
    alone = [(item, agreed) for item in items if (agreed := _agreed(row, (item,), costs))]
    if alone:
        # With the fees of the day first: a newer invoice may cost without fees what an older one costs with them.
        exact = [pair for pair in alone if pair[1].code == AMOUNT] or alone
        item, agreed = exact[0]
        several = (Reason(OLDEST, len(exact)),) if len(exact) > 1 else ()
        return Match(verdict, (item,), payer, (*reasons, agreed, *several))
    for oldest in accumulate((item,) for item in items):
        agreed = _agreed(row, oldest, costs)
        if agreed:
            return Match(verdict, oldest, payer, (*reasons, agreed, Reason(SEVERAL, len(oldest))))
    reached = _reached(row, items, costs)
    return Match(DOUBTFUL, reached, payer, (*reasons, _difference(row, reached, costs)))


def _reached(row, items, costs):
    """The oldest invoices that the money reaches, wholly or in part."""
    left, reached = row.amount, []
    for item in items:
        if left <= 0:
            break
        reached.append(item)
        left -= costs[item, row.day].total
    return tuple(reached)


def _costing(book, costs):
    """How to look by the amount alone."""
    costing: dict[tuple, list] = {}
    for (item, day), cost in costs.items():
        for amount in {cost.total, cost.residual}:
            costing.setdefault((day, amount), []).append(item)

    def by_amount(row, _book, _costs, taken):
        found = [item for item in costing.get((row.day, row.amount), ()) if item not in taken]
        payers = {book.items[item].payer for item in found}
        if len(payers) == 1:
            oldest = next(item for item in book.items if item in found)
            several = (Reason(OLDEST, len(found)),) if len(found) > 1 else ()
            return Match(DOUBTFUL, (oldest,), payers.pop(), (Reason(ONLY_AMOUNT), *several))
        return Match(NONE, (), None, (Reason(AMOUNT_SHARED, len(found)) if found else Reason(UNKNOWN),))

    return by_amount


def _agreed(row, items, costs):
    """The reason when a row's amount is what some invoices cost on its day, else nothing."""
    if row.amount == sum(costs[item, row.day].total for item in items):
        return Reason(AMOUNT)
    if row.amount == sum(costs[item, row.day].residual for item in items):
        return Reason(AMOUNT_WITHOUT_FEES)
    return None


def _difference(row, items, costs):
    difference = row.amount - sum(costs[item, row.day].total for item in items)
    return Reason(AMOUNT_MORE, difference) if difference > 0 else Reason(AMOUNT_LESS, -difference)
