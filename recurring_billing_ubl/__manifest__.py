{
    "name": "Recurring Billing: e-invoices",
    "summary": "E-invoices (UBL, Factur-X) of subscriptions tell the period of each line and of the whole invoice",
    "version": "19.0.1.0.0",
    "category": "Sales/Subscriptions",
    "author": "Recurring Billing contributors",
    "license": "LGPL-3",
    "depends": ["recurring_billing", "account_edi_ubl_cii"],
    "auto_install": True,
}
