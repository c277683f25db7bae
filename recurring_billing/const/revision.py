"""Selection values of price revisions: why, how, and what became of each price."""

from decimal import Decimal

from ..rules.price_revision import Rounding

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
