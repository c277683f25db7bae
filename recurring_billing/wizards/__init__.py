from . import recurring_bill_now, recurring_close, recurring_quick_offer
