from . import (
    account_move_reversal,
    recurring_bill_now,
    recurring_booklet_print,
    recurring_change_wizard,
    recurring_close,
    recurring_deferral,
    recurring_discount_add,
    recurring_explanation,
    recurring_fiscal_document,
    recurring_preview,
    recurring_quick_offer,
    recurring_slip_payment,
)
