"""The arithmetic and the decisions of recurring billing, as pure Python.

Nothing here imports Odoo, reads a clock or touches a database: "today" is always an argument, money is ``Decimal``, shares
of a period are exact ``Fraction`` values until the one final rounding. Each public function carries a worked example that runs as a test.

======================  ==========================================================================
``periods``             intervals, anchors, the boundaries of a schedule
``proration``           which share of a full period a covered part is
``charges``             desired coverage minus billed coverage: what is to be charged, and when
``reversals``           amounts of rows that documents make: what a reversal gives back
``money``               rounding, the exact price of a period, how an amount is put on an invoice line
``pricing``             the price in force for a period: discounts that begin and end, a total over N periods
``usage``               what a metered quantity costs: tiers, packages, allowance, flat fee
``usage_billing``       which usage is to be billed, and when; ``usage_account`` is one lineage of it
``creditor_reference``  the reference a payer writes on a payment, and finding it in a text
``brcode``              reading a payment code, its check sum
``card_expiry``         until when a card can be charged, as providers tell it
``pix``                 what a charge asks of a bank by the "API Pix", what the bank's words mean
``billing_dates``       invoice date, due date, business days, the catch-up guard
``price_revision``      what an index accumulated, the new price, who is due, from which day it counts
``late_fees``           fine and interest of what is paid late
``early_payment``       dated discounts for who pays early
``receipts``            what money that came is for: debts, fees, discounts
``terms``               minimum term, notice, exit fee, withdrawal
``family``              what the second and the third of a family get off, and from when
``one_off``             what some days of a period are worth, given back at once
``shares``              an amount split among payers, to the cent
``revenue``             an amount per period normalised to a month
``revenue``             MRR: an amount per period brought to a month, what is booked of it, what movements are called
``revenue_stretches``   the amounts per month of a lineage over time, and what replaces what
``retry``               what became of a charge, whether and when it is tried again
``deferral``            when revenue is earned: deferred and accrued at any day, by month
``mandates``            when a debit under a mandate is announced to the bank, when it is tried again
``whatsapp``            what answers, notifications and numbers of WhatsApp mean
``identity``            whether a database is the one that went live, or a copy, or a restored backup
``wording``             texts with names in braces: what they may say, filling them in, hiding addresses
``on_account``          which promise or instalment gets money that nobody allocated yet
``ageing``              how long what is open has been due, in buckets
``receivables``         default rate, recovery, days sales outstanding
``risk``                how likely a customer pays late, by a stated rule
``receipt_file``        what a file sent as a receipt really is
``service_block``       when a service is withheld because of a debt, how far, how often it runs on trust
======================  ==========================================================================
"""
