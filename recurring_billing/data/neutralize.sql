-- A copy of a database fetches nothing from outside.
UPDATE ir_config_parameter SET value = '' WHERE key = 'recurring_billing.index_address';
