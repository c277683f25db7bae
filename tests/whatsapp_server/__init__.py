"""The WhatsApp Cloud API in a process of its own: its messages, templates, media, limits, errors and signed notifications.

with whatsapp_server.running() as meta:
    account = whatsapp_server.make_account(env, company, meta)
    ...
    meta.reply("+5551987654321", "já paguei")
    assert meta.ledger()[0]["template"] == "overdue_friendly"
"""

from .customer import make_account
from .meta import Meta, running

__all__ = ["Meta", "make_account", "running"]
