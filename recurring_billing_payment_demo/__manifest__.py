{
    "name": "Recurring Billing: demo cards",
    "summary": "Demo customers whose subscriptions are charged on saved cards of Odoo's demo payment provider",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "author": "Recurring Billing contributors",
    "license": "LGPL-3",
    "depends": ["recurring_billing", "payment_demo"],
    "auto_install": True,
    "demo": [
        "demo/offers.xml",
        "demo/res.partner.csv",
        "demo/history.xml",
    ],
}
