"""Selection values of contracts: how a term goes on or ends, what leaving costs."""

from ..rules import terms

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
