"""Selection values of collections: policies, cases, messages, promises."""

# How a customer is reached, and the order in which another way is sought when one is closed.
EMAIL, SMS, WHATSAPP, LETTER, PHONE, TASK, NO_CHANNEL = "email", "sms", "whatsapp", "letter", "phone", "task", "none"
STEP_CHANNELS = [
    (EMAIL, "E-mail"),
    (SMS, "SMS"),
    (WHATSAPP, "WhatsApp"),
    (LETTER, "Letter"),
    (PHONE, "Phone Call"),
    (TASK, "Task"),
    (NO_CHANNEL, "No message"),
]
PORTAL, IN_PERSON = "portal", "person"
MESSAGE_CHANNELS = [*STEP_CHANNELS[:-1], (PORTAL, "Web Page"), (IN_PERSON, "In Person")]

FRIENDLY, FIRM, FORMAL = "friendly", "firm", "formal"
TONES = [(FRIENDLY, "Friendly"), (FIRM, "Firm"), (FORMAL, "Formal")]

EVERYBODY, PEOPLE, COMPANIES = "all", "person", "company"
CUSTOMER_TYPES = [(EVERYBODY, "Everybody"), (PEOPLE, "People"), (COMPANIES, "Companies")]
ANY_RISK, GOOD, WATCH, BAD = "any", "good", "watch", "bad"
RISKS = [(GOOD, "Good"), (WATCH, "Watch"), (BAD, "Bad")]
STEP_RISKS = [(ANY_RISK, "Any"), *RISKS]

SERVICE_KEPT, SERVICE_REDUCED, SERVICE_BLOCKED = "none", "reduced", "blocked"
SERVICE_EFFECTS = [(SERVICE_KEPT, "Goes on"), (SERVICE_REDUCED, "Is reduced"), (SERVICE_BLOCKED, "Is blocked")]
ORDERS_KEPT, ORDERS_WARN, ORDERS_REFUSE = "none", "warn", "refuse"
ORDER_EFFECTS = [(ORDERS_KEPT, "Are taken"), (ORDERS_WARN, "Are taken with a warning"), (ORDERS_REFUSE, "Are refused")]

CASE_OPEN, CASE_CLOSED = "open", "closed"
CASE_STATES = [(CASE_OPEN, "Open"), (CASE_CLOSED, "Closed")]
(STAGE_COMING, STAGE_REMINDER, STAGE_OVERDUE, STAGE_NOTICE, STAGE_BLOCKED) = ("coming", "reminder", "overdue", "notice", "blocked")
(STAGE_PROMISE, STAGE_AGREEMENT, STAGE_DISPUTE, STAGE_HOLD, STAGE_CLOSED) = ("promise", "agreement", "dispute", "hold", "closed")
CASE_STAGES = [
    (STAGE_COMING, "Due Soon"),
    (STAGE_REMINDER, "Reminded"),
    (STAGE_OVERDUE, "Late"),
    (STAGE_NOTICE, "Notice Given"),
    (STAGE_BLOCKED, "Blocked"),
    (STAGE_PROMISE, "Promised"),
    (STAGE_AGREEMENT, "Agreement"),
    (STAGE_DISPUTE, "Disputed"),
    (STAGE_HOLD, "On Hold"),
    (STAGE_CLOSED, "Closed"),
]

PLANNED, TO_APPROVE, DONE, SKIPPED, CANCELLED = "planned", "to_approve", "done", "skipped", "cancelled"
ACTION_STATES = [
    (PLANNED, "Planned"),
    (TO_APPROVE, "To Approve"),
    (DONE, "Done"),
    (SKIPPED, "Skipped"),
    (CANCELLED, "Cancelled"),
]

OUT, IN = "out", "in"
DIRECTIONS = [(OUT, "To the customer"), (IN, "From the customer")]
KIND_AUTOMATIC = "automatic"
"""Written by a machine, in somebody's absence: nobody answered."""
(KIND_DUNNING, KIND_THANKS, KIND_STATEMENT, KIND_MANUAL, KIND_CALL, KIND_REPLY, KIND_NOTE, KIND_TEST) = (
    "dunning",
    "thanks",
    "statement",
    "manual",
    "call",
    "reply",
    "note",
    "test",
)
MESSAGE_KINDS = [
    (KIND_DUNNING, "Reminder"),
    (KIND_THANKS, "Thanks"),
    (KIND_STATEMENT, "Statement"),
    (KIND_MANUAL, "Written by hand"),
    (KIND_CALL, "Call"),
    (KIND_REPLY, "Reply"),
    (KIND_AUTOMATIC, "Automatic Reply"),
    (KIND_NOTE, "Note"),
    (KIND_TEST, "Test"),
]
(QUEUED, SENDING, SENT, DELIVERED, READ, FAILED, UNKNOWN) = ("queued", "sending", "sent", "delivered", "read", "failed", "unknown")
TO_DO = "to_do"
"""A person has to do it: print a letter, open a chat, call."""
MESSAGE_STATES = [
    (TO_APPROVE, "To Approve"),
    (QUEUED, "Waiting"),
    (TO_DO, "For a Person"),
    (SENDING, "Leaving"),
    (SENT, "Sent"),
    (DELIVERED, "Delivered"),
    (READ, "Was Read"),
    (FAILED, "Failed"),
    (UNKNOWN, "Unclear"),
    (CANCELLED, "Not Sent"),
    (DONE, "Done"),
]
MESSAGES_LEFT = (SENT, DELIVERED, READ, DONE)
"""The customer was spoken to."""
MESSAGES_WAITING = (TO_APPROVE, QUEUED, TO_DO)
"""Nothing left yet, so it can be taken back."""
CHANNEL_ORDER = (EMAIL, WHATSAPP, SMS, LETTER, TASK)
"""Where one way is closed, the next open one is taken; a task for a person is always open."""
IN_WRITING = (EMAIL, LETTER, TASK)
"""The same for notices that the law wants in writing."""
(CALL_REACHED, CALL_PROMISED, CALL_NO_ANSWER, CALL_WRONG, CALL_BACK, CALL_REFUSED) = (
    "reached",
    "promised",
    "no_answer",
    "wrong",
    "call_back",
    "refused",
)
CALL_RESULTS = [
    (CALL_REACHED, "Reached"),
    (CALL_PROMISED, "Promised to pay"),
    (CALL_NO_ANSWER, "No answer"),
    (CALL_WRONG, "Wrong number"),
    (CALL_BACK, "Asked to be called back"),
    (CALL_REFUSED, "Will not pay"),
]

# What a text is for: one per kind and tone is seeded.
(TEXT_COMING, TEXT_TODAY, TEXT_OVERDUE, TEXT_NOTICE, TEXT_LAST, TEXT_THANKS, TEXT_BROKEN, TEXT_STATEMENT) = (
    "coming",
    "today",
    "overdue",
    "notice",
    "last",
    "thanks",
    "broken",
    "statement",
)
TEXT_KINDS = [
    (TEXT_COMING, "Before it is due"),
    (TEXT_TODAY, "On the due date"),
    (TEXT_OVERDUE, "Late"),
    (TEXT_NOTICE, "Formal notice"),
    (TEXT_LAST, "Last notice"),
    (TEXT_THANKS, "Thanks"),
    (TEXT_BROKEN, "A promise was not kept"),
    (TEXT_STATEMENT, "Statement"),
]

(SAID_BY_CUSTOMER, SAID_TO_US, SAID_BY_STOP) = ("customer", "told", "stop")
OPTOUT_SOURCES = [
    (SAID_TO_US, "Told one of us"),
    (SAID_BY_CUSTOMER, "On the web page"),
    (SAID_BY_STOP, "Answered STOP"),
]
OPTOUT_CHANNELS = [(EMAIL, "E-mail"), (SMS, "SMS"), (WHATSAPP, "WhatsApp"), (LETTER, "Letter"), (PHONE, "Phone Call")]

ANSWER_DAYS = 10
"""Days to answer that a formal notice gives, unless its text says otherwise."""

OPEN, KEPT, PARTLY, BROKEN = "open", "kept", "partly", "broken"
PROMISE_STATES = [(OPEN, "Open"), (KEPT, "Kept"), (PARTLY, "Partly kept"), (BROKEN, "Not kept"), (CANCELLED, "Cancelled")]
ACCEPTED, REJECTED = "accepted", "rejected"
DISPUTE_STATES = [(OPEN, "Open"), (ACCEPTED, "Customer is right"), (REJECTED, "Debt stands")]
CLAIM_STATES = [(OPEN, "To check"), (ACCEPTED, "Payment found"), (REJECTED, "Not found")]
DRAFT, RUNNING = "draft", "running"
AGREEMENT_STATES = [(DRAFT, "Draft"), (RUNNING, "Running"), (KEPT, "Paid"), (BROKEN, "Not kept"), (CANCELLED, "Cancelled")]
INSTALMENT_COMING, INSTALMENT_LATE, INSTALMENT_PAID = "coming", "late", "paid"
INSTALMENT_STANDINGS = [(INSTALMENT_COMING, "To come"), (INSTALMENT_LATE, "Late"), (INSTALMENT_PAID, "Paid")]
WRITTEN_OFF, RECOVERED_PARTLY, RECOVERED, UNDONE = "written_off", "partly", "recovered", "undone"
WRITE_OFF_STATES = [
    (WRITTEN_OFF, "Written Off"),
    (RECOVERED_PARTLY, "Recovered in Part"),
    (RECOVERED, "Recovered"),
    (UNDONE, "Taken Back"),
]
