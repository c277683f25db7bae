import base64
from collections import Counter
from hashlib import sha256

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from .. import const
from ..rules import bank_matching
from ..rules.bank_text import compact, same_account
from ..rules.money import to_decimal
from . import bank_reading


class RecurringBankImport(models.AbstractModel):
    """Takes the movements of a bank file over. A movement that was read before, from this file or an overlapping one, adds nothing."""

    _name = "recurring.bank.import"
    _description = "Import of Bank Files"

    @api.private
    @api.model
    def check_may_work(self):
        """Refuse who neither collects nor bills."""
        if self.env.su or self.env.user.has_group("recurring_billing.group_collections"):
            return
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Bank files are for the groups Collections and Billing."))

    @api.private
    @api.model
    def import_file(self, file):
        """Read a file: its movements are there, with what they probably pay. Of a CSV file with unknown columns, only its columns."""
        self.check_may_work()
        # sudo: movements are written by services only; who may work on bank files was checked, and the file itself is readable
        file.check_access("write")
        service, file = self.sudo(), file.sudo()
        if file.state == const.BANK_FILE_READ:
            raise UserError(self.env._("This file was read already."))
        content = base64.b64decode(file.with_context(bin_size=False).content or b"")
        reading = self.env["recurring.bank.reading"]
        file.kind = reading.kind(content)
        if file.kind == bank_reading.CSV and not service._columns_known(file, reading.decode(content)):
            file.state = const.BANK_FILE_COLUMNS
            return
        entries = reading.entries(content, file.layout_id)
        service._check_account(file, entries)
        service._check_currency(file, entries)
        rows = service._take_over(file, entries)
        file.write({"state": const.BANK_FILE_READ, "repeated_count": len(entries) - len(rows)})
        self.env["recurring.bank.matching"].match(rows.filtered(lambda row: row.state == const.BANK_ROW_OPEN))

    @api.private
    @api.model
    def reopen_columns(self, file):
        """Back to the columns of a CSV file; what was read of it goes, as long as nothing was decided."""
        self.check_may_work()
        file.check_access("write")
        # sudo: as in ``import_file``
        file = file.sudo()
        if file.row_ids.filtered(lambda row: row.payment_id or row.state == const.BANK_ROW_QUEUED):
            raise UserError(self.env._("Movements of this file are booked already, so its columns stay as they are."))
        file.row_ids.unlink()
        file.layout_id.is_confirmed = False
        file.write({"state": const.BANK_FILE_COLUMNS, "repeated_count": 0})

    # Columns of CSV files

    def _columns_known(self, file, text):
        """Whether a person said what the columns mean, for this file or one like it."""
        if file.state == const.BANK_FILE_COLUMNS and file.layout_id:
            file.layout_id._check_complete()
            file.layout_id.is_confirmed = True
            return True
        guess = self.env["recurring.bank.reading.csv"].columns(text)
        signature = " · ".join(name for name, _sample, _meaning in guess["columns"])
        layouts = self.env["recurring.bank.layout"]
        layout = layouts.search([("journal_id", "=", file.journal_id.id), ("signature", "=", signature)])
        file.layout_id = layout or layouts.create(self._prepare_layout(file, guess, signature))
        return file.layout_id.is_confirmed

    def _prepare_layout(self, file, guess, signature):
        return {
            "journal_id": file.journal_id.id,
            "signature": signature,
            "day_order": guess["day_order"],
            "decimal_mark": guess["decimal_mark"],
            "column_ids": [
                Command.create({"sequence": n, "name": name or str(n + 1), "sample": sample, "meaning": meaning})
                for n, (name, sample, meaning) in enumerate(guess["columns"])
            ],
        }

    # Movements

    def _check_account(self, file, entries):
        """Refuse a file of another account: its movements would be booked where the money is not."""
        ours = file.journal_id.bank_account_id.acc_number or ""
        theirs = list(dict.fromkeys(entry.account for entry in entries if entry.account))
        if len(theirs) > 1:
            raise UserError(
                self.env._("The file holds several accounts (%s). Export each of them by itself at your bank.", ", ".join(theirs))
            )
        if theirs and ours and not same_account(theirs[0], ours):
            raise UserError(
                self.env._(
                    "The file is of another account: it says %(theirs)s, and %(journal)s is %(ours)s. Choose the bank account it "
                    "belongs to, or correct the number there.",
                    theirs=theirs[0],
                    journal=file.journal_id.name,
                    ours=ours,
                )
            )

    def _check_currency(self, file, entries):
        others = {entry.currency for entry in entries if entry.currency} - {file.currency_id.name}
        if others:
            raise UserError(
                self.env._(
                    "The file is in %(other)s, and the account %(journal)s is in %(currency)s. Choose the bank account it belongs to.",
                    other=", ".join(sorted(others)),
                    journal=file.journal_id.name,
                    currency=file.currency_id.name,
                )
            )

    def _take_over(self, file, entries):
        """Make rows of the entries that were not read before."""
        keys = self._keys(entries)
        file.journal_id.lock_for_update()  # two people may read the same file at once
        rows = self.env["recurring.bank.row"]
        known = {row.key for row in rows.search([("journal_id", "=", file.journal_id.id), ("key", "in", keys)])}
        doubts = self._of_other_formats(file, entries)
        values = [
            self._prepare_row(file, entry, key, doubt) for entry, key, doubt in zip(entries, keys, doubts, strict=True) if key not in known
        ]
        return rows.create(values)

    def _keys(self, entries):
        """What tells a movement from all others of its account: all that the bank says of it, and which of equal ones it is.

        The bank's number is only a part of it: some banks give one number to many movements.
        """
        seen, keys = Counter(), []
        for entry in entries:
            told = "|".join((entry.day.isoformat(), f"{entry.amount:.4f}", entry.bank_id, compact(entry.text)))
            digest = sha256(told.encode()).hexdigest()
            seen[digest] += 1
            keys.append(f"{digest}/{seen[digest]}")
        return keys

    def _of_other_formats(self, file, entries):
        """For each entry, the file of another format that may hold the same movement: it says other words of the same money."""
        days = [entry.day for entry in entries]
        groups = self.env["recurring.bank.row"]._read_group(
            Domain("journal_id", "=", file.journal_id.id)
            & Domain("date", ">=", min(days))
            & Domain("date", "<=", max(days))
            & (Domain("file_id.kind", "!=", file.kind) | Domain("file_id.layout_id", "!=", file.layout_id.id)),
            ["date:day", "amount"],
            ["__count", "file_id:recordset"],
        )
        there = {(day, to_decimal(amount)): (count, files[:1].name) for day, amount, count, files in groups}
        seen, found = Counter(), []
        for entry in entries:
            place = (entry.day, to_decimal(float(entry.amount)))
            seen[place] += 1
            count, name = there.get(place, (0, None))
            found.append(name if seen[place] <= count else None)
        return found

    def _prepare_row(self, file, entry, key, doubt):
        ignored = entry.amount <= 0 or entry.is_balance
        return {
            "file_id": file.id,
            "journal_id": file.journal_id.id,
            "company_id": file.company_id.id,
            "currency_id": file.currency_id.id,
            "date": entry.day,
            "amount": float(entry.amount),
            "name": entry.text,
            "payer_name": entry.name,
            "bank_number": entry.bank_id,
            "key": key,
            "state": const.BANK_ROW_IGNORED if ignored else const.BANK_ROW_OPEN,
            "reasons": [["balance" if entry.is_balance else "money_out", None]] if ignored else [],
            "suspicions": [[bank_matching.OTHER_FILE, doubt]] if doubt else [],
        }
