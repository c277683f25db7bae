"""Selection values of what WhatsApp tells us."""

NEW, DONE, IGNORED, FAILED = "new", "done", "ignored", "failed"
NOTICE_STATES = [(NEW, "To Read"), (DONE, "Read"), (IGNORED, "Nobody Known"), (FAILED, "Could Not Be Read")]
STATUS, MESSAGE = "status", "message"
NOTICE_KINDS = [(STATUS, "Delivery"), (MESSAGE, "Reply")]
