"""Whether an e-mail was written by a machine: an out-of-office notice is no answer. RFC 3834 and what mail programs do besides."""

from collections.abc import Mapping

BY_MACHINE = ("bulk", "junk", "auto_reply")
"""Precedences that nobody's own letter has."""


def is_automatic(headers: Mapping[str, str]) -> bool:
    """Whether the headers of an e-mail say that a machine wrote it.

    :param headers: by name, in any case, as ``email.message.Message`` gives them.

    >>> is_automatic({"Auto-Submitted": "auto-replied; owner-email=ana@example.com"}), is_automatic({"Auto-Submitted": "No"})
    (True, False)
    >>> is_automatic({"X-Auto-Response-Suppress": "All"}), is_automatic({"precedence": "auto_reply"})
    (True, True)
    >>> is_automatic({"Precedence": "first-class"})
    False
    >>> is_automatic({"Subject": "Out of office?"}), is_automatic({})
    (False, False)
    """
    said = {name.lower(): str(value).partition(";")[0].strip().lower() for name, value in headers.items()}
    return (
        said.get("auto-submitted", "no") not in ("no", "")
        or said.get("x-auto-response-suppress", "none") not in ("none", "")
        or said.get("precedence", "") in BY_MACHINE
    )
