import csv

from odoo import api, models
from odoo.exceptions import UserError

from ..rules import bank_csv
from .bank_reading import Entry

SAMPLES = 200


class RecurringBankReadingCsv(models.AbstractModel):
    """Reads CSV files of any bank, by a layout that says what each column means."""

    _name = "recurring.bank.reading.csv"
    _description = "Reading CSV Files"

    @api.private
    @api.model
    def columns(self, text):
        """What a file seems to hold.

        :return: {columns: [(name, sample, meaning)], day_order, decimal_mark}
        """
        rows = self._cells_of(text)
        place = bank_csv.header_at(rows)
        header, samples = rows[place], rows[place + 1 : place + 1 + SAMPLES]
        meanings = bank_csv.meanings_of(header)

        def cells(*wanted):
            return [row[n] for n, meaning in enumerate(meanings) if meaning in wanted for row in samples if n < len(row) and row[n]]

        return {
            "columns": [
                (name, next((row[n] for row in samples if n < len(row) and row[n]), ""), meanings[n]) for n, name in enumerate(header)
            ],
            "day_order": bank_csv.day_order(cells(bank_csv.DAY)),
            "decimal_mark": bank_csv.decimal_mark(cells(bank_csv.AMOUNT, bank_csv.CREDIT, bank_csv.DEBIT)),
        }

    @api.private
    @api.model
    def entries(self, text, layout):
        """The rows of a CSV file.

        :param layout: a ``recurring.bank.layout``, whose columns are those of the file.
        """
        rows = self._cells_of(text)
        place = bank_csv.header_at(rows)
        meanings = layout._meanings()
        found = []
        for number, row in enumerate(rows[place + 1 :], start=place + 2):
            cells = {}
            for meaning, cell in zip(meanings, row, strict=False):
                cells.setdefault(meaning, []).append(cell)
            entry = self._entry(cells, layout, number)
            if entry:
                found.append(entry)
        return found

    def _cells_of(self, text):
        """The cells of a file.

        :raises UserError: when it is no table.
        """
        try:
            rows = bank_csv.table(text)
        except csv.Error as error:
            raise UserError(self.env._("The file is no table that can be read (%s). Export it again at your bank.", error)) from error
        if not rows:
            raise UserError(self.env._("The file holds no movements. Choose the days at your bank and export it again."))
        return rows

    def _entry(self, cells, layout, number):
        day = self._first(cells, bank_csv.DAY)
        if not any(char.isdigit() for char in day):
            return None  # a heading or a sum between the movements
        amount = self._amount(cells, layout, number)
        if not amount:
            return None
        try:
            when = bank_csv.parse_day(day, layout.day_order)
        except ValueError as error:
            raise UserError(
                self.env._(
                    'Line %(line)s: "%(text)s" is no date in the chosen order. Open the columns and choose another order.',
                    line=number,
                    text=day,
                )
            ) from error
        wanted = (bank_csv.NAME, bank_csv.DOCUMENT, bank_csv.TEXT)
        words = dict.fromkeys(" ".join(cell.split()) for meaning in wanted for cell in cells.get(meaning, ()) if cell.strip())
        return Entry(
            day=when,
            amount=amount,
            text=" ".join(words),
            name=self._first(cells, bank_csv.NAME),
            bank_id=self._first(cells, bank_csv.BANK_ID),
            is_balance=any(bank_csv.is_balance(cell) for cell in cells.get(bank_csv.TEXT, ())),
        )

    def _amount(self, cells, layout, number):
        """What came in, less than 0 what went out, 0 where the line says neither."""
        amount = self._number(self._first(cells, bank_csv.AMOUNT), layout, number)
        if not amount:
            incoming = self._number(self._first(cells, bank_csv.CREDIT), layout, number)
            return abs(incoming) if incoming else -abs(self._number(self._first(cells, bank_csv.DEBIT), layout, number))
        return -abs(amount) if self._first(cells, bank_csv.SIGN).upper().startswith("D") else amount

    def _number(self, cell, layout, number):
        if not any(char.isdigit() for char in cell):
            return 0
        try:
            return bank_csv.parse_amount(cell, layout.decimal_mark)
        except ValueError as error:
            raise UserError(
                self.env._(
                    'Line %(line)s: "%(text)s" is no amount. Open the columns and choose what each of them means.', line=number, text=cell
                )
            ) from error

    def _first(self, cells, meaning):
        return next((cell for cell in cells.get(meaning, ()) if cell), "")
