-- A copy of a database fetches nothing from outside.
UPDATE ir_config_parameter SET value = '' WHERE key = 'recurring_billing.index_address';
-- A copy of a database registers no Pix charges and knows no secret of a bank.
UPDATE recurring_pix_account SET registers = false, read_until = NULL, secret = '-', certificate = NULL, private_key = NULL, password = NULL,
       address = 'https://neutralized.invalid', token_address = 'https://neutralized.invalid', webhook_token = NULL;
-- A copy of a database charges nothing, sends nothing by itself and forgets what was queued. It is not the live database either, whatever is
-- switched on again: the flag that Odoo sets here is part of what an administrator confirms (recurring.identity).
UPDATE res_company SET recurring_charge = false, recurring_charge_from = NULL, recurring_send = false;
UPDATE account_move SET sending_data = NULL WHERE sending_data IS NOT NULL AND recurring_invoice_mode IS NOT NULL;
-- A copy of a database announces no debits to a bank.
UPDATE recurring_mandate_scheme SET code = 'by_hand';
-- A copy of a database writes to nobody by WhatsApp and knows no secret of it.
UPDATE recurring_whatsapp_account SET sends = false, access_token = '-', app_secret = '-', address = 'https://neutralized.invalid', webhook_token = NULL;
