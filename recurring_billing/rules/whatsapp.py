"""What WhatsApp's answers, notifications and numbers mean. RULES "Dunning".

An answer that says that a message was not taken allows another try, one that does not come or cannot be read does not: nobody may be
written to twice about a debt.
"""

import re
import unicodedata

AGAIN, ACCOUNT, PERSON, TEXT, REFUSED, UNKNOWN = "again", "account", "person", "text", "refused", "unknown"

_AGAIN = {4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004}
_ACCOUNT = {0, 3, 10, 33, 190, 368, 131005, 131031, 131042, 131045, 133010, *range(200, 300)}
_PERSON = {130472, 130497, 131021, 131026, 131030, 131047, 131049, 131050}
_TEXT = {132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018}

SENT, DELIVERED, READ, FAILED = "sent", "delivered", "read", "failed"
_RANKS = {SENT: 1, FAILED: 2, DELIVERED: 3, READ: 4}

_STOP = {
    "parar", "pare", "parem", "sair", "stop", "unsubscribe", "optout", "descadastrar", "remover", "baja", "alto", "nao quero receber",
    "parar mensagens", "pare de mandar mensagem", "pare de me mandar mensagem", "stop messages", "nao me mande mais mensagens",
    "nao quero receber mensagens", "nao quero mais receber mensagens", "nao me envie mais mensagens", "cancelar mensagens",
    "salir", "no quiero recibir mensajes", "no quiero recibir mas mensajes", "no me escriban mas", "dejen de escribirme",
    "stop messaging me", "do not message me", "no more messages", "stopall",
}  # fmt: skip
_START = {"voltar", "start", "receber", "continuar", "retomar", "alta"}

WAITS_S = (60, 300, 900, 3600, 3 * 3600)
"""How long to wait before a message that was not taken is tried again: after the first try, the second…"""


def meaning(status, code=None):
    """What an answer that is no success says.

    ``again``: not taken, worth another try later. ``account``: nothing is taken until somebody mends the account. ``person``: this person
    cannot be reached so. ``text``: the registered text is at fault. ``refused``: not taken, for another reason. ``unknown``: it may have
    been taken.

    :param status: HTTP status of the answer.
    :param code: the documented code in it; None where there was none.

    >>> meaning(400, 130429), meaning(429)
    ('again', 'again')
    >>> meaning(401, 190), meaning(400, 131026), meaning(404, 132001)
    ('account', 'person', 'text')
    >>> meaning(400, 131009), meaning(400)
    ('refused', 'refused')

    A server that failed without saying at what may have sent the message:

    >>> meaning(500), meaning(503, 2), meaning(502, 1)
    ('unknown', 'unknown', 'unknown')
    """
    for known, word in ((_AGAIN, AGAIN), (_ACCOUNT, ACCOUNT), (_PERSON, PERSON), (_TEXT, TEXT)):
        if code in known:
            return word
    if status == 429:
        return AGAIN
    if code is None and status in (401, 403):
        return ACCOUNT
    return REFUSED if 400 <= status < 500 else UNKNOWN


def later_state(now, told):
    """The state of a message after a notification, which may come twice, late, or before an earlier one.

    What arrived has arrived, whatever is told afterwards; a failure says more than that it was sent.

    :param now: the state so far: any word; those that are no delivery state come before all others.

    >>> later_state("sent", "read"), later_state("read", "delivered"), later_state("unknown", "sent")
    ('read', 'read', 'sent')
    >>> later_state("sent", "failed"), later_state("failed", "sent"), later_state("delivered", "failed")
    ('failed', 'failed', 'delivered')
    >>> later_state("sent", "warning")
    'sent'
    """
    return told if _RANKS.get(told, 0) > _RANKS.get(now, 0) else now


def wait_s(tries):
    """Seconds until the next try, None where it was tried often enough.

    :param tries: how often it was tried, 1 or more.

    >>> wait_s(1), wait_s(5), wait_s(6)
    (60, 10800, None)
    """
    return WAITS_S[tries - 1] if tries <= len(WAITS_S) else None


def person(number):
    """The digits by which one person is one person, however the number is written.

    WhatsApp knows most Brazilian mobiles by the eight digits they had before the ninth, Argentine ones with a 9 after the country, and
    older Mexican ones with a 1, whatever is dialled.

    :param number: with country code; anything but digits is left out.

    >>> person("+55 51 98765-4321"), person("555187654321")
    ('5551987654321', '5551987654321')

    A landline has eight digits and no ninth:

    >>> person("+55 11 3333-4444")
    '551133334444'
    >>> person("5215512345678"), person("541112345678")
    ('525512345678', '5491112345678')
    """
    digits = re.sub(r"\D", "", number or "")
    if re.fullmatch(r"55[1-9]{2}[6-9]\d{7}", digits):
        return f"{digits[:4]}9{digits[4:]}"
    if re.fullmatch(r"521\d{10}", digits):
        return f"52{digits[3:]}"
    if re.fullmatch(r"54[1-8]\d{9}", digits):
        return f"549{digits[2:]}"
    return digits


def wish(text):
    """What somebody who wrote only a word or two wants of us: "stop", "start" or None.

    >>> wish("PARAR!"), wish(" Não quero receber. "), wish("voltar"), wish("No quiero recibir más mensajes")
    ('stop', 'stop', 'start', 'stop')

    Whoever says more is read by a person:

    >>> wish("vou parar no banco e pagar amanhã")
    """
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode().lower()
    said = " ".join(re.sub(r"[^a-z ]", " ", plain).split())
    return "stop" if said in _STOP else "start" if said in _START else None


def places(text):
    """The places of a registered text, in order, each once.

    >>> places("Hello {{1}}, {{2}} is due on {{ 3 }}. Thank you, {{1}}.")
    ['1', '2', '3']
    """
    return list(dict.fromkeys(re.findall(r"\{\{\s*(\w+)\s*\}\}", text or "")))


def filled(text, values):
    """A registered text with its places filled, as the customer reads it.

    >>> filled("Hello {{1}}, {{2}} is due.", {"1": "Ana", "2": "R$ 10,00"})
    'Hello Ana, R$ 10,00 is due.'
    """
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: str(values.get(found[1], found[0])), text or "")


def parameter(words):
    """Words as they fit into a place of a registered text: one line, no wide gaps.

    >>> parameter("Rua A, 5\\n  Porto\\tAlegre")
    'Rua A, 5 Porto Alegre'
    """
    return " ".join(str(words or "").split())
