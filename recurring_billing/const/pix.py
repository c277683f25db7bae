"""Selection values of Pix: what codes at the bank, payments and returns went through."""

from ..rules import pix

ALL, SUBSCRIPTIONS = "all", "subscriptions"
APPLIES_TO = [(SUBSCRIPTIONS, "Invoices of subscriptions"), (ALL, "All customer invoices")]

TO_SEND, SENDING, ACTIVE = "to_send", "sending", "active"
TO_REVISE, REVISING, TO_REMOVE, REMOVING = "to_revise", "revising", "to_remove", "removing"
PAID, REMOVED, REFUSED = "paid", "removed", "refused"
CHARGE_STATES = [
    (TO_SEND, "To Be Registered"),
    (SENDING, "No Answer Yet"),
    (ACTIVE, "Can Be Paid"),
    (TO_REVISE, "To Be Changed"),
    (REVISING, "Changed, No Answer Yet"),
    (TO_REMOVE, "To Be Withdrawn"),
    (REMOVING, "Withdrawn, No Answer Yet"),
    (PAID, "Paid"),
    (REMOVED, "Withdrawn"),
    (REFUSED, "Refused by the Bank"),
]
OPEN = (TO_SEND, SENDING, ACTIVE, TO_REVISE, REVISING, TO_REMOVE, REMOVING)
"""States in which the bank may hold a code that can be paid."""
UNFINISHED = (TO_SEND, SENDING, TO_REVISE, REVISING, TO_REMOVE, REMOVING)
CHARGE_KINDS = [(pix.COB, "One amount"), (pix.COBV, "With due date, fine and interest")]

TOLD, RECEIVED, BOOKED, UNKNOWN = "told", "received", "booked", "unknown"
PAYMENT_STATES = [
    (TOLD, "Told, Not Yet Verified"),
    (RECEIVED, "Received, Not Yet Booked"),
    (BOOKED, "Booked"),
    (UNKNOWN, "Not Known to the Bank"),
]

RETURNING, RETURNED, NOT_RETURNED = "returning", "returned", "not_returned"
REFUND_STATES = [
    (TO_SEND, "To Be Sent"),
    (SENDING, "No Answer Yet"),
    (RETURNING, "Under Way"),
    (RETURNED, "Returned"),
    (NOT_RETURNED, "Not Returned"),
]
OF_BANK = {pix.RETURNING: RETURNING, pix.RETURNED: RETURNED, pix.NOT_RETURNED: NOT_RETURNED}
