{
    "name": "Recurring Billing: tests",
    "summary": "Tests of Recurring Billing with companies and models of their own; never install it in a real database",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Recurring Billing contributors",
    "license": "LGPL-3",
    "depends": ["recurring_billing", "recurring_billing_ubl"],
    "post_init_hook": "post_init_hook",
}
