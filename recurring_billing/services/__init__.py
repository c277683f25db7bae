from . import billing_batch, billing_preflight, coverage, invoice_generation, invoice_planning, invoice_preparation
