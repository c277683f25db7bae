"""Payment codes as QR codes carry them (EMV, Brazil's BR Code): reading one, and its check sum.

A code is a row of fields: two digits of identifier, two of length, the value; the last one, ``63``, is the check sum of everything
before it, its own identifier and length included.
"""

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

AMOUNT, CURRENCY, COUNTRY, ADDITIONAL, CHECKSUM = "54", "53", "58", "62", "63"
REFERENCE = "05"  # within the additional data
PIX_ACCOUNT = "26"
UNKNOWN_REFERENCE = "***"


class PaymentCode(NamedTuple):
    """What a payment code says.

    :param amount: in the currency of the code; None where the payer types it.
    :param txid: the transaction id; empty where it has none of its own.
    :param fields: every field, by identifier.
    """

    amount: Decimal | None
    txid: str
    fields: dict[str, str]


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE of a text, as four upper-case hexadecimal digits.

    >>> crc16("123456789")
    '29B1'
    """
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def read(text: str) -> PaymentCode:
    """What a payment code says, once its check sum is right. Source: Banco Central's manual of the BR Code, EMV MPM.

    :raises ValueError: for a text that is no payment code, or a damaged one.

    >>> code = read("00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR"
    ...     "5913Fulano de Tal6008BRASILIA62070503***63041D3D")
    >>> code.amount, code.txid, code.fields["59"]
    (None, '', 'Fulano de Tal')
    >>> read("000201")
    Traceback (most recent call last):
    ValueError: the code has no check sum
    """
    fields = _fields(text)
    if CHECKSUM not in fields or not text.endswith(f"{CHECKSUM}04{fields[CHECKSUM]}"):
        raise ValueError("the code has no check sum")
    if crc16(text[:-4]) != fields[CHECKSUM]:
        raise ValueError(f"the check sum of the code should be {crc16(text[:-4])}, not {fields[CHECKSUM]}")
    try:
        amount = Decimal(fields[AMOUNT]) if AMOUNT in fields else None
    except InvalidOperation:
        raise ValueError(f"{fields[AMOUNT]!r} is no amount") from None
    reference = _fields(fields.get(ADDITIONAL, "")).get(REFERENCE, "")
    return PaymentCode(amount, "" if reference == UNKNOWN_REFERENCE else reference, fields)


def is_payment_code(text: str) -> bool:
    """Whether a text is built as a payment code that people can copy and paste.

    >>> is_payment_code("BCD\\n002\\n1\\nSCT")
    False
    """
    return text.startswith("000201") and "\n" not in text


def _fields(text):
    found, place = {}, 0
    while place < len(text):
        head = text[place : place + 4]
        if len(head) != 4 or not head.isdecimal():
            raise ValueError(f"no field begins at character {place + 1} of the code")
        end = place + 4 + int(head[2:])
        if end > len(text):
            raise ValueError(f"field {head[:2]} of the code is cut off")
        found[head[:2]] = text[place + 4 : end]
        place = end
    return found
