from . import account_move, payment_provider, payment_transaction, res_company
