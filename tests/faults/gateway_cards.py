"""A provider at the simulated gateway, and saved cards of customers, in a database that has the test addon."""


def make_provider(env, company, gateway, **values):
    """A provider for a company at a running gateway; its payments wait on an outstanding account, as those of real providers do.

    :param env: an environment in which the company is the active one.
    """
    if not env["account.payment.method"].search([("code", "=", "recurring_test")]):
        env["account.payment.method"].create({"name": "Test", "code": "recurring_test", "payment_type": "inbound"})
    journal = env["account.journal"].create({"name": "Cards", "code": "CRDS", "type": "bank", "company_id": company.id})
    method = env.ref("payment.payment_method_card")
    provider = env["payment.provider"].create(
        {
            "name": "Simulated gateway",
            "code": "recurring_test",
            "state": "test",
            "is_published": True,
            "allow_tokenization": True,
            "company_id": company.id,
            "payment_method_ids": [(6, 0, method.ids)],
            "journal_id": journal.id,
            "recurring_test_url": gateway.url,
            "recurring_test_key": gateway.key,
            "recurring_test_secret": gateway.secret,
            **values,
        }
    )
    method.write({"active": True, "support_tokenization": True, "support_manual_capture": "full_only", "support_refund": "partial"})
    line = journal.inbound_payment_method_line_ids.filtered(lambda line: line.payment_provider_id == provider)
    line.payment_account_id = env["account.account"].create(
        {
            "name": "Cards on the way",
            "code": "101950",
            "account_type": "asset_current",
            "reconcile": True,
            "company_ids": [(6, 0, company.ids)],
        }
    )
    return provider


def make_cards(env, provider, partners, **values):
    """A saved card for each customer, known to the gateway as `card_` and its id."""
    cards = env["payment.token"].create(
        [
            {
                "provider_id": provider.id,
                "payment_method_id": provider.payment_method_ids[:1].id,
                "partner_id": partner.id,
                "payment_details": "4242",
                "provider_ref": "new",
                **values,
            }
            for partner in partners
        ]
    )
    for card in cards:
        card.provider_ref = f"card_{card.id}"
    return cards
