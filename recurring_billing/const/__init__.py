"""Selection values of the models, a file per topic. The rules' own words come from the rules.

Names of billing and payment are unlike each other, so ``const.NAME`` finds each. Collections, service states,
statements, Pix, WhatsApp and the self-check have words of their own for the same things: they are asked by topic
(``from ..const import dunning``).
"""

from .bank import *
from .change import *
from .charging import *
from .database import *
from .fees import *
from .invoice import *
from .ledger import *
from .mrr import *
from .order import *
from .plan import *
from .revision import *
from .run import *
from .subscription import *
from .term import *
