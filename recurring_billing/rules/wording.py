"""Texts with names in braces that stand for a customer's figures: what they may say, and filling them in.

Collection messages carry the supplier's name, address and tax number and never expose a debt to who looks over a shoulder (BRAZIL,
"Collection messages"): where others may read along (a subject, an SMS, the first lines of a message), nothing tells how much is owed,
since when, or for what.
"""

import re

BLOCK = "payment"
"""Stands alone in a paragraph: the table of debts, the button, the code. Only on paper and in e-mails."""

OPEN_NAMES = ("name", "first_name", "company", "company_phone", "company_email", "contact", "today", "link")
"""What everybody may see who looks at the screen."""

CLOSED_NAMES = (
    "amount",
    "due_date",
    "days_late",
    "documents",
    "what_for",
    "fees",
    "deadline",
    "promise_date",
    "promise_amount",
    "paid_amount",
    "company_tax_id",
    "company_address",
)
"""What only the customer reads, after opening the message."""

NAMES = (*OPEN_NAMES, *CLOSED_NAMES)

_NAME = re.compile(r"\{([^{}\n]*)\}")
_NAME_STOP = re.compile(_NAME.pattern + r"(\.?(?!\.))")
_BRACE = re.compile(r"[{}]")


def names_in(text):
    """The names a text uses, in their order, each once.

    >>> names_in("Hello {name}, {company} thanks {name}.")
    ['name', 'company']
    """
    return list(dict.fromkeys(_NAME.findall(text or "")))


def faults(text, allowed):
    """What is wrong with a text: names that are not allowed, and braces that hold no name.

    :param allowed: names that may stand in it.
    :return: list of names, or ``"{"`` and ``"}"`` for a brace by itself; empty where the text is fine.

    >>> faults("Hello {name}, you owe {amont}.", NAMES)
    ['amont']
    >>> faults("Hello {name, you owe {amount}.", NAMES)
    ['{']
    >>> faults("{company}: {link}", OPEN_NAMES)
    []
    """
    wrong = [name for name in names_in(text) if name not in allowed]
    return wrong + list(dict.fromkeys(_BRACE.findall(_NAME.sub("", text or ""))))


def fill(text, values):
    """A text with its names filled in. A name without a value leaves nothing, and no space before a sign; values are not read again.

    :param values: dict name → text.

    >>> fill("Hello {name}, {amount} is due on {due_date}.", {"name": "Ana", "amount": "$ 50.00", "due_date": "03/10/2026"})
    'Hello Ana, $ 50.00 is due on 03/10/2026.'
    >>> fill("Hello {first_name}, thanks.", {"first_name": ""})
    'Hello, thanks.'
    >>> fill("{name}", {"name": "{amount}"})
    '{amount}'
    >>> fill("This is {company}. Hello!", {"company": "Ipê Ltda."})
    'This is Ipê Ltda. Hello!'
    """
    text = text or ""
    for name in names_in(text):
        if not values.get(name):
            text = re.sub(r" ?\{" + re.escape(name) + r"\}(?=[,.;:!?])", "", text)
    return _NAME_STOP.sub(lambda found: _one_stop(str(values.get(found[1]) or ""), found[2]), text).strip()


def _one_stop(value, stop):
    """A value and the full stop after it: a name that ends with one ("Ltda.") ends the sentence too."""
    return value if value.endswith(".") else value + stop


def paragraphs(text):
    """The paragraphs of a text, each a list of lines; what stands between empty lines.

    >>> paragraphs("Dear Ana,\\n\\nplease pay.\\n\\nRegards\\nHarbor Gym\\n")
    [['Dear Ana,'], ['please pay.'], ['Regards', 'Harbor Gym']]
    """
    parts = re.split(r"\n[ \t]*\n", (text or "").strip())
    return [[line.rstrip() for line in part.strip("\n").split("\n")] for part in parts if part.strip()]


def pieces(text, values):
    """A text for paper or e-mail: paragraphs with their names filled in before and after the block of the debts.

    :return: (paragraphs before, paragraphs after); the block stands at the end of a text that does not place it.

    >>> pieces("Hello {name},\\n\\n{payment}\\n\\nThank you.", {"name": "Ana"})
    ([['Hello Ana,']], [['Thank you.']])
    >>> pieces("Hello {name},", {"name": "Ana"})
    ([['Hello Ana,']], [])
    """
    before, mark, after = (text or "").partition("{" + BLOCK + "}")
    filled = [[[fill(line, values) for line in part] for part in paragraphs(side)] for side in (before, after if mark else "")]
    return filled[0], filled[1]


def tax_id(number, label="", country=""):
    """A tax number as a letterhead shows it. Brazil's are told apart by their length and written with their signs.

    >>> tax_id("12345678000195", country="BR")
    'CNPJ 12.345.678/0001-95'
    >>> tax_id("529.982.247-25", "CPF", "BR")
    'CPF 529.982.247-25'
    >>> tax_id("DE123456788", "VAT", "DE"), tax_id("", "VAT", "DE")
    ('VAT DE123456788', '')
    """
    digits = re.sub(r"\D", "", number or "")
    if country == "BR" and len(digits) == 14:
        return f"CNPJ {digits[:2]}.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-{digits[12:]}"
    if country == "BR" and len(digits) == 11:
        return f"CPF {digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"
    return f"{label} {number}".strip() if number else ""


def mask(address):
    """An address that can be told from others without giving it away: for lists, and for screens others see.

    >>> mask("ana.silva@example.com")
    'an•••@example.com'
    >>> mask("+55 11 98765-4321")
    '+55 ••• 4321'
    >>> mask("4321")
    '•••'
    >>> mask("Rua das Flores 12, São Paulo")
    'Rua das Fl•••'
    >>> mask(False)
    ''
    """
    address = (address or "").strip()
    if "@" in address:
        user, _at, domain = address.rpartition("@")
        return f"{user[: 2 if len(user) > 2 else 1]}•••@{domain}"
    digits = re.sub(r"\D", "", address)
    if re.fullmatch(r"[\d\s()+./-]*", address) and address:
        if len(digits) < 8:
            return "•••"
        start = re.match(r"\+\d{1,2}", address)
        return f"{start[0] + ' ' if start else ''}••• {digits[-4:]}"
    return f"{address[:10]}•••" if address else ""
