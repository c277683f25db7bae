"""Selection values of late fees: how they are booked, what becomes of them, which debts bear them."""

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
