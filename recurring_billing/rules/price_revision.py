"""The yearly price revision: how much an index rose, the new price, who is due, and from which day the new price counts.

Percentages are ``Decimal`` percent points (4.62 means 4.62 %). Months are the first day of the month. Source: RULES "Prices";
BRAZIL "Price revision" (Lei 10.192 art. 2: a revision more often than yearly is void, the clock restarts at each revision).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from .charges import ADVANCE
from .money import HUNDRED, round_money, to_decimal
from .periods import Interval, boundary, index_at

YEAR_MONTHS = 12
PERCENT_PLACES = Decimal("0.0001")


class MissingMonths(ValueError):
    """Values of an index are not known yet.

    :ivar months: the first day of every month without a value.
    """

    def __init__(self, months: Iterable[date]):
        self.months = tuple(months)
        super().__init__("no value for " + ", ".join(f"{month:%Y-%m}" for month in self.months))


class Rounding(NamedTuple):
    """Where new prices end: on multiples of a step, or a fixed part away from them.

    :param step: 0 for none beyond the currency's own.
    :param ending: what is added to a multiple: step 1 and ending 0.90 give 19.90, 20.90, …
    """

    step: Decimal = Decimal(0)
    ending: Decimal = Decimal(0)


TO_THE_UNIT = Rounding()


def month_of(day: date) -> date:
    """The first day of its month.

    >>> month_of(date(2026, 3, 17))
    datetime.date(2026, 3, 1)
    """
    return day.replace(day=1)


def index_months(effective: date, months: int, lag: int) -> list[date]:
    """The months whose values count for a new price, oldest first.

    :param months: how many.
    :param lag: how many months before the month of the effective day the last one lies; values are published some weeks late.

    >>> [f"{month:%Y-%m}" for month in index_months(date(2026, 3, 10), 3, 2)]
    ['2025-11', '2025-12', '2026-01']
    """
    if months < 1 or lag < 0:
        raise ValueError(f"an index needs at least one month and no negative lag, not {months} and {lag}")
    last = month_of(effective) - relativedelta(months=lag)
    return [last - relativedelta(months=n) for n in reversed(range(months))]


def accumulated(values: Mapping[date, Decimal], months: Iterable[date]) -> Decimal:
    """What monthly percentages make together: Π(1 + v/100) − 1, as a percentage to four places.

    :param values: percent by first day of the month.
    :raises MissingMonths: naming every month without a value.

    >>> jan, feb = date(2026, 1, 1), date(2026, 2, 1)
    >>> accumulated({jan: Decimal("1.00"), feb: Decimal("2.00")}, [jan, feb])
    Decimal('3.0200')
    >>> try:
    ...     accumulated({jan: Decimal("1.00")}, [jan, feb])
    ... except MissingMonths as missing:
    ...     print(missing)
    no value for 2026-02
    """
    months = list(months)
    missing = [month for month in months if month not in values]
    if missing:
        raise MissingMonths(missing)
    factor = Fraction(1)
    for month in months:
        factor *= 1 + Fraction(values[month]) / HUNDRED
    return round_money((factor - 1) * HUNDRED, PERCENT_PLACES)


def index_percent(rise: Decimal, *, floor: Decimal | None = Decimal(0), cap: Decimal | None = None, extra: Decimal = Decimal(0)) -> Decimal:
    """By how much prices change for an accumulated index: kept between floor and cap, then the fixed percentage is added.

    :param floor: None for none: then a negative index cuts prices.
    :param cap: None for none.

    >>> index_percent(Decimal("-3.18"))
    Decimal('0')
    >>> index_percent(Decimal("23.14"), cap=Decimal("10"))
    Decimal('10')
    >>> index_percent(Decimal("4.62"), extra=Decimal("2"))
    Decimal('6.62')
    >>> index_percent(Decimal("4.62"), floor=Decimal("5"), cap=Decimal("3"))
    Traceback (most recent call last):
    ValueError: the floor of 5 lies above the cap of 3
    """
    if floor is not None and cap is not None and floor > cap:
        raise ValueError(f"the floor of {floor} lies above the cap of {cap}")
    kept = rise if cap is None else min(rise, cap)
    kept = kept if floor is None else max(kept, floor)
    return kept + extra


def new_price(price: Decimal, percent: Decimal, *, unit: Decimal = Decimal("0.01"), rounding: Rounding = TO_THE_UNIT) -> Decimal:
    """The price after a revision, HALF_UP to the unit, or to where prices end.

    A price whose end is rounded never moves against the revision: an increase does not make it lower, nor a decrease higher.

    :param price: not negative.
    :param unit: the precision of the price, the currency's as a rule.
    :raises ValueError: when the percentage takes the whole price away.

    >>> new_price(Decimal("249.95"), Decimal("4.62"))
    Decimal('261.50')
    >>> new_price(Decimal("99.90"), Decimal("4.62"), rounding=Rounding(Decimal("0.10")))
    Decimal('104.50')
    >>> new_price(Decimal("99.90"), Decimal("4.62"), rounding=Rounding(Decimal("1"), Decimal("0.90")))
    Decimal('104.90')
    >>> new_price(Decimal("50.20"), Decimal("0.1"), rounding=Rounding(Decimal("1"), Decimal("0.90")))
    Decimal('50.20')
    """
    if percent <= -HUNDRED:
        raise ValueError(f"a price cannot fall by {-percent} percent")
    exact = Fraction(price) * (1 + Fraction(percent) / HUNDRED)
    if not rounding.step:
        return round_money(exact, unit)
    ended = round_money(exact - Fraction(rounding.ending), rounding.step) + rounding.ending
    ended = ended if ended > 0 else round_money(exact, unit)
    return max(ended, price) if percent >= 0 else min(ended, price)


def percent_between(old: Decimal, new: Decimal) -> Decimal:
    """The percentage that leads from one price to another, to two places; 0 from nothing.

    >>> percent_between(Decimal("80"), Decimal("84"))
    Decimal('5.00')
    """
    if not old:
        return Decimal("0.00")
    return Decimal((new - old) * HUNDRED / old).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def due_day(since: date, months: int = YEAR_MONTHS) -> date:
    """The first day on which a price may be revised again.

    :param since: the day billing started, or the last revision counts from.

    >>> due_day(date(2024, 2, 29))
    datetime.date(2025, 2, 28)
    """
    return since + relativedelta(months=months)


def is_void(months: int) -> bool:
    """Whether a clock of so many months is void for contracts in Brazil (Lei 10.192 art. 2).

    >>> is_void(6), is_void(12)
    (True, False)
    """
    return months < YEAR_MONTHS


def effective_day(
    anchor: date,
    interval: Interval,
    *,
    today: date,
    notice_days: int,
    due: date,
    timing: str = ADVANCE,
    lead_days: int = 0,
    not_billed: date | None = None,
) -> date:
    """The first boundary from which a new price can count: after the notice, not before it is due, its due moment still to come.

    :param due: see ``due_day``.
    :param not_billed: the first day that is not billed; what is billed keeps its price.

    Told on 3 March with 30 days' notice, on a monthly schedule of the 10th:

    >>> effective_day(date(2025, 1, 10), Interval(1, "month"), today=date(2026, 3, 3), notice_days=30, due=date(2026, 1, 10))
    datetime.date(2026, 4, 10)

    Without notice, today's boundary is due today, and may be billed already:

    >>> effective_day(date(2025, 1, 10), Interval(1, "month"), today=date(2026, 3, 10), notice_days=0, due=date(2026, 1, 10))
    datetime.date(2026, 4, 10)
    """
    earliest = max(today + timedelta(days=notice_days), due, not_billed or due)
    if timing == ADVANCE:
        earliest = max(earliest, today + timedelta(days=lead_days + 1))
    n = index_at(anchor, interval, earliest)
    start = boundary(anchor, interval, n)
    return start if start == earliest else boundary(anchor, interval, n + 1)


def parse_answer(rows: object) -> dict[date, Decimal]:
    """The answer of a service of indices: a list of ``{"data": "dd/MM/yyyy", "valor": "0.56"}``, the format of Brazil's central bank.

    :raises ValueError: for anything else, and for a month with two different values.

    >>> parse_answer([{"data": "01/01/2026", "valor": "0.56"}])
    {datetime.date(2026, 1, 1): Decimal('0.56')}
    >>> parse_answer({"error": "no"})
    Traceback (most recent call last):
    ValueError: a list of months and values was expected
    """
    if not isinstance(rows, list):
        raise ValueError("a list of months and values was expected")
    found: dict[date, Decimal] = {}
    for row in rows:
        month, value = _parse_row(row)
        if found.setdefault(month, value) != value:
            raise ValueError(f"two values for {month:%Y-%m}: {found[month]} and {value}")
    return found


def _parse_row(row: Any) -> tuple[date, Decimal]:
    try:
        day, number, year = _date_parts(row["data"])
        value = Decimal(str(row["valor"]).strip().replace(",", "."))
        month = date(year, number, day).replace(day=1)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"{str(row)[:60]} is not a month with a value") from error
    if not value.is_finite() or not -HUNDRED < value < 1000:
        raise ValueError(f"{value} is not a monthly percentage")
    return month, to_decimal(value)


def _date_parts(text: object) -> tuple[int, int, int]:
    day, number, year = str(text).strip().split("/")
    return int(day), int(number), int(year)
