"""Until when a card can be charged, as payment providers tell it in their answers.

Providers name it differently, and none of Odoo's keeps it; the shapes known here are those of Stripe (``exp_month``, ``exp_year``),
Mercado Pago (``expiration_month``, ``expiration_year``), Adyen (``expiryDate`` 3/2030), Worldline (``expiryDate`` 0330) and Flutterwave
(``expiry`` 03/30). A card can be charged until the end of its month.
"""

import re
from calendar import monthrange
from datetime import date

PAIRS = (("exp_month", "exp_year"), ("expiration_month", "expiration_year"), ("expiry_month", "expiry_year"))
TEXTS = ("expiryDate", "expiry_date", "expiry", "expirationDate")
DEPTH = 6
_TEXT = re.compile(r"(\d{1,2})\s*[/-]?\s*(\d{4}|\d{2})")


def last_day(month: int, year: int) -> date | None:
    """The last day of a card's month; None for what is no month. Years of two digits are of this century.

    >>> last_day(2, 28)
    datetime.date(2028, 2, 29)
    >>> last_day(13, 2030) is None
    True
    """
    year = year + 2000 if year < 100 else year
    if not 1 <= month <= 12 or not 2000 <= year <= 2999:
        return None
    return date(year, month, monthrange(year, month)[1])


def expiry_in(data: object, depth: int = DEPTH) -> date | None:
    """The expiry of the card that a provider's answer speaks of; None where it says nothing.

    >>> expiry_in({"payment_method": {"type": "card", "card": {"last4": "4242", "exp_month": 3, "exp_year": 2030}}})
    datetime.date(2030, 3, 31)
    >>> expiry_in({"additionalData": {"cardSummary": "1111", "expiryDate": "3/2030"}})
    datetime.date(2030, 3, 31)
    >>> expiry_in({"card": {"cardNumber": "**4242", "expiryDate": "0330"}})
    datetime.date(2030, 3, 31)
    >>> expiry_in({"id": 7, "amount": "10.00"}) is None
    True
    """
    if isinstance(data, dict):
        found = _told(data)
        children = data.values()
    else:
        found, children = None, data if isinstance(data, list | tuple) else ()
    if found or not depth:
        return found
    return next((day for child in children if (day := expiry_in(child, depth - 1))), None)


def _told(data):
    for month, year in PAIRS:
        if str(data.get(month, "")).isdecimal() and str(data.get(year, "")).isdecimal():
            return last_day(int(data[month]), int(data[year]))
    for name in TEXTS:
        match = _TEXT.fullmatch(str(data.get(name) or "").strip())
        if match:
            return last_day(int(match[1]), int(match[2]))
    return None
