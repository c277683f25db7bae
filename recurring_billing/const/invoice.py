"""Selection values of what is invoiced: stages, fiscal documents, one-offs, slips of booklets, the checks of a month."""

from .plan import NEXT_INVOICE

SETTLED = ("paid", "in_payment", "reversed")
"""The payment states in which nothing is left to pay."""

STAGE_REVIEW, STAGE_FISCAL, STAGE_TO_CHARGE, STAGE_TO_SEND, STAGE_DONE = "review", "fiscal", "to_charge", "to_send", "done"
INVOICE_STAGES = [
    (STAGE_REVIEW, "To Review"),
    (STAGE_FISCAL, "To Authorize"),
    (STAGE_TO_CHARGE, "To Charge"),
    (STAGE_TO_SEND, "To Send"),
    (STAGE_DONE, "Done"),
]
AS_COMPANY, WAIT, NO_WAIT = "company", "wait", "no_wait"
FISCAL_WAITS = [(AS_COMPANY, "As the settings say"), (WAIT, "Wait for it"), (NO_WAIT, "Do not wait")]
FISCAL_WAITING, FISCAL_AUTHORIZED, FISCAL_REJECTED, FISCAL_CANCELLED = "waiting", "authorized", "rejected", "cancelled"
FISCAL_STATUSES = [
    (FISCAL_WAITING, "Waiting"),
    (FISCAL_AUTHORIZED, "Authorized"),
    (FISCAL_REJECTED, "Rejected"),
    (FISCAL_CANCELLED, "Cancelled"),
]

AT_ONCE = "at_once"
ONE_OFF_WHEN = [(NEXT_INVOICE, "On the next invoice"), (AT_ONCE, "With the next run, by itself if need be")]
ONE_OFF_WAITING, ONE_OFF_BILLED, ONE_OFF_WITHDRAWN = "waiting", "billed", "withdrawn"
ONE_OFF_STATES = [(ONE_OFF_WAITING, "Waiting"), (ONE_OFF_BILLED, "Billed"), (ONE_OFF_WITHDRAWN, "Withdrawn")]

SLIP_OPEN, SLIP_PAID, SLIP_SETTLED, SLIP_VOID = "open", "paid", "settled", "void"
SLIP_STATES = [(SLIP_OPEN, "To Pay"), (SLIP_PAID, "Paid Ahead"), (SLIP_SETTLED, "Settled"), (SLIP_VOID, "Void")]

CLOSING_UNBILLED, CLOSING_DRAFT, CLOSING_PARKED, CLOSING_LOCKED, CLOSING_RUN = "unbilled", "draft", "parked", "locked", "run"
CLOSING_FISCAL, CLOSING_TO_SEND, CLOSING_TO_CHARGE = "fiscal", "to_send", "to_charge"
CLOSING_CHECKS = [
    (CLOSING_UNBILLED, "Unbilled work"),
    (CLOSING_DRAFT, "Draft invoices"),
    (CLOSING_PARKED, "Parked subscriptions"),
    (CLOSING_RUN, "Runs that wait or were interrupted"),
    (CLOSING_FISCAL, "Invoices that wait for a fiscal document"),
    (CLOSING_TO_SEND, "Invoices to send"),
    (CLOSING_TO_CHARGE, "Invoices to charge"),
    (CLOSING_LOCKED, "Accounting date in another month"),
]
