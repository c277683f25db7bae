"""Bank files as banks really write them, made for the tests."""

import base64


def ofx(rows, header=None, encoding="cp1252", currency="USD"):
    """An OFX 1.02 file of a Brazilian bank: no closing tags, Windows letters under a header that says otherwise.

    :param rows: (day, amount, number, memo), or with a name behind.
    """
    lines = [
        header
        or "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n"
        "COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n",
        "<OFX>",
        "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>00000000000000<LANGUAGE>POR</SONRS></SIGNONMSGSRSV1>",
        "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1001<STATUS><CODE>0<SEVERITY>INFO</STATUS>",
        f"<STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>0341<ACCTID>1234567890<ACCTTYPE>CHECKING</BANKACCTFROM>",
        "<BANKTRANLIST><DTSTART>20240301100000[-03:EST]<DTEND>20240331100000[-03:EST]",
    ]
    for day, amount, number, memo, *name in rows:
        lines += ["<STMTTRN>", f"<TRNTYPE>{'DEBIT' if str(amount).startswith('-') else 'CREDIT'}", f"<DTPOSTED>{day}233000[-03:EST]"]
        lines += [f"<TRNAMT>{amount}", f"<FITID>{number}", f"<CHECKNUM>{number}", *(f"<NAME>{each}" for each in name), f"<MEMO>{memo}"]
        lines.append("</STMTTRN>")
    lines += ["</BANKTRANLIST><LEDGERBAL><BALAMT>0.00<DTASOF>20240331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"]
    return "\r\n".join(lines).encode(encoding)


def camt(rows, currency="USD", doctype="", version="02"):
    """A camt.053 statement.

    :param rows: (day, amount, number, payer, remittance); an amount less than 0 went out.
    """
    entries = "".join(
        f"""<Ntry><Amt Ccy="{currency}">{abs(float(amount)):.2f}</Amt><CdtDbtInd>{"DBIT" if float(amount) < 0 else "CRDT"}</CdtDbtInd>
        <Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{number}</AcctSvcrRef><NtryDtls><TxDtls>
        <Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties>
        <RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
        for day, amount, number, payer, text in rows
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>{doctype}
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
    <Stmt><Id>1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>""".encode()


def csv(rows, encoding="cp1252"):
    """A Brazilian bank's CSV export: lines before the header, semicolons, decimal commas, balances among the movements.

    :param rows: (dd/mm/yyyy, text, amount as the bank writes it)
    """
    lines = ["Extrato de Conta Corrente;;;", "Agência 0001 Conta 12345-6;;;", "", "Data;Histórico;Valor (R$);Saldo (R$)"]
    lines += ["01/03/2024;SALDO ANTERIOR;;1.000,00"]
    lines += [f"{day};{text};{amount};0,00" for day, text, amount in rows]
    lines += ["31/03/2024;SALDO DO DIA;9.999,99;9.999,99"]
    return "\r\n".join(lines).encode(encoding)


def encoded(content):
    return base64.b64encode(content)
