from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from odoo import api, models
from odoo.exceptions import UserError

from .bank_reading import Entry

BOOKED = "BOOK"
REFERENCES = ("EndToEndId", "TxId", "InstrId", "MndtId", "AcctSvcrRef")
NOT_GIVEN = "NOTPROVIDED"


class RecurringBankReadingCamt(models.AbstractModel):
    """Reads camt.053 statements (ISO 20022) of any version. Entities, outer definitions and bombs are refused before anything is read."""

    _name = "recurring.bank.reading.camt"
    _description = "Reading camt.053 Files"

    @api.private
    @api.model
    def entries(self, content):
        """The rows of a camt.053 file; see ``recurring.bank.reading.entries()``."""
        root = self._root(content)
        statements = root.findall("./{*}BkToCstmrStmt/{*}Stmt") or root.findall("./{*}BkToCstmrAcctRpt/{*}Rpt")
        if not statements:
            raise UserError(self.env._("This XML file is no bank statement. Export a camt.053, OFX or CSV file at your bank."))
        entries = []
        for statement in statements:
            account = self._text(statement, "./{*}Acct/{*}Id/{*}IBAN") or self._text(statement, "./{*}Acct/{*}Id/{*}Othr/{*}Id")
            for entry in statement.findall("./{*}Ntry"):
                if self._status(entry) == BOOKED:
                    entries += [each._replace(account=account) for each in self._entries(entry)]
        return entries

    def _root(self, content):
        # "<!DOCTYPE" in any encoding XML allows: nothing of it is ever parsed.
        if b"<!DOCTYPE" in content.replace(b"\x00", b"").upper():
            raise UserError(self.env._("The file carries definitions that no bank writes. Export it again at your bank."))
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True
        )
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise UserError(self.env._("The XML file cannot be read (%s). Export it again at your bank.", error)) from error
        info = root.getroottree().docinfo
        if info.doctype or info.internalDTD is not None or any(True for _entity in root.iter(etree.Entity)):
            raise UserError(self.env._("The file carries definitions that no bank writes. Export it again at your bank."))
        return root

    def _status(self, entry):
        # Older versions write the code itself, newer ones <Cd>.
        return self._text(entry, "./{*}Sts/{*}Cd") or self._text(entry, "./{*}Sts") or BOOKED

    def _entries(self, entry):
        day = self._day(entry)
        details = entry.findall("./{*}NtryDtls/{*}TxDtls")
        amounts = [detail.find("./{*}Amt") for detail in details]
        if len(details) > 1 and all(amount is not None for amount in amounts):
            parts = [self._entry(entry, detail, day, amount, n) for n, (detail, amount) in enumerate(zip(details, amounts, strict=True))]
            # A sum of many is taken apart only where its parts make it up.
            if sum(part.amount for part in parts) == self._entry(entry, entry, day, entry.find("./{*}Amt")).amount:
                return parts
        return [self._entry(entry, details[0] if len(details) == 1 else entry, day, entry.find("./{*}Amt"))]

    def _entry(self, entry, detail, day, amount, part=None):
        incoming = (self._text(detail, "./{*}CdtDbtInd") or self._text(entry, "./{*}CdtDbtInd")) != "DBIT"
        value = self._amount(amount)
        side = "Dbtr" if incoming else "Cdtr"
        name = self._text(detail, f".//{{*}}RltdPties/{{*}}{side}/{{*}}Nm") or self._text(
            detail, f".//{{*}}RltdPties/{{*}}{side}/{{*}}Pty/{{*}}Nm"
        )
        bank_id = (
            self._text(detail, "./{*}Refs/{*}AcctSvcrRef") or self._text(entry, "./{*}AcctSvcrRef") or self._text(entry, "./{*}NtryRef")
        )
        return Entry(
            day=day,
            amount=value if incoming else -value,
            text=self._words(entry, detail, side, name),
            name=name,
            bank_id=f"{bank_id}/{part}" if bank_id and part is not None else bank_id,
            currency=amount.get("Ccy") or "",
        )

    def _words(self, entry, detail, side, name):
        party = f".//{{*}}RltdPties/{{*}}{side}"
        words = [name]
        words += self._texts(detail, f"{party}//{{*}}Id/{{*}}OrgId//{{*}}Id") + self._texts(
            detail, f"{party}//{{*}}Id/{{*}}PrvtId//{{*}}Id"
        )
        words += self._texts(detail, ".//{*}RmtInf//{*}Ref") + self._texts(detail, ".//{*}RmtInf/{*}Ustrd")
        words += [self._text(detail, f"./{{*}}Refs/{{*}}{reference}") for reference in REFERENCES]
        words += [self._text(entry, "./{*}AddtlNtryInf"), self._text(detail, "./{*}AddtlTxInf")]
        return " ".join(dict.fromkeys(word for word in words if word and word != NOT_GIVEN))

    def _amount(self, node):
        try:
            value = Decimal((node.text if node is not None else "").strip())
        except InvalidOperation as error:
            raise UserError(self.env._("A movement of the file has no amount. Export it again at your bank.")) from error
        if not value.is_finite() or value < 0:
            raise UserError(self.env._("A movement of the file has the amount %s, which no bank writes. Export it again.", node.text))
        return value

    def _day(self, entry):
        for name in ("BookgDt", "ValDt"):
            text = self._text(entry, f"./{{*}}{name}/{{*}}Dt") or self._text(entry, f"./{{*}}{name}/{{*}}DtTm")
            if text:
                try:
                    return date.fromisoformat(text[:10])
                except ValueError as error:
                    raise UserError(self.env._('"%s" is no date. Export the file again at your bank.', text)) from error
        raise UserError(self.env._("A movement of the file has no date. Export it again at your bank."))

    def _text(self, node, path):
        found = node.find(path)
        return " ".join(found.text.split()) if found is not None and found.text else ""

    def _texts(self, node, path):
        return [" ".join(found.text.split()) for found in node.findall(path) if found.text]
