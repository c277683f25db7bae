"""Selection values of service states: when a service is withheld, for how long, what is billed meanwhile."""

from ..rules.service_block import BLOCKED, REDUCED

BLOCK_WAITING, BLOCK_IN_FORCE, BLOCK_ENDED, BLOCK_CANCELLED = "waiting", "in_force", "ended", "cancelled"
BLOCK_STATES = [
    (BLOCK_WAITING, "Waiting for its day"),
    (BLOCK_IN_FORCE, "In force"),
    (BLOCK_ENDED, "Ended"),
    (BLOCK_CANCELLED, "Did not begin"),
]
BLOCK_OPEN = (BLOCK_WAITING, BLOCK_IN_FORCE)

EFFECTS = [(REDUCED, "Reduced"), (BLOCKED, "Blocked")]

ENDED_PAID, ENDED_BY_HAND, ENDED_CLOSED = "paid", "hand", "closed"
BLOCK_ENDS = [(ENDED_PAID, "Paid"), (ENDED_BY_HAND, "By hand"), (ENDED_CLOSED, "The subscription was closed")]

SCOPE_DEBT, SCOPE_ALL = "debt", "all"
BLOCK_SCOPES = [(SCOPE_DEBT, "The subscriptions with the debt"), (SCOPE_ALL, "Everything the customer pays for")]

BILLED_IN_FULL, NOT_BILLED = "full", "none"
BLOCK_BILLINGS = [(BILLED_IN_FULL, "Goes on in full"), (NOT_BILLED, "Stops with the next period")]

THANKS_NEVER, THANKS_DUNNED, THANKS_ALWAYS = "never", "dunned", "always"
THANKS = [
    (THANKS_NEVER, "Never"),
    (THANKS_DUNNED, "When the customer had been reminded"),
    (THANKS_ALWAYS, "For every payment"),
]

WHO_COLLECTS = ("recurring_billing.group_collections", "recurring_billing.group_manager", "account.group_account_invoice")
"""The groups that let services run again and decide whether a payment was found."""
