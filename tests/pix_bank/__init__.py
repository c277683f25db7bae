"""A bank with the central bank's "API Pix", in a process of its own: real mutual TLS, every request checked against the description.

with pix_bank.running() as bank:
    account = pix_bank.make_account(env, company, bank)
    ...
    bank.pay(txid)
    assert bank.violations() == []
"""

from .bank import Bank, running
from .customer import file, make_account

__all__ = ["Bank", "file", "make_account", "running"]
