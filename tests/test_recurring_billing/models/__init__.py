from . import account_move, payment_provider, res_company
