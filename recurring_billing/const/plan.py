"""Selection values of plans: periods, what parts of one cost, when a change counts, how invoices are made."""

from ..rules import billing_dates, charges, periods, proration

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

NEXT_INVOICE, CREDIT_NOTE = "next_invoice", "credit_note"
CREDIT_WAYS = [(NEXT_INVOICE, "On the next invoice, where it is near"), (CREDIT_NOTE, "As a credit note at once")]
AT_DATE, AT_BOUNDARY = "date", "boundary"
EARLY_ENDS = [(AT_DATE, "Is credited by the day"), (AT_BOUNDARY, "Is not credited: service goes on to the end of the period")]
PAUSES_FROM = [(AT_DATE, "On the day asked for"), (AT_BOUNDARY, "When the running period ends")]
DOWNGRADES_FROM = [(AT_DATE, "On the day asked for; the difference is credited"), (AT_BOUNDARY, "When the running period ends")]
