"""Selection values of customer statements."""

BY_EMAIL, ON_PAPER = "email", "print"
WAYS = [(BY_EMAIL, "By e-mail"), (ON_PAPER, "On paper: one PDF for all")]
LATE_ONLY, WHATEVER_OPEN = "late", "open"
WHO = [(LATE_ONLY, "Who is late"), (WHATEVER_OPEN, "Everybody with something open")]
WAITING, DONE, NOT_NEEDED, FAILED = "waiting", "done", "skipped", "failed"
STATES = [(WAITING, "Waiting"), (DONE, "Done"), (NOT_NEEDED, "Not Needed"), (FAILED, "Failed")]
