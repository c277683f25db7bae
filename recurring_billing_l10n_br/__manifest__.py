{
    "name": "Recurring Billing: Brazil",
    "summary": "What is Brazilian about recurring billing. Demo: a gym (log in as ana, bruno or carla, password as the login)",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "author": "Recurring Billing contributors",
    "license": "LGPL-3",
    "countries": ["br"],
    "depends": ["recurring_billing", "l10n_br"],
    "auto_install": True,
    "demo": [
        "demo/company.xml",
        "demo/users.xml",
        "demo/offers.xml",
        "demo/res.partner.csv",
        "demo/history.xml",
    ],
}
