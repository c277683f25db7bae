"""Selection values of bank files and of the counter."""

from ..rules import bank_csv, bank_matching

BANK_FILE_NEW, BANK_FILE_COLUMNS, BANK_FILE_READ = "new", "columns", "read"
BANK_FILE_STATES = [(BANK_FILE_NEW, "New"), (BANK_FILE_COLUMNS, "Columns"), (BANK_FILE_READ, "Read")]
BANK_FILE_KINDS = [("ofx", "OFX"), ("csv", "CSV"), ("camt", "camt.053")]
BANK_ROW_OPEN, BANK_ROW_QUEUED, BANK_ROW_BOOKED, BANK_ROW_IGNORED = "open", "queued", "booked", "ignored"
BANK_ROW_STATES = [
    (BANK_ROW_OPEN, "To Decide"),
    (BANK_ROW_QUEUED, "Being Booked"),
    (BANK_ROW_BOOKED, "Booked"),
    (BANK_ROW_IGNORED, "Ignored"),
]
BANK_MATCHES = [(bank_matching.CERTAIN, "Certain"), (bank_matching.DOUBTFUL, "Doubtful"), (bank_matching.NONE, "Unknown")]
BANK_COLUMNS = [
    (bank_csv.DAY, "Date"),
    (bank_csv.AMOUNT, "Amount (minus: money out)"),
    (bank_csv.CREDIT, "Money in"),
    (bank_csv.DEBIT, "Money out"),
    (bank_csv.SIGN, "Credit or debit (C/D)"),
    (bank_csv.NAME, "Who paid"),
    (bank_csv.DOCUMENT, "Tax number of who paid"),
    (bank_csv.TEXT, "Description"),
    (bank_csv.BANK_ID, "Number of the movement"),
    (bank_csv.UNUSED, "Not used"),
]
DAY_ORDERS = [(bank_csv.DMY, "Day, month, year"), (bank_csv.MDY, "Month, day, year"), (bank_csv.YMD, "Year, month, day")]
DECIMAL_MARKS = [(bank_csv.COMMA, "Comma: 1.234,56"), (bank_csv.POINT, "Point: 1,234.56")]

COUNTER_CASH, COUNTER_CARD, COUNTER_PIX = "cash", "card", "pix"
COUNTER_WAYS = [(COUNTER_CASH, "Cash"), (COUNTER_CARD, "Card"), (COUNTER_PIX, "Pix or transfer")]
