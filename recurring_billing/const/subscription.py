"""Selection values of subscriptions: their state, their health, who reads them."""

from datetime import date

LATEST = date(2999, 12, 31)
"""No date of a subscription is later: other systems write 31 December 9999 for "no end", and there is no day after that."""

DRAFT, WAITING, ACTIVE, PAUSED, CLOSED = "draft", "waiting", "active", "paused", "closed"
SUBSCRIPTION_STATES = [
    (DRAFT, "Draft"),
    (WAITING, "Waiting to Start"),
    (ACTIVE, "Active"),
    (PAUSED, "Paused"),
    (CLOSED, "Closed"),
]
BILLED_STATES = (ACTIVE, PAUSED, CLOSED)
HEALTH_OK, HEALTH_LATE, HEALTH_ISSUE = "ok", "late", "issue"
HEALTHS = [(HEALTH_OK, "In Order"), (HEALTH_LATE, "Late"), (HEALTH_ISSUE, "Needs Attention")]
RUNNING_SERVICE, REDUCED_SERVICE, BLOCKED_SERVICE = "running", "reduced", "blocked"
SERVICE_STATES = [(RUNNING_SERVICE, "Running"), (REDUCED_SERVICE, "Reduced"), (BLOCKED_SERVICE, "Blocked")]
BADGE_BLOCKED, BADGE_LATE, BADGE_PAUSED, BADGE_WAITING, BADGE_OK = "blocked", "late", "paused", "waiting", "ok"
BADGES = [
    (BADGE_BLOCKED, "Blocked"),
    (BADGE_LATE, "Late"),
    (BADGE_PAUSED, "Paused"),
    (BADGE_WAITING, "Waiting to Start"),
    (BADGE_OK, "In Order"),
]
"""How a customer stands, in one word, the gravest first."""

BY_PAUSE, BY_CHANGE, BY_REPRICE, BY_END = "pause", "change", "reprice", "end"
ENDED_BY = [(BY_PAUSE, "Paused"), (BY_CHANGE, "Replaced"), (BY_REPRICE, "New price or quantity"), (BY_END, "Ended")]

READERS = "recurring_billing.group_user,recurring_billing.group_collections,recurring_billing.group_auditor,account.group_account_invoice"
"""The groups that may read subscriptions: links to these on records that others read too are for them alone."""
