"""The customer of the service: an account of a company that knows it."""

from .meta import APP_SECRET, BUSINESS_ACCOUNT_ID, PHONE_NUMBER_ID, TOKEN


def make_account(env, company, meta, **values):
    """A WhatsApp account of a company."""
    return env["recurring.whatsapp.account"].create(
        {
            "name": "WhatsApp",
            "company_id": company.id,
            "address": meta.address,
            "phone_number_id": PHONE_NUMBER_ID,
            "business_account_id": BUSINESS_ACCOUNT_ID,
            "access_token": TOKEN,
            "app_secret": APP_SECRET,
            **values,
        }
    )
