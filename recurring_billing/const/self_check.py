"""What the daily self-check looks for."""

OK, PROBLEM = "ok", "problem"
STATES = [(OK, "All Is Well"), (PROBLEM, "Needs Somebody")]

COVERAGE, NOT_BILLED, RUN_WAITS, RUN_LATE, LEDGER, REVENUE = "coverage", "not_billed", "run_waits", "run_late", "ledger", "revenue"
ACTION_OFF, ACTION_LATE, IDENTITY, MESSAGES, CHARGES, FORGOTTEN = (
    "action_off",
    "action_late",
    "identity",
    "messages",
    "charges",
    "forgotten",
)
CERTIFICATE_SOON, CERTIFICATE_NOW = "certificate_soon", "certificate_now"
UNFINISHED = "unfinished"
MESSAGES_WAIT = "messages_wait"
KINDS = [
    (COVERAGE, "Time that nobody will bill"),
    (NOT_BILLED, "Due and not billed"),
    (RUN_WAITS, "A billing run waits for a person"),
    (RUN_LATE, "No billing run since more than 26 hours"),
    (LEDGER, "The database would not refuse double billing"),
    (REVENUE, "Movements of MRR do not add up"),
    (ACTION_OFF, "Scheduled actions are switched off"),
    (ACTION_LATE, "Scheduled actions did not run for more than 26 hours"),
    (IDENTITY, "Nothing leaves this database"),
    (MESSAGES, "Messages of which nobody knows whether they left"),
    (MESSAGES_WAIT, "Messages that cannot leave"),
    (CHARGES, "Charges to clarify"),
    (FORGOTTEN, "Overdue debts that no case looks after"),
    (CERTIFICATE_SOON, "A certificate ends within 30 days"),
    (CERTIFICATE_NOW, "A certificate ends within 7 days, or has ended"),
    (UNFINISHED, "A check could not be made"),
]
