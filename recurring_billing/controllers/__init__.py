from . import pix, sale_portal
