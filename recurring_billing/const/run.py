"""Selection values of billing runs: their states, what they foresee, what they leave to people."""

SCHEDULED, MANUAL, RETRY = "scheduled", "manual", "retry"
RUN_TRIGGERS = [(SCHEDULED, "Scheduled"), (MANUAL, "Bill Now"), (RETRY, "Retry")]
QUEUED, RUNNING, RUN_WAITING, RUN_DONE, RUN_INTERRUPTED = "queued", "running", "waiting", "done", "interrupted"
RUN_STATES = [
    (QUEUED, "Queued"),
    (RUNNING, "Running"),
    (RUN_WAITING, "Waiting for Confirmation"),
    (RUN_DONE, "Done"),
    (RUN_INTERRUPTED, "Interrupted"),
]

PREVIEW_INVOICE, PREVIEW_CREDIT, PREVIEW_NOTHING = "invoice", "credit", "nothing"
PREVIEW_KINDS = [(PREVIEW_INVOICE, "Invoice"), (PREVIEW_CREDIT, "Credit Note"), (PREVIEW_NOTHING, "Cannot be Planned")]
PREVIEW_PARKED, PREVIEW_PROBLEM, PREVIEW_CATCH_UP, PREVIEW_LOCKED, PREVIEW_DRAFT = "parked", "problem", "catch_up", "locked", "draft"
PREVIEW_ATTENTIONS = [
    (PREVIEW_PARKED, "Parked"),
    (PREVIEW_PROBLEM, "Will be Parked"),
    (PREVIEW_CATCH_UP, "Old Work to Confirm"),
    (PREVIEW_LOCKED, "Locked Month"),
    (PREVIEW_DRAFT, "Draft Waits"),
]
PREVIEW_HELD = (PREVIEW_PARKED, PREVIEW_PROBLEM, PREVIEW_CATCH_UP)

ISSUE_OPEN, ISSUE_SOLVED = "open", "solved"
ISSUE_STATES = [(ISSUE_OPEN, "Open"), (ISSUE_SOLVED, "Solved")]
ISSUE_CATCH_UP, ISSUE_REFUSED, ISSUE_ERROR = "catch_up", "refused", "error"
ISSUE_PARTNER, ISSUE_PRODUCT, ISSUE_JOURNAL, ISSUE_TAX = "partner", "product", "journal", "tax"
ISSUE_INCOME, ISSUE_RECEIVABLE, ISSUE_RATE, ISSUE_OLD_RATE = "income", "receivable", "rate", "old_rate"
ISSUE_LEDGER, ISSUE_OPENING, ISSUE_DRAFT, ISSUE_FISCAL = "ledger", "opening", "draft", "fiscal"
ISSUE_KINDS = [
    (ISSUE_CATCH_UP, "Old work to confirm"),
    (ISSUE_PARTNER, "Archived customer"),
    (ISSUE_PRODUCT, "Archived product"),
    (ISSUE_JOURNAL, "Journal missing or archived"),
    (ISSUE_TAX, "Archived tax"),
    (ISSUE_INCOME, "No income account"),
    (ISSUE_RECEIVABLE, "No receivable account"),
    (ISSUE_RATE, "No currency rate"),
    (ISSUE_OLD_RATE, "Old currency rate"),
    (ISSUE_LEDGER, "Already billed"),
    (ISSUE_OPENING, "Opening position to credit"),
    (ISSUE_DRAFT, "Draft changed by hand"),
    (ISSUE_REFUSED, "Refused by accounting"),
    (ISSUE_ERROR, "Unexpected error"),
    (ISSUE_FISCAL, "Fiscal document rejected"),
]
ISSUES_NOT_PARKING = (ISSUE_FISCAL,)
"""Kinds that concern an invoice that exists: the subscription is billed on."""
