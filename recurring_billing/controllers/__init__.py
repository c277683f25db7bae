from . import card_page, fees_portal, pix, sale_portal, statement_page, whatsapp
