from . import billing_preflight, coverage, invoice_generation, invoice_preparation
