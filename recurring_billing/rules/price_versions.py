"""From which day a new price of the catalogue counts."""

from datetime import date, timedelta

from .periods import Interval
from .pricing import first_boundary


def version_day(anchor: date, interval: Interval, edited: date, lead_days: int, settled: date, since: date) -> date:
    """The first boundary whose due moment lies after the edit.

    :param lead_days: how many days before a period begins it is due; 0 for what is billed in arrears.
    :param settled: the first day that is not billed.
    :param since: the first paid day: the price it began with holds for its first period.

    Edited on 20 January, billed at the start of the month: February has the new price. Billed ten days ahead, February was due on
    22 January, after the edit; billed fifteen days ahead it was due on the 17th, so March is the first.

    >>> month = (date(2024, 1, 1), Interval(1, "month"))
    >>> began = date(2023, 5, 1)
    >>> version_day(*month, date(2024, 1, 20), 0, date(2024, 2, 1), began)
    datetime.date(2024, 2, 1)
    >>> version_day(*month, date(2024, 1, 20), 10, date(2024, 2, 1), began)
    datetime.date(2024, 2, 1)
    >>> version_day(*month, date(2024, 1, 20), 15, date(2024, 2, 1), began)
    datetime.date(2024, 3, 1)

    On the day a period is due it keeps its price; so does what is billed already, and what has just begun.

    >>> version_day(*month, date(2024, 2, 1), 0, date(2024, 2, 1), began)
    datetime.date(2024, 3, 1)
    >>> version_day(*month, date(2024, 1, 20), 0, date(2024, 5, 1), began)
    datetime.date(2024, 5, 1)
    >>> version_day(*month, date(2024, 1, 20), 0, date(2024, 4, 1), date(2024, 4, 1))
    datetime.date(2024, 5, 1)
    """
    after_edit = edited + timedelta(days=1 + lead_days)
    return first_boundary(anchor, interval, max(after_edit, settled, since + timedelta(days=1)))
