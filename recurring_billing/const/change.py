"""Selection values of changes: their kinds, their days, what the wizard offers."""

CHANGE_UPGRADE, CHANGE_DOWNGRADE, CHANGE_REPLACE = "upgrade", "downgrade", "replace"
CHANGE_QUANTITY, CHANGE_PRICE, CHANGE_REVISION = "quantity", "price", "revision"
CHANGE_ADD, CHANGE_REMOVE, CHANGE_SWITCH = "add", "remove", "switch"
CHANGE_PAUSE, CHANGE_RESUME, CHANGE_END, CHANGE_REOPEN = "pause", "resume", "end", "reopen"
CHANGE_KINDS = [
    (CHANGE_UPGRADE, "Upgrade"),
    (CHANGE_DOWNGRADE, "Downgrade"),
    (CHANGE_REPLACE, "Another product"),
    (CHANGE_QUANTITY, "Quantity"),
    (CHANGE_PRICE, "Price"),
    (CHANGE_ADD, "Product added"),
    (CHANGE_REMOVE, "Product removed"),
    (CHANGE_SWITCH, "Another plan"),
    (CHANGE_PAUSE, "Pause"),
    (CHANGE_RESUME, "Resume"),
    (CHANGE_END, "End"),
    (CHANGE_REOPEN, "Reopen"),
    (CHANGE_REVISION, "Price revision"),
]
WIZARD_REPRICE, WIZARD_REPLACE, WIZARD_ADD, WIZARD_REMOVE = "reprice", "replace", "add", "remove"
WIZARD_SWITCH, WIZARD_PAUSE, WIZARD_RESUME, WIZARD_END, WIZARD_REOPEN = "switch", "pause", "resume", "end", "reopen"
WIZARD_KINDS = [
    (WIZARD_REPLACE, "Another product (upgrade or downgrade)"),
    (WIZARD_REPRICE, "New price or quantity"),
    (WIZARD_ADD, "Add a product"),
    (WIZARD_REMOVE, "Remove a product"),
    (WIZARD_SWITCH, "Another plan"),
    (WIZARD_PAUSE, "Pause"),
    (WIZARD_RESUME, "Resume"),
    (WIZARD_END, "End"),
    (WIZARD_REOPEN, "Reopen"),
]
WHEN_NOW, WHEN_NEXT, WHEN_TERM, WHEN_DATE = "now", "next", "term", "date"
WHENS = [
    (WHEN_NOW, "Now"),
    (WHEN_NEXT, "With the next period"),
    (WHEN_TERM, "When the term ends"),
    (WHEN_DATE, "On a date"),
]
CHANGE_OFFERED, CHANGE_PLANNED, CHANGE_APPLIED, CHANGE_WITHDRAWN = "offered", "planned", "applied", "withdrawn"
CHANGE_STATES = [
    (CHANGE_OFFERED, "Offered"),
    (CHANGE_PLANNED, "Planned"),
    (CHANGE_APPLIED, "In Effect"),
    (CHANGE_WITHDRAWN, "Withdrawn"),
]
