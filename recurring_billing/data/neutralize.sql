-- A copy of a database fetches nothing from outside.
UPDATE ir_config_parameter SET value = '' WHERE key = 'recurring_billing.index_address';
-- A copy of a database registers no Pix charges and knows no secret of a bank.
UPDATE recurring_pix_account SET registers = false, read_until = NULL, secret = '-', certificate = NULL, private_key = NULL, password = NULL,
       address = 'https://neutralized.invalid', token_address = 'https://neutralized.invalid', webhook_token = NULL;
