from . import fees_portal, pix, sale_portal
from . import card_page, pix, sale_portal
