"""Selection values of movements of MRR, and the key of who writes them."""

from ..rules import revenue

REVENUE_KINDS = [
    (revenue.NEW, "New"),
    (revenue.EXPANSION, "Expansion"),
    (revenue.CONTRACTION, "Contraction"),
    (revenue.CHURN, "Churn"),
    (revenue.REACTIVATION, "Reactivation"),
]
TRANSFER, REVENUE_CORRECTION = "transfer", "correction"
REVENUE_REASONS = [
    (revenue.START, "Started"),
    (revenue.PRICE, "New price, quantity or discount"),
    (revenue.PAUSE, "Paused"),
    (revenue.RESUME, "Resumed"),
    (revenue.END, "Ended"),
    (TRANSFER, "Moved to another customer, seller or group"),
    (REVENUE_CORRECTION, "Told differently later"),
]
RECORDING = object()
"""Who writes MRR movements carries this very object in the context: no caller from outside can send it."""
