"""The bank's customer in Odoo: a Pix account that knows the bank, and the bank knows."""

import base64

from .bank import CLIENT, SECRET, Bank


def make_account(env, company, bank: Bank, **values):
    """A Pix account of a company at a running bank.

    :param env: an environment of an administrator, in which the company is the active one.
    """
    journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
    return env["recurring.pix.account"].create(
        {
            "name": "Pix",
            "company_id": company.id,
            "journal_id": journal.id,
            "pix_key": "7d9f0335-8dcc-4054-9bf9-0dbd61d36906",
            "address": bank.address,
            "token_address": bank.token_address,
            "client": CLIENT,
            "secret": SECRET,
            "certificate": file(bank, "customer"),
            "private_key": file(bank, "customer_key"),
            "authority": file(bank, "authority"),
            **values,
        }
    )


def file(bank: Bank, name: str) -> str:
    """A file of the bank's papers as Odoo keeps it."""
    return base64.b64encode(bank.files[name].read_bytes()).decode()
