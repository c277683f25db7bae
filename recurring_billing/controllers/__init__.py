from . import pix, sale_portal
from . import fees_portal, sale_portal
