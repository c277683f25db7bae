import codecs
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError

OFX, CSV, CAMT = "ofx", "csv", "camt"
LARGEST = 10 * 1024 * 1024
MOST_ROWS = 20_000
BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Entry(NamedTuple):
    """One row of a bank file.

    :param amount: what came in; less than 0 what went out.
    :param text: everything else the bank says, as people read it.
    :param name: who paid, where the file says so apart.
    :param bank_id: the bank's own number of the row.
    :param currency: its code, where the file says so.
    :param account: the number of the account it is of, where the file says so.
    :param is_balance: whether it only tells a balance, as some banks write among the movements.
    """

    day: date
    amount: Decimal
    text: str
    name: str = ""
    bank_id: str = ""
    currency: str = ""
    is_balance: bool = False
    account: str = ""


class RecurringBankReading(models.AbstractModel):
    """Reads bank files: which format they are, and their rows. Writes nothing."""

    _name = "recurring.bank.reading"
    _description = "Reading Bank Files"

    @api.private
    @api.model
    def kind(self, content):
        """The format of a file, by what it says and not by its name."""
        self._check_size(content)
        start = self.decode(content[:8192]).lstrip().lower()
        if "<ofx" in start or start.startswith("ofxheader"):
            return OFX
        if start.startswith("<"):
            return CAMT
        if start.startswith("%pdf") or "\x00" in start:
            raise UserError(self.env._("This is no bank file that can be read. Export an OFX, CSV or camt.053 file at your bank."))
        return CSV

    @api.private
    @api.model
    def entries(self, content, layout=None):
        """The rows of a file.

        :param layout: of CSV files, see ``recurring.bank.reading.csv``.
        :return: list of Entry, as they stand in the file
        :raises UserError: saying what is wrong with the file and what to do
        """
        kind = self.kind(content)
        if kind == CSV:
            entries = self.env["recurring.bank.reading.csv"].entries(self.decode(content), layout)
        elif kind == OFX:
            entries = self.env["recurring.bank.reading.ofx"].entries(self.decode(content))
        else:
            entries = self.env["recurring.bank.reading.camt"].entries(content)
        if not entries:
            raise UserError(self.env._("The file holds no movements. Choose the days at your bank and export it again."))
        if len(entries) > MOST_ROWS:
            raise UserError(self.env._("The file holds more than %s movements. Export fewer days at a time.", MOST_ROWS))
        return entries

    @api.private
    @api.model
    def decode(self, content):
        """The text of a file. What it says of its own encoding is often wrong, so UTF-8 is tried, then what Windows writes."""
        for mark, encoding in BYTE_ORDER_MARKS:
            if content.startswith(mark):
                return content.decode(encoding, "replace")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.end >= len(content) and len(content) - error.start < 4:
                return content[: error.start].decode("utf-8")  # only cut within a letter
            return content.decode("cp1252", "replace")

    def _check_size(self, content):
        if not content.strip():
            raise UserError(self.env._("The file is empty. Export it again at your bank."))
        if len(content) > LARGEST:
            raise UserError(self.env._("The file is larger than 10 MB. Export fewer days at a time."))
