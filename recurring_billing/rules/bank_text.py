"""What a bank writes of a payment: its words, numbers and names, however they are spaced, accented or cut off."""

import re
import unicodedata

SHORTEST_REFERENCE = 5
SHORTEST_ACCOUNT = 4
LONGEST_RUN = 8  # tokens of a text that may be one reference: "RF34 0000 0000 42"
_LITTLE_WORDS = {"DE", "DA", "DO", "DAS", "DOS", "E"}
_MASKED = re.compile(r"[*xX•]{3}[.\s]?(\d{3})[.\s]?(\d{3})[-\s]?[*xX•]{2}")


def plain(text: str) -> str:
    """Capitals without accents, as most banks print names.

    >>> plain("João d'Ávila")
    "JOAO D'AVILA"
    """
    decomposed = unicodedata.normalize("NFKD", text or "")
    return "".join(char for char in decomposed if not unicodedata.combining(char)).upper()


def compact(text: str) -> str:
    """Letters and digits only: a tax number or a reference, however it is written.

    >>> compact("529.982.247-25")
    '52998224725'
    >>> compact("INV/2024/00012")
    'INV202400012'
    """
    return re.sub(r"[^A-Z0-9]", "", plain(text))


def tokens(text: str) -> list[str]:
    """The words and numbers of a text.

    >>> tokens("Pagto. INV/2024/12")
    ['PAGTO', 'INV', '2024', '12']
    """
    return re.findall(r"[A-Z0-9]+", plain(text))


def without_zeros(number: str) -> str:
    """A number without the zeros banks put before it, or leave out.

    >>> without_zeros("00052998224725"), without_zeros("0A1")
    ('52998224725', '0A1')
    """
    return number.lstrip("0") if number.isdigit() else number


def masked_in(text: str) -> list[str]:
    """The middle of each masked CPF: banks print six of its digits.

    >>> masked_in("PIX RECEBIDO ANA SOUZA ***.982.247-**")
    ['982247']
    """
    return ["".join(found) for found in _MASKED.findall(text or "")]


def same_name(written: str, known: str) -> bool:
    """Whether a bank's name is that of a customer: equal but for accents, little words and where the bank cuts it off.

    One word is nobody's name.

    >>> same_name("ANA CLAUDIA DE SOUZA LI", "Ana Cláudia Souza Lima")
    True
    >>> same_name("ANA SOUZA", "Ana Souza Lima")
    False
    >>> same_name("ANA", "Ana")
    False
    """
    one, other = name_words(written), name_words(known)
    if min(len(one), len(other)) < 2:
        return False
    if one == other:
        return True
    # Cut off inside the name: banks print 20 characters or more of it.
    cut, whole = " ".join(one), " ".join(other)
    return len(plain(written).strip()) >= 20 and whole.startswith(cut)


def name_words(name: str) -> list[str]:
    """The words of a name that count.

    >>> name_words("José da Silva")
    ['JOSE', 'SILVA']
    """
    return [word for word in tokens(name) if word not in _LITTLE_WORDS]


def runs(text: str):
    """Every run of neighbouring tokens of a text: (joined, tokens).

    >>> [joined for joined, tokens in runs("PIX 529-8")]
    ['PIX', 'PIX529', 'PIX5298', '529', '5298', '8']
    """
    words = tokens(text)
    for first in range(len(words)):
        for last in range(first + 1, min(first + LONGEST_RUN, len(words)) + 1):
            yield "".join(words[first:last]), words[first:last]


def is_reference(reference: str) -> bool:
    """Whether a reference is long enough to be found in a text, and is not only a word.

    >>> is_reference("INV/2024/00012"), is_reference("1234"), is_reference("GYMNASIUM")
    (True, False, False)
    """
    found = compact(reference)
    return len(found) >= SHORTEST_REFERENCE and any(char.isdigit() for char in found)


def is_written(reference: str, run: list[str]) -> bool:
    """Whether a run of tokens writes a reference: whole, part by part, or, where it has no parts, spaced in any way.

    >>> is_written("INV/2024/00012", ["INV", "2024", "00012"]), is_written("INV/2024/00012", ["INV2024", "00012"])
    (True, False)
    >>> is_written("RF340000000042", ["RF34", "0000", "0000", "42"])
    True
    """
    parts = tokens(reference)
    return len(run) == 1 or run == parts or len(parts) == 1


def same_account(one: str, other: str) -> bool:
    """Whether two texts may be the number of one bank account: with or without branch, zeros, check digit, or as an IBAN.

    >>> same_account("0001/12345-6", "12345-6"), same_account("0000012345", "12345-6"), same_account("XXXX-3456", "123456")
    (True, True, True)
    >>> same_account("DE89 3704 0044 0532 0130 00", "0532013000"), same_account("12345-6", "98765-4")
    (True, False)
    """
    numbers = [re.sub(r"\D", "", part).lstrip("0") for part in (_unmasked(one), _unmasked(other))]
    if min(map(len, numbers)) < SHORTEST_ACCOUNT:
        return True
    cut = [(number, number[:-1] if len(number) > SHORTEST_ACCOUNT else number) for number in numbers]
    return any(part in number for part in cut[0] for number in cut[1]) or any(part in number for part in cut[1] for number in cut[0])


def _unmasked(number):
    """What follows the last masked place of a number."""
    return re.split(r"[xX*]", number)[-1] if re.search(r"[*]|[xX]{2}", number) else number
