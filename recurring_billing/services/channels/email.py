import re
import smtplib

from odoo import Command, api, models
from odoo.tools import email_normalize, email_normalize_all, formataddr

from ...const import dunning as const

HELD = "exception"
"""The state of an e-mail that is kept but not Odoo's to send: its own queue would send it again after a crash."""
CONNECTION = "recurring_smtp"
REFUSED = re.compile(r"SMTP(RecipientsRefused|SenderRefused|DataError|ResponseException|HeloError|NotSupportedError)")
"""What a mail server answers when it did not take a message. Anything else after the connection stood leaves it open."""
LATER = re.compile(r"\b4[25]\d\b")
"""Its answers that ask to try again."""
UNANSWERED = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
"""Told to machines that answer for people: what an absent customer's machine says is no answer to a reminder."""
ADDRESSES = ("mail_email_invalid", "mail_email_missing")


class RecurringChannelEmail(models.AbstractModel):
    """E-mail, through Odoo's own mail servers and with its own kind of record, so that answers and bounces find their way back."""

    _name = "recurring.channel.email"
    _inherit = "recurring.channel"
    _description = "E-mail to a Customer"

    _recurring_code = const.EMAIL

    @api.private
    @api.model
    def _address(self, partner):
        if not (partner.email or "").strip():
            return "", self.env._("%(name)s has no e-mail address.", name=partner.display_name)
        address = email_normalize(partner.email, strict=False)
        if not address:
            return "", self.env._("The e-mail address %(address)s is not one.", address=partner.email)
        refused = self._refused(partner, address)
        if refused:
            return "", self.env._("The last e-mail to this address came back: %(why)s", why=refused)
        return address, ""

    @api.private
    @api.model
    def _prepare(self, message):
        words = self.env["recurring.dunning.words"]
        told = words.mail(message)
        mail = self._make_mail(message, told["subject"], told["html"])
        return {"subject": told["subject"], "body": told["shown"], "mail_id": mail.id, "amount": told["amount"]}

    def _make_mail(self, message, subject, html):
        sender, case = self._sender(message), message.case_id
        # A reply to a message of a case finds the case; others go to who wrote.
        thread = {"model": case._name, "res_id": case.id} if case else {"reply_to": sender}
        message.mail_id.filtered(lambda mail: mail.state == HELD).unlink()
        # sudo: e-mails are Odoo's own records, which people who collect do not make by themselves
        return (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "state": HELD,
                    "failure_reason": self.env._("Sent by Collections only."),
                    "subject": subject,
                    "body_html": html,
                    "email_to": ", ".join(formataddr((message.partner_id.name or "", each)) for each in self._addresses(message)),
                    "email_from": sender,
                    "author_id": (message.user_id or message.company_id).partner_id.id,
                    "message_type": "email_outgoing",
                    "is_internal": False,
                    "auto_delete": False,
                    "headers": repr(UNANSWERED if message.kind != const.KIND_MANUAL else {}),
                    "attachment_ids": [Command.link(attachment.id) for attachment in message.attachment_ids],
                    **thread,
                }
            )
        )

    def _addresses(self, message):
        """All addresses a customer has given; the first one stands for them."""
        more = email_normalize_all(message.partner_id.email) if message.address in email_normalize_all(message.partner_id.email) else ()
        return list(dict.fromkeys((message.address, *more)))

    def _sender(self, message):
        """Who writes: the owner of the case, else the company."""
        company = message.company_id
        owner = message.user_id or message.case_id.user_id
        return owner.email_formatted or company.email_formatted or self.env.user.email_formatted

    @api.private
    @api.model
    def _send(self, message):
        # sudo: as ``_make_mail``
        mail = message.sudo().mail_id
        if not mail:
            return const.FAILED, "", self.env._("The e-mail was deleted before it left.")
        server, session, error = self._connected(mail)
        if error:
            return const.QUEUED, "", error
        mail.state = "outgoing"
        said = self._let_go(mail, server, session)
        return said or self._result(mail)

    def _let_go(self, mail, server, session):
        """Give the mail to the server; (state, reference, error) where nothing is known of it, else None."""
        try:
            mail._send(smtp_session=session, mail_server=server, alias_domain_id=mail.record_alias_domain_id.id)
        except smtplib.SMTPServerDisconnected as error:
            self._forget_connection()
            mail.state = HELD
            return const.UNKNOWN, "", self.env._("The mail server broke off: %(error)s", error=error)
        return None

    def _result(self, mail):
        if mail.state == "sent" or self.env["ir.mail_server"]._disable_send():
            mail.state = "sent"
            return const.SENT, mail.message_id, ""
        why = mail.failure_reason or ""
        mail.state = HELD
        if mail.failure_type == "unknown" and not REFUSED.search(why):
            return const.UNKNOWN, "", self.env._("Nobody knows whether the mail server took it: %(error)s", error=_short(why))
        if LATER.search(why):
            return const.QUEUED, "", _short(why)
        return const.FAILED, "", _short(why) or self.env._("The mail server refused it.")

    @api.private
    @api.model
    def _is_address_wrong(self, message):
        mail = message.sudo().mail_id  # sudo: as ``_make_mail``
        return mail.failure_type in ADDRESSES or "SMTPRecipientsRefused" in (mail.failure_reason or "")

    # Connections: one for many mails

    def _connected(self, mail):
        """The server and an open connection for a mail.

        :return: (server, connection, ""), or (…, why there is none, in words)
        """
        # sudo: whoever sends uses the mail server without reading its settings
        servers = self.env["ir.mail_server"].sudo()
        ((server_id, alias_domain_id, smtp_from, _ids),) = mail._split_by_mail_configuration()
        if servers._disable_send():
            return servers, None, ""
        key = (server_id, alias_domain_id, smtp_from)
        server, kept = servers.browse(server_id or ()), self.env.cr.cache.setdefault(CONNECTION, {})
        session = kept.get(key)
        if session and _is_alive(session):
            return server, session, ""
        try:
            session = servers._connect__(mail_server_id=server_id, smtp_from=smtp_from)
        except Exception as error:  # whatever it was, nothing left
            return (
                server,
                None,
                self.env._("The outgoing mail server does not answer; look at it in the settings (%(error)s)", error=_short(str(error))),
            )
        kept[key] = session
        return server, session, ""

    def _forget_connection(self):
        self.env.cr.cache.pop(CONNECTION, None)

    @api.private
    @api.model
    def _hang_up(self):
        """Close the connections of this cursor."""
        for session in (self.env.cr.cache.pop(CONNECTION, None) or {}).values():
            try:
                session.quit()
            except (smtplib.SMTPException, OSError):
                continue


def _is_alive(session):
    try:
        return session.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _short(text):
    return " ".join((text or "").split())[:300]
