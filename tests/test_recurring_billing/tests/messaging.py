"""Messages to customers: letting them go, and mail servers and SMS services that answer, fail, or never answer."""

import re
from contextlib import contextmanager
from unittest.mock import patch

from .dunning import DunningCommon


class Session:
    """A connection to a mail server that is always there."""

    def __init__(self):
        self.ended = False

    def noop(self):
        return (250, b"ok")

    def quit(self):
        self.ended = True


class MessagingCommon(DunningCommon):
    """Harbor Gym writes to who owes; everybody has an address in the first place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "phone": "+1 212 555 0100",
                "email": "hello@harborgym.example",
                "street": "1 Pier Road",
                "city": "New York",
                "vat": "US12-3456789",
            }
        )
        cls.ana = cls.make_partner("Ana Silva", email="ana@example.com", phone="+1 212-555-0111", street="5 Main St", city="Boston")

    def let_go(self, day, cron="cron_message_dispatch"):
        """The scheduled action that sends, on a day."""
        self.trigger(cron, day)

    def said(self, partner, **values):
        """The messages to a customer, oldest first."""
        domain = [("partner_id", "=", partner.id), *[(name, "=", value) for name, value in values.items()]]
        return self.env["recurring.dunning.message"].search(domain, order="id")

    def remind(self, partner, day, kind="dunning", **values):
        """A message to a customer, made on a day."""
        env = self.at(day)
        partner = env["res.partner"].browse(partner.ids)
        case = env["recurring.dunning.case"]._of(partner, self.company.with_env(env))[partner]
        values = {"text_kind": "overdue", **values}
        return self.env["recurring.dunning.message"].browse(env["recurring.message.dispatch"]._enqueue(case, kind, **values).ids)

    @contextmanager
    def mail_server(self, *answers):
        """A mail server: what it does with each e-mail in turn, None to take it, an exception to raise; then it takes all.

        Gives the list of e-mails that it took.
        """
        took, script, mail_server = [], list(answers), self.env.registry["ir.mail_server"]

        def send_email(_self, message, *_args, **_kwargs):
            answer = script.pop(0) if script else None
            if answer:
                raise answer
            took.append(message)
            return message["Message-Id"]

        with (
            patch.object(mail_server, "_disable_send", lambda _self: False),
            patch.object(mail_server, "_connect__", lambda _self, *_args, **_kwargs: Session()),
            patch.object(mail_server, "send_email", send_email),
        ):
            yield took

    @contextmanager
    def no_mail_server(self):
        """The mail server cannot be reached."""
        mail_server = self.env.registry["ir.mail_server"]

        def refuse(_self, *_args, **_kwargs):
            raise ConnectionRefusedError("nobody there")

        with patch.object(mail_server, "_disable_send", lambda _self: False), patch.object(mail_server, "_connect__", refuse):
            yield

    @contextmanager
    def sms_service(self, state="success", error=None):
        """An SMS service that answers the same to everything. Gives the list of (number, text) it was asked to send."""
        asked = []

        def send(_self, messages, **_kwargs):
            if error:
                raise error
            found = [(number, message["content"]) for message in messages for number in message["numbers"]]
            asked.extend((number["number"], text) for number, text in found)
            return [{"uuid": number["uuid"], "state": state} for number, _text in found]

        with patch("odoo.addons.sms.tools.sms_api.SmsApi._send_sms_batch", send):
            yield asked

    @contextmanager
    def clock(self, hour):
        """The local hour at which messages leave."""
        dispatch = self.env.registry["recurring.message.dispatch"]
        real = dispatch._local_now

        def local_now(service, company):
            return real(service, company).replace(hour=int(hour), minute=round(hour % 1 * 60))

        with patch.object(dispatch, "_local_now", local_now):
            yield

    def texts(self, html):
        """What a reader sees of HTML."""
        text = re.sub(r"<[^>]+>", " ", str(html or "")).replace("&nbsp;", " ").replace("\xa0", " ")
        return re.sub(r"\s+", " ", text).strip()
