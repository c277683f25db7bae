from . import account_move, mandate_bank, payment_provider, payment_transaction, res_company
