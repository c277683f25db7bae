"""Selection values of the ledger: what a row is, usage, what reversals do, shares of payers."""

from ..rules import lineages, usage, usage_account

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

SHARE_BILLED, SHARE_TO_INVOICE, SHARE_VOID = "billed", "to_invoice", "void"
SHARE_STATES = [(SHARE_BILLED, "Invoiced"), (SHARE_TO_INVOICE, "To Invoice Again"), (SHARE_VOID, "Void")]
