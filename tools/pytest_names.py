"""Names of the variables by which `./dev test` speaks to its pytest plugin."""

REPORT = "RECURRING_BILLING_RING_REPORT"
"""The file for the counts."""
LONG = "RECURRING_BILLING_LONG_TESTS"
"""Set when tests marked `long` are to run."""
SHARED = "RECURRING_BILLING_SHARED_DATA"
"""The folder of the data that tests marked `shared_data` need; `../shared/data` unless set."""
