from . import fees_portal, pix, sale_portal
