"""Selection values of charging by itself: cards, attempts, mandates and their debits, payments taken back."""

from ..rules import mandates, retry

CHARGE_OUTCOMES = [
    (retry.DONE, "Paid"),
    (retry.PENDING, "Pending"),
    (retry.AUTHORIZED, "Authorized"),
    (retry.CANCELLED, "Cancelled"),
    (retry.DECLINED_SOFT, "Declined"),
    (retry.DECLINED_HARD, "Declined for Good"),
    (retry.UNKNOWN, "Unknown"),
    (retry.NOT_SENT, "Not Sent"),
]
DECLINE_MEANINGS = [
    (retry.SOFT, "Try again"),
    (retry.HARD, "Never this card again"),
    (retry.UNCLEAR, "It does not say whether money moved"),
]
CHARGE_PLANNED, CHARGE_RUNNING, CHARGE_CLARIFY, CHARGE_STOPPED = "planned", "running", "clarify", "stopped"
CHARGE_STATES = [
    (CHARGE_PLANNED, "Charge Planned"),
    (CHARGE_RUNNING, "Charge Under Way"),
    (CHARGE_CLARIFY, "To Clarify"),
    (CHARGE_STOPPED, "Not Charged Any More"),
]
"""Where the automatic charging of an invoice stands; empty: nothing was tried, or it is over."""

CHARGE_STOPS = [
    (retry.STOP_PAID, "Paid otherwise"),
    (retry.STOP_HARD, "The card was refused for good"),
    (retry.STOP_CARD, "Another card is needed"),
    (retry.STOP_USED_UP, "All tries failed"),
    (retry.STOP_PERSON, "Stopped by a person"),
    (retry.STOP_NO_CARD, "No usable card"),
    (retry.STOP_ERROR, "Odoo refused the payment"),
    (retry.STOP_DISPUTED, "A payment was undone"),
]
ATTEMPT_CHARGE, ATTEMPT_CAPTURE, ATTEMPT_VOID, ATTEMPT_REFUND = "charge", "capture", "void", "refund"
ATTEMPT_KINDS = [
    (ATTEMPT_CHARGE, "Charge"),
    (ATTEMPT_CAPTURE, "Capture"),
    (ATTEMPT_VOID, "Release"),
    (ATTEMPT_REFUND, "Refund"),
]
CLARIFY_UNKNOWN, CLARIFY_TWICE, CLARIFY_DIFFERS = "unknown", "twice", "differs"
CLARIFY_UNFINISHED, CLARIFY_UNBOOKED = "unfinished", "unbooked"
CLARIFY_REASONS = [
    (CLARIFY_UNKNOWN, "Nobody knows whether it was paid"),
    (CLARIFY_TWICE, "Paid although nothing was due any more"),
    (CLARIFY_DIFFERS, "Another amount than the invoice"),
    (CLARIFY_UNFINISHED, "An online payment was begun and not finished"),
    (CLARIFY_UNBOOKED, "Paid, but not booked"),
]
RETRY_REMIND, RETRY_BLOCK, RETRY_CLOSE = "remind", "block", "close"
RETRY_ENDS = [
    (RETRY_REMIND, "Leave it as an open debt and tell the responsible person"),
    (RETRY_BLOCK, "Block the service until it is paid"),
    (RETRY_CLOSE, "Close the subscription"),
]

CHARGEBACK_OPEN, CHARGEBACK_WON, CHARGEBACK_LOST = "open", "won", "lost"
CHARGEBACK_STATES = [(CHARGEBACK_OPEN, "Open"), (CHARGEBACK_WON, "Won: the money came back"), (CHARGEBACK_LOST, "Lost")]

MANDATE_STATES = [
    (mandates.DRAFT, "Draft"),
    (mandates.REQUESTED, "Requested"),
    (mandates.ACTIVE, "Active"),
    (mandates.SUSPENDED, "Suspended"),
    (mandates.CANCELLED, "Cancelled"),
    (mandates.EXPIRED, "Expired"),
]
MANDATES_IN_FORCE = (mandates.REQUESTED, mandates.ACTIVE, mandates.SUSPENDED)
"""Nothing else is charged by itself where one of these is to pay."""
DEBIT_INTENDED, DEBIT_ANNOUNCED, DEBIT_UNKNOWN = "intended", "announced", "unknown"
DEBIT_DONE, DEBIT_FAILED, DEBIT_CANCELLED = "done", "failed", "cancelled"
DEBIT_STATES = [
    (DEBIT_INTENDED, "Being Announced"),
    (DEBIT_ANNOUNCED, "Announced"),
    (DEBIT_UNKNOWN, "To Clarify"),
    (DEBIT_DONE, "Paid"),
    (DEBIT_FAILED, "Failed"),
    (DEBIT_CANCELLED, "Taken Back"),
]
DEBITS_UNDER_WAY = (DEBIT_INTENDED, DEBIT_ANNOUNCED, DEBIT_UNKNOWN)

CARD_FINE, CARD_EXPIRING, CARD_UNDATED, CARD_UNUSABLE, CARD_MISSING = "fine", "expiring", "undated", "unusable", "missing"
CARD_STATES = [
    (CARD_FINE, "Will Do"),
    (CARD_EXPIRING, "Expires Soon"),
    (CARD_UNDATED, "Expiry Not Known"),
    (CARD_UNUSABLE, "Cannot Be Charged"),
    (CARD_MISSING, "No Card"),
]
"""The card of a subscription that is charged by itself."""
NOTICE_CARD_FIRST, NOTICE_CARD_LAST, NOTICE_CARD_UNUSABLE = "first", "last", "unusable"
CARD_NOTICE_KINDS = [
    (NOTICE_CARD_FIRST, "Expires within 30 days"),
    (NOTICE_CARD_LAST, "Expires within 7 days"),
    (NOTICE_CARD_UNUSABLE, "Cannot be charged"),
]
