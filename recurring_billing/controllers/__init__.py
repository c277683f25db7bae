from . import agreement_page, card_page, debts_page, debts_pay, fees_portal, pix, sale_portal, statement_page, whatsapp
