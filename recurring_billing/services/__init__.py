from . import billing_batch, billing_preflight, coverage, deferral_schedule, invoice_generation, invoice_planning, invoice_preparation
