"""Why a database may not be the one that went live."""

from ..rules import identity

COPIED, RESTORED, MOVED = identity.COPIED, identity.RESTORED, identity.MOVED
NEUTRALIZED, TURNED_BACK = identity.NEUTRALIZED, identity.TURNED_BACK
"""Why a database may not be the one that went live."""
