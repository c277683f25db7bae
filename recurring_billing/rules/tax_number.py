"""Brazilian tax numbers: whether a number is a CPF, which persons have, companies do not."""

CPF_DIGITS = 11


def digits(text: str | None) -> str:
    """The digits of a number as people write it.

    >>> digits("529.982.247-25"), digits(None)
    ('52998224725', '')
    """
    return "".join(character for character in text or "" if character in "0123456789")


def is_cpf(text: str | None) -> bool:
    """Whether a number, with any punctuation, is a valid CPF: eleven digits, the last two of which check the others.

    >>> is_cpf("529.982.247-25"), is_cpf("529.982.247-24"), is_cpf("111.111.111-11"), is_cpf("11.222.333/0001-81")
    (True, False, False, False)
    """
    number = [int(digit) for digit in digits(text)]
    if len(number) != CPF_DIGITS or len(set(number)) == 1:
        return False
    return all(_check_digit(number[:length]) == number[length] for length in (9, 10))


def _check_digit(number: list[int]) -> int:
    weighted = sum(digit * weight for digit, weight in zip(number, range(len(number) + 1, 1, -1), strict=True))
    return weighted * 10 % 11 % 10


def readable(text: str | None) -> str:
    """A tax number as people read it: a CPF or a CNPJ of digits with its points, everything else as it is.

    >>> readable("52998224725"), readable("11222333000181"), readable("DE123456788"), readable("52998224724"), readable(None)
    ('529.982.247-25', '11.222.333/0001-81', 'DE123456788', '52998224724', '')
    """
    text = text or ""
    if is_cpf(text) and len(text) == 11:
        return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"
    if text.isdigit() and len(text) == 14:
        return f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}"
    return text
