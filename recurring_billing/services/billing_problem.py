"""Why a subscription is left out of billing: errors as data."""

from typing import NamedTuple


class Problem(NamedTuple):
    """A reason a person understands: what happened, which record, what to do.

    :param kind: one of ``const.ISSUE_KINDS``.
    :param name: what happened, in one line.
    :param message: what to do.
    :param record: the record that has to be mended, or None.
    :param detail: the periods and money that wait.
    :param amount: what waits, in the subscription's currency.
    """

    kind: str
    name: str
    message: str
    record: object = None
    detail: str = ""
    amount: float = 0.0
    technical_detail: str = ""

    def _asdict_for_issue(self):
        values = self._asdict()
        record = values.pop("record")
        return {
            **values,
            "record_model": record._name if record else False,
            "record_id": record.id if record else False,
            "record_name": record.display_name if record else False,
        }
