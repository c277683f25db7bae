from . import recurring_bill_now, recurring_close, recurring_discount_add, recurring_quick_offer
