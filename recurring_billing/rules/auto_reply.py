"""Whether an e-mail was written by a machine: an out-of-office notice is no answer. RFC 3834 and what mail programs do besides.

In doubt a person wrote it: an answer nobody reads is worse than a pause too many. Help desks mark the letters of their people as generated
too, so that mark alone says nothing; with a subject like "Automatic reply: ..." it is believed.
"""

from collections.abc import Mapping

AWAY = (
    "automatic reply",
    "auto reply",
    "autoreply",
    "out of office",
    "resposta automática",
    "fora do escritório",
    "respuesta automática",
    "fuera de la oficina",
)
"""How subjects of notices begin that mail programs write while somebody is away: English, Portuguese, Spanish."""


def is_automatic(headers: Mapping[str, str]) -> bool:
    """Whether the headers of an e-mail say that a machine answered it.

    :param headers: by name, in any case, as ``email.message.Message`` gives them; the subject decoded.

    >>> is_automatic({"Auto-Submitted": "auto-replied; owner-email=ana@example.com"}), is_automatic({"Auto-Submitted": "No"})
    (True, False)
    >>> is_automatic({"precedence": "auto_reply"}), is_automatic({"Precedence": "bulk"})
    (True, False)
    >>> is_automatic({"Auto-Submitted": "auto-generated", "Subject": "Resposta automática: Fatura vencida"})
    True
    >>> is_automatic({"X-Auto-Response-Suppress": "All", "Subject": "Re: Overdue invoice"})
    False
    >>> is_automatic({"Subject": "Out of office?"}), is_automatic({})
    (False, False)
    """
    said = {name.lower(): str(value).strip().lower() for name, value in headers.items()}
    submitted = said.get("auto-submitted", "no").partition(";")[0].strip()
    if submitted == "auto-replied" or said.get("precedence") == "auto_reply":
        return True
    marked = submitted not in ("no", "") or said.get("x-auto-response-suppress", "none") not in ("none", "")
    return marked and said.get("subject", "").startswith(AWAY)
