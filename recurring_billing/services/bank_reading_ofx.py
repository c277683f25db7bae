import io
import re
from decimal import Decimal, InvalidOperation

from odoo import api, models
from odoo.exceptions import UserError

from .bank_reading import Entry

try:
    from ofxparse import OfxParser
except ImportError:  # Odoo's requirements bring it; without it everything else works
    OfxParser = None

STATEMENTS = re.compile(r"<(STMTRS|CCSTMTRS)>.*?</\1>", re.IGNORECASE | re.DOTALL)
TRANSACTION = re.compile(r"<STMTTRN>(.*?)(?=</STMTTRN>|<STMTTRN>|</BANKTRANLIST>|\Z)", re.IGNORECASE | re.DOTALL)
# The day of the bank's own clock: an hour and a zone behind it would move evenings to the next day.
DAY = re.compile(r"<DTPOSTED>\s*(\d{8})[^<\r\n]*", re.IGNORECASE)
EMPTY = re.compile(r"<(NAME|MEMO|CHECKNUM|FITID|SIC|DTUSER)>\s*(</\1>)?\s*(?=<|\Z)", re.IGNORECASE)
DTUSER = re.compile(r"<DTUSER>[^<]*(</DTUSER>)?", re.IGNORECASE)
NO_NUMBER = "0"


class RecurringBankReadingOfx(models.AbstractModel):
    """Reads OFX files of any age, with the liberties banks take: wrong headers, missing numbers, times in other zones."""

    _name = "recurring.bank.reading.ofx"
    _description = "Reading OFX Files"

    @api.private
    @api.model
    def entries(self, text):
        """The rows of an OFX file; see ``recurring.bank.reading.entries()``."""
        if OfxParser is None:
            raise UserError(
                self.env._(
                    "OFX files cannot be read on this server: its Python lacks the package ofxparse, which Odoo itself asks for. "
                    "Have it installed, or export a CSV or camt.053 file at your bank."
                )
            )
        if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
            raise UserError(self.env._("The file carries definitions that no bank writes. Export it again at your bank."))
        try:
            statements = self._parse(text)
        except Exception as error:
            raise UserError(
                self.env._("The OFX file cannot be read (%s). Export it again at your bank, or choose CSV there.", error)
            ) from error
        return [self._entry(each, account) for account in statements for each in account.statement.transactions]

    def _parse(self, text):
        found = [match.group(0) for match in STATEMENTS.finditer(text)]
        # Only the statements are needed; headers and sign-on parts are where banks go wrong.
        body = "".join(self._cleaned(statement) for statement in found or [text[text.lower().index("<ofx") :]])
        wrapped = f"OFXHEADER:100\nENCODING:UTF-8\nCHARSET:NONE\n\n<OFX>{body}</OFX>"
        accounts = OfxParser.parse(io.BytesIO(wrapped.encode())).accounts
        expected = len(re.findall("<STMTTRN>", body, re.IGNORECASE))
        read = sum(len(account.statement.transactions) for account in accounts)
        if read != expected:
            raise ValueError(self.env._("%(read)s of %(expected)s movements understood", read=read, expected=expected))
        return accounts

    def _cleaned(self, statement):
        statement = EMPTY.sub("", statement)
        statement = DTUSER.sub("", statement)
        statement = DAY.sub(r"<DTPOSTED>\1", statement)
        return TRANSACTION.sub(self._with_number, statement)

    def _with_number(self, match):
        missing = "<fitid>" not in match.group(1).lower()
        return f"<STMTTRN><FITID>{NO_NUMBER}\n{match.group(1)}" if missing else match.group(0)

    def _entry(self, transaction, account):
        try:
            amount = Decimal(transaction.amount)
        except (InvalidOperation, TypeError) as error:
            raise UserError(self.env._("A movement of the OFX file has no amount. Export it again at your bank.")) from error
        if not transaction.date:
            raise UserError(self.env._("A movement of the OFX file has no date. Export it again at your bank."))
        number = transaction.checknum if transaction.checknum.strip("0") and transaction.checknum != transaction.id else ""
        parts = dict.fromkeys(part for part in (transaction.payee, transaction.memo, number) if part)
        return Entry(
            day=transaction.date.date(),
            amount=amount,
            text=" ".join(" ".join(parts).split()),
            name=transaction.payee,
            bank_id="" if transaction.id == NO_NUMBER else transaction.id,
            currency=(account.statement.currency or "").upper(),
            account=(account.account_id or "").strip(),
        )
