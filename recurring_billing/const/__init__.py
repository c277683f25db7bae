"""Selection values of the models, each in one place. The rules' own words come from the rules."""

from datetime import date
from decimal import Decimal

from ..rules import (
    bank_csv,
    bank_matching,
    billing_dates,
    charges,
    identity,
    lineages,
    mandates,
    periods,
    proration,
    retry,
    revenue,
    terms,
    usage,
    usage_account,
)
from ..rules.price_revision import Rounding

LATEST = date(2999, 12, 31)
"""No date of a subscription is later: other systems write 31 December 9999 for "no end", and there is no day after that."""

UNITS = [
    (periods.DAY, "Days"),
    (periods.WEEK, "Weeks"),
    (periods.MONTH, "Months"),
    (periods.YEAR, "Years"),
]
ANNIVERSARY, FIXED_DAY = "anniversary", "fixed_day"
ALIGNMENTS = [(ANNIVERSARY, "Day the subscription starts"), (FIXED_DAY, "Fixed day of the month")]
MONTHS = [
    ("0", "Any month"),
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
TIMINGS = [(charges.ADVANCE, "In advance"), (charges.ARREARS, "In arrears")]
PRORATIONS = [
    (proration.ACTUAL, "By the day"),
    (proration.THIRTY, "By the day, months of 30 days"),
    (proration.FULL, "First partial period costs a whole one"),
    (proration.NONE, "First partial period is free"),
]
INVOICE_DATES = [(billing_dates.RUN_DATE, "Day of the run"), (billing_dates.PERIOD_DATE, "Day the period became due")]
SEPARATE, TOGETHER = "separate", "together"
CATCH_UPS = [(SEPARATE, "One invoice per missed period"), (TOGETHER, "All missed periods on one invoice")]
PER_SUBSCRIPTION, PER_CUSTOMER = "subscription", "customer"
GROUPINGS = [(PER_SUBSCRIPTION, "One per subscription"), (PER_CUSTOMER, "One per customer for all that is due")]
RENEW, RENEW_TERM, RENEW_QUOTE, END = "renew", "term", "quote", "end"
RENEWALS = [
    (RENEW, "Goes on until closed"),
    (RENEW_TERM, "Is renewed for another term"),
    (RENEW_QUOTE, "Ends, unless a quotation for another term is accepted"),
    (END, "Ends after the minimum term"),
]
RENEWALS_THAT_END = (RENEW_QUOTE, END)
SAME_PRICE, REVISED_PRICE, CATALOGUE_PRICE = "same", "revision", "catalogue"
RENEWAL_PRICES = [
    (SAME_PRICE, "Stay as they are"),
    (REVISED_PRICE, "Are revised as the plan says"),
    (CATALOGUE_PRICE, "Are those of the catalogue"),
]
BY_PERCENT = "percent"
RENEW_NOW_PRICES = [*RENEWAL_PRICES, (BY_PERCENT, "Change by a percentage")]

ENDS_ON = [
    (terms.ANY_DAY, "On any day"),
    (terms.PERIOD_END, "With a billed period"),
    (terms.TERM_END, "With a term"),
]
EXIT_FEES = [
    (terms.NO_FEE, "Is not possible"),
    (terms.PERCENT, "Costs a percentage of what remains"),
    (terms.FIXED, "Costs a fixed amount"),
    (terms.FALLING, "Costs an amount that falls with the time served"),
]
CLOSE_NOW, CLOSE_AT_BILLED, CLOSE_ALLOWED, CLOSE_ON_DATE = "now", "billed", "allowed", "date"
CLOSE_WHEN = [
    (CLOSE_NOW, "Now"),
    (CLOSE_AT_BILLED, "At the end of the paid period"),
    (CLOSE_ALLOWED, "As soon as the contract allows without a fee"),
    (CLOSE_ON_DATE, "On a date"),
]
REFUND_PLAN, REFUND_UNUSED, REFUND_NONE = "plan", "unused", "none"
REFUNDS = [
    (REFUND_PLAN, "As the plan says"),
    (REFUND_UNUSED, "Give back what is not used"),
    (REFUND_NONE, "No refund: service goes on to the end of what is billed"),
]
CANCELLATION_TO_DO, CANCELLATION_DONE, CANCELLATION_REFUSED, CANCELLATION_KEPT = "to_do", "done", "refused", "kept"
CANCELLATION_STATES = [
    (CANCELLATION_TO_DO, "To Do"),
    (CANCELLATION_DONE, "Closed"),
    (CANCELLATION_REFUSED, "Not Closed"),
    (CANCELLATION_KEPT, "Taken Back"),
]
WITHDRAWAL_DAYS = {"BR": 7}
"""Days to withdraw that the law of a country gives consumers, the default of new plans."""
REVISE_NEVER, REVISE_PERCENT, REVISE_INDEX = "none", "percent", "index"
REVISION_KINDS = [(REVISE_NEVER, "Prices stay"), (REVISE_PERCENT, "By a percentage"), (REVISE_INDEX, "By a price index")]
ROUND_CURRENCY = "currency"
REVISION_ROUNDINGS = [
    (ROUND_CURRENCY, "To the cent"),
    ("0.05", "To 0.05"),
    ("0.10", "To 0.10"),
    ("0.50", "To 0.50"),
    ("1.00", "To whole amounts"),
    ("x.90", "To end in .90"),
    ("x.99", "To end in .99"),
]
ROUNDING_OF = {
    ROUND_CURRENCY: Rounding(),
    **{step: Rounding(Decimal(step)) for step in ("0.05", "0.10", "0.50", "1.00")},
    **{f"x.{cents}": Rounding(Decimal(1), Decimal(f"0.{cents}")) for cents in ("90", "99")},
}
"""Where new prices end, as the rules take it."""

REVISION_CONFIRMED, REVISION_APPLIED, REVISION_UNDONE = "confirmed", "applied", "undone"
REVISION_STATES = [
    ("draft", "Draft"),
    (REVISION_CONFIRMED, "Confirmed"),
    (REVISION_APPLIED, "In Force"),
    (REVISION_UNDONE, "Undone"),
]
AS_PLAN, ONE_PERCENT = "plan", "percent"
REVISION_METHODS = [(AS_PLAN, "As each plan says"), (ONE_PERCENT, "One percentage for all")]
JOB_APPLY, JOB_UNDO = "apply", "undo"
REVISION_JOBS = [(JOB_APPLY, "Planning New Prices"), (JOB_UNDO, "Undoing")]
NOT_DUE, RECENT, STANDS_STILL, ENDS, BY_USAGE = "not_due", "recent", "paused", "closing", "usage"
AGREED, PRICE_PLANNED, INDEX_MISSING, NO_CHANGE, TOO_OFTEN = "fixed", "planned", "index", "same", "void"
REVISION_REASONS = [
    (NOT_DUE, "Not due yet"),
    (RECENT, "Added less than a year ago"),
    (STANDS_STILL, "Paused"),
    (ENDS, "Ends before"),
    (BY_USAGE, "Billed by usage"),
    (AGREED, "Agreed total"),
    (PRICE_PLANNED, "Another price is planned"),
    (INDEX_MISSING, "Index not known yet"),
    (NO_CHANGE, "Price stays the same"),
    (TOO_OFTEN, "More often than the law allows"),
]
REASONS_SOFT = (NOT_DUE, RECENT, STANDS_STILL, NO_CHANGE)
"""Why a price is left out, although a person may include it all the same."""
REASONS_VOID_IN_BRAZIL = (NOT_DUE, RECENT)
ROW_PENDING, ROW_DONE, ROW_FAILED, ROW_UNDONE = "pending", "done", "failed", "undone"
REVISION_ROW_STATES = [(ROW_PENDING, "To Do"), (ROW_DONE, "Planned"), (ROW_FAILED, "Failed"), (ROW_UNDONE, "Undone")]
NOTICE_TO_SEND, NOTICE_SENT, NOTICE_BY_HAND, NOTICE_VOID = "to_send", "sent", "by_hand", "void"
NOTICE_STATES = [
    (NOTICE_TO_SEND, "To Send"),
    (NOTICE_SENT, "E-mail Sent"),
    (NOTICE_BY_HAND, "Told Otherwise"),
    (NOTICE_VOID, "Not Needed"),
]

MODE_DRAFT, MODE_POST, MODE_POST_SEND = "draft", "post", "post_send"
MODE_CHARGE_POST, MODE_POST_CHARGE = "charge_post", "post_charge"
INVOICE_MODES = [
    (MODE_DRAFT, "Leave as draft for review"),
    (MODE_POST, "Post"),
    (MODE_POST_SEND, "Post and send"),
    (MODE_CHARGE_POST, "Charge, then post"),
    (MODE_POST_CHARGE, "Post, then charge"),
]
CHARGING_MODES = (MODE_CHARGE_POST, MODE_POST_CHARGE)

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

CHARGE, CREDIT, OPENING, USAGE = lineages.CHARGE, lineages.CREDIT, lineages.OPENING, "usage"
PERIOD_KINDS = [(CHARGE, "Charge"), (CREDIT, "Credit"), (OPENING, "Opening Position"), (USAGE, "Usage")]
COVERING = (CHARGE, OPENING)

FIXED_PRICE, USAGE_PRICE = "fixed", "usage"
BILLING_TYPES = [(FIXED_PRICE, "Fixed price"), (USAGE_PRICE, "Usage")]
USAGE_MODELS = [
    (usage.FLAT, "One price for every unit"),
    (usage.GRADUATED, "By tier: each unit at the price of its tier"),
    (usage.VOLUME, "By volume: every unit at the price of the tier reached"),
    (usage.PACKAGE, "By package: begun packages are paid whole"),
]
USAGE_TO_BILL, USAGE_BILLED, USAGE_LATE, USAGE_OUTSIDE = "to_bill", "billed", "late", "outside"
USAGE_STATES = [
    (USAGE_TO_BILL, "To Bill"),
    (USAGE_LATE, "Late"),
    (USAGE_BILLED, "Billed"),
    (USAGE_OUTSIDE, "Not Billable"),
]
REGULAR, LATE, CORRECTION = usage_account.REGULAR, usage_account.LATE, usage_account.CORRECTION
USAGE_REASONS = [(REGULAR, "Usage of the period"), (LATE, "Late usage"), (CORRECTION, "Correction")]
KEEP, FREE, HANDED_OVER = "keep", "free", "handed_over"
REVERSALS = [
    (KEEP, "The money goes back, the time counts as billed"),
    (FREE, "Bill this time again with the next run"),
]
REVERSALS_CARRIED_OUT = [*REVERSALS, (HANDED_OVER, "The new invoice bills this time")]

NEXT_INVOICE, CREDIT_NOTE = "next_invoice", "credit_note"
CREDIT_WAYS = [(NEXT_INVOICE, "On the next invoice, where it is near"), (CREDIT_NOTE, "As a credit note at once")]
AT_DATE, AT_BOUNDARY = "date", "boundary"
EARLY_ENDS = [(AT_DATE, "Is credited by the day"), (AT_BOUNDARY, "Is not credited: service goes on to the end of the period")]
PAUSES_FROM = [(AT_DATE, "On the day asked for"), (AT_BOUNDARY, "When the running period ends")]
DOWNGRADES_FROM = [(AT_DATE, "On the day asked for; the difference is credited"), (AT_BOUNDARY, "When the running period ends")]

BY_PAUSE, BY_CHANGE, BY_REPRICE, BY_END = "pause", "change", "reprice", "end"
ENDED_BY = [(BY_PAUSE, "Paused"), (BY_CHANGE, "Replaced"), (BY_REPRICE, "New price or quantity"), (BY_END, "Ended")]

CHANGE_UPGRADE, CHANGE_DOWNGRADE, CHANGE_REPLACE = "upgrade", "downgrade", "replace"
CHANGE_QUANTITY, CHANGE_PRICE, CHANGE_REVISION = "quantity", "price", "revision"
CHANGE_ADD, CHANGE_REMOVE, CHANGE_SWITCH = "add", "remove", "switch"
CHANGE_PAUSE, CHANGE_RESUME, CHANGE_END, CHANGE_REOPEN = "pause", "resume", "end", "reopen"
CHANGE_KINDS = [
    (CHANGE_UPGRADE, "Upgrade"),
    (CHANGE_DOWNGRADE, "Downgrade"),
    (CHANGE_REPLACE, "Another product"),
    (CHANGE_QUANTITY, "Quantity"),
    (CHANGE_PRICE, "Price"),
    (CHANGE_ADD, "Product added"),
    (CHANGE_REMOVE, "Product removed"),
    (CHANGE_SWITCH, "Another plan"),
    (CHANGE_PAUSE, "Pause"),
    (CHANGE_RESUME, "Resume"),
    (CHANGE_END, "End"),
    (CHANGE_REOPEN, "Reopen"),
    (CHANGE_REVISION, "Price revision"),
]
WIZARD_REPRICE, WIZARD_REPLACE, WIZARD_ADD, WIZARD_REMOVE = "reprice", "replace", "add", "remove"
WIZARD_SWITCH, WIZARD_PAUSE, WIZARD_RESUME, WIZARD_END, WIZARD_REOPEN = "switch", "pause", "resume", "end", "reopen"
WIZARD_KINDS = [
    (WIZARD_REPLACE, "Another product (upgrade or downgrade)"),
    (WIZARD_REPRICE, "New price or quantity"),
    (WIZARD_ADD, "Add a product"),
    (WIZARD_REMOVE, "Remove a product"),
    (WIZARD_SWITCH, "Another plan"),
    (WIZARD_PAUSE, "Pause"),
    (WIZARD_RESUME, "Resume"),
    (WIZARD_END, "End"),
    (WIZARD_REOPEN, "Reopen"),
]
WHEN_NOW, WHEN_NEXT, WHEN_TERM, WHEN_DATE = "now", "next", "term", "date"
WHENS = [
    (WHEN_NOW, "Now"),
    (WHEN_NEXT, "With the next period"),
    (WHEN_TERM, "When the term ends"),
    (WHEN_DATE, "On a date"),
]
CHANGE_OFFERED, CHANGE_PLANNED, CHANGE_APPLIED, CHANGE_WITHDRAWN = "offered", "planned", "applied", "withdrawn"
CHANGE_STATES = [
    (CHANGE_OFFERED, "Offered"),
    (CHANGE_PLANNED, "Planned"),
    (CHANGE_APPLIED, "In Effect"),
    (CHANGE_WITHDRAWN, "Withdrawn"),
]

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

AT_ONCE = "at_once"
ONE_OFF_WHEN = [(NEXT_INVOICE, "On the next invoice"), (AT_ONCE, "With the next run, by itself if need be")]
ONE_OFF_WAITING, ONE_OFF_BILLED, ONE_OFF_WITHDRAWN = "waiting", "billed", "withdrawn"
ONE_OFF_STATES = [(ONE_OFF_WAITING, "Waiting"), (ONE_OFF_BILLED, "Billed"), (ONE_OFF_WITHDRAWN, "Withdrawn")]

PURPOSE_NEW, PURPOSE_EXTEND, PURPOSE_CHANGE, PURPOSE_RENEW = "new", "extend", "change", "renew"
ORDER_PURPOSES = [
    (PURPOSE_NEW, "New subscription"),
    (PURPOSE_EXTEND, "Adds to a subscription"),
    (PURPOSE_CHANGE, "Changes a subscription"),
    (PURPOSE_RENEW, "Renews a subscription"),
]
START_SIGNATURE, START_DATE, START_ACTIVATION = "signature", "date", "activation"
ORDER_STARTS = [
    (START_SIGNATURE, "When the order is confirmed"),
    (START_DATE, "On a date"),
    (START_ACTIVATION, "When it is activated"),
]
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
SHARE_BILLED, SHARE_TO_INVOICE, SHARE_VOID = "billed", "to_invoice", "void"
SHARE_STATES = [(SHARE_BILLED, "Invoiced"), (SHARE_TO_INVOICE, "To Invoice Again"), (SHARE_VOID, "Void")]

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

READERS = "recurring_billing.group_user,recurring_billing.group_collections,recurring_billing.group_auditor,account.group_account_invoice"
"""The groups that may read subscriptions: links to these on records that others read too are for them alone."""

COPIED, RESTORED, MOVED = identity.COPIED, identity.RESTORED, identity.MOVED
NEUTRALIZED, TURNED_BACK = identity.NEUTRALIZED, identity.TURNED_BACK
"""Why a database may not be the one that went live."""
FEES_WITH_PAYMENT, FEES_NEXT_INVOICE, FEES_DOCUMENT = "payment", "next_invoice", "document"
FEE_BOOKINGS = [
    (FEES_WITH_PAYMENT, "With the payment"),
    (FEES_NEXT_INVOICE, "On the next invoice"),
    (FEES_DOCUMENT, "By a document of their own"),
]
FEE_PAID_WAY, FEE_SURPLUS_WAY, FEE_NEXT_WAY, FEE_DOCUMENT_WAY, FEE_WAIVED_WAY = "payment", "surplus", "next_invoice", "document", "waived"
FEE_WAYS = [
    (FEE_PAID_WAY, "Came with the payment"),
    (FEE_SURPLUS_WAY, "From money left over"),
    (FEE_NEXT_WAY, "On the next invoice"),
    (FEE_DOCUMENT_WAY, "By a document of their own"),
    (FEE_WAIVED_WAY, "Waived"),
]
FEE_OPEN, FEE_TO_CHARGE, FEE_BOOKED, FEE_WAIVED, FEE_VOID = "open", "to_charge", "booked", "waived", "void"
FEE_STATES = [
    (FEE_OPEN, "To Decide"),
    (FEE_TO_CHARGE, "To Charge"),
    (FEE_BOOKED, "Booked"),
    (FEE_WAIVED, "Waived"),
    (FEE_VOID, "No Longer Counts"),
]
FEES_OF_SUBSCRIPTIONS, FEES_OF_INVOICES, FEES_OF_DEBTS = "subscription", "invoice", "debt"
FEE_SCOPES = [
    (FEES_OF_SUBSCRIPTIONS, "Invoices of subscriptions"),
    (FEES_OF_INVOICES, "All customer invoices"),
    (FEES_OF_DEBTS, "All debts of customers, opening balances too"),
]
FEE_BEARING_TYPES = {
    FEES_OF_SUBSCRIPTIONS: (),
    FEES_OF_INVOICES: ("out_invoice", "out_receipt"),
    FEES_OF_DEBTS: ("out_invoice", "out_receipt", "entry"),
}
"""By scope: which documents bear fees though no subscription billed them."""
FEE_WAYS_LATER = (FEE_NEXT_WAY, FEE_DOCUMENT_WAY)
FEES_IN_FORCE = (FEE_TO_CHARGE, FEE_BOOKED, FEE_WAIVED)
PAID_STATES = ("in_process", "paid")

CHARGEBACK_OPEN, CHARGEBACK_WON, CHARGEBACK_LOST = "open", "won", "lost"
CHARGEBACK_STATES = [(CHARGEBACK_OPEN, "Open"), (CHARGEBACK_WON, "Won: the money came back"), (CHARGEBACK_LOST, "Lost")]
BANK_FILE_NEW, BANK_FILE_COLUMNS, BANK_FILE_READ = "new", "columns", "read"
BANK_FILE_STATES = [(BANK_FILE_NEW, "New"), (BANK_FILE_COLUMNS, "Columns"), (BANK_FILE_READ, "Read")]
BANK_FILE_KINDS = [("ofx", "OFX"), ("csv", "CSV"), ("camt", "camt.053")]
BANK_ROW_OPEN, BANK_ROW_QUEUED, BANK_ROW_BOOKED, BANK_ROW_IGNORED = "open", "queued", "booked", "ignored"
BANK_ROW_STATES = [
    (BANK_ROW_OPEN, "To Decide"),
    (BANK_ROW_QUEUED, "Being Booked"),
    (BANK_ROW_BOOKED, "Booked"),
    (BANK_ROW_IGNORED, "Ignored"),
]
BANK_MATCHES = [(bank_matching.CERTAIN, "Certain"), (bank_matching.DOUBTFUL, "Doubtful"), (bank_matching.NONE, "Unknown")]
BANK_COLUMNS = [
    (bank_csv.DAY, "Date"),
    (bank_csv.AMOUNT, "Amount (minus: money out)"),
    (bank_csv.CREDIT, "Money in"),
    (bank_csv.DEBIT, "Money out"),
    (bank_csv.SIGN, "Credit or debit (C/D)"),
    (bank_csv.NAME, "Who paid"),
    (bank_csv.DOCUMENT, "Tax number of who paid"),
    (bank_csv.TEXT, "Description"),
    (bank_csv.BANK_ID, "Number of the movement"),
    (bank_csv.UNUSED, "Not used"),
]
DAY_ORDERS = [(bank_csv.DMY, "Day, month, year"), (bank_csv.MDY, "Month, day, year"), (bank_csv.YMD, "Year, month, day")]
DECIMAL_MARKS = [(bank_csv.COMMA, "Comma: 1.234,56"), (bank_csv.POINT, "Point: 1,234.56")]

COUNTER_CASH, COUNTER_CARD, COUNTER_PIX = "cash", "card", "pix"
COUNTER_WAYS = [(COUNTER_CASH, "Cash"), (COUNTER_CARD, "Card"), (COUNTER_PIX, "Pix or transfer")]
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
