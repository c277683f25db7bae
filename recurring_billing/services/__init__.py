from . import billing_batch, billing_preflight, coverage, invoice_generation, invoice_preparation
