import logging
import time
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ...const import dunning as const
from ...rules import whatsapp
from ..whatsapp_errors import WhatsappProblem

_logger = logging.getLogger(__name__)

WINDOW = timedelta(hours=23, minutes=50)
"""For a day after a customer wrote, any words reach them; a little less, for the way takes time."""
SHORT_WAITS_S = (1, 4)
"""How long to wait at once for a service that has too much to do, before the message goes back to the end of the line."""
STATES = {whatsapp.AGAIN: const.QUEUED, whatsapp.ACCOUNT: const.QUEUED, whatsapp.UNKNOWN: const.UNKNOWN}
_last_sent = {}
"""When this process last sent through an account, on a clock that only goes on."""


class RecurringChannelWhatsapp(models.AbstractModel):
    """WhatsApp: through the company's account, with texts WhatsApp has approved; else a person opens the chat and sends."""

    _name = "recurring.channel.whatsapp"
    _inherit = "recurring.channel"
    _description = "WhatsApp to a Customer"

    _recurring_code = const.WHATSAPP

    @api.private
    @api.model
    def _is_available(self, company):
        return bool(company.sudo().recurring_whatsapp_by_hand or self._account(company))  # sudo: a setting, whoever asks

    def _account(self, company):
        return self.env["recurring.whatsapp.account"]._of(company)

    @api.private
    @api.model
    def _address(self, partner):
        number, why_not = self.env["recurring.phone.numbers"].of(partner)
        refused = number and self._refused(partner, number)
        if refused:
            return "", self.env._("The last WhatsApp message to this number did not arrive: %(why)s", why=refused)
        return number, why_not

    # What it says

    @api.private
    @api.model
    def _prepare(self, message):
        words = self.env["recurring.dunning.words"]
        owed = words.owed(message) if words._asks_for_money(message) else []
        amount = words._in_company_currency(message, owed)
        return {"subject": False, "amount": amount, **self._content(message, owed)}

    def _content(self, message, owed):
        """What is kept of it: what the customer reads, and what WhatsApp gets."""
        words, account = self.env["recurring.dunning.words"], self._account(message.company_id)
        own = words.short(message)
        # A chat that is open takes any words; nothing else does but what is registered.
        if account and not (message.own_text and self._is_chat_open(message)):
            text = self._registered(account, message)
            if text:
                translated, service = words.in_language(message)
                content, own = text._content(service.values(translated, owed))
                sent = {"type": "template", "template": content}
                return {"body": words.as_html(own), "whatsapp_content": sent, "whatsapp_text_id": text.id}
        if account and self._is_chat_open(message):
            sent = {"type": "text", "text": {"body": own[:4096], "preview_url": False}}
            return {"body": words.as_html(own), "whatsapp_content": sent, "whatsapp_text_id": False}
        return {"body": words.as_html(own), "whatsapp_content": False, "whatsapp_text_id": False}

    def _registered(self, account, message):
        """The registered text to use, complete; own words are in none."""
        if message.own_text:
            return self.env["recurring.whatsapp.template"]
        # sudo: which text is registered is nobody's secret, and the message leaves for whoever may send it
        text = self.env["recurring.whatsapp.template"].sudo()._for(account, message.template_id, message.lang or message.partner_id.lang)
        return text if not text._missing() else text.browse()

    def _is_chat_open(self, message):
        """Whether the customer wrote within the last day."""
        since = fields.Datetime.now() - WINDOW
        wrote = Domain("channel", "=", const.WHATSAPP) & Domain("direction", "=", const.IN) & Domain("address", "=", message.address)
        wrote &= Domain("company_id", "=", message.company_id.id) & Domain("sent_at", ">=", since)
        # sudo: when somebody wrote, whoever sends
        return bool(self.env["recurring.dunning.message"].sudo().search_count(wrote, limit=1))

    # Sending

    @api.private
    @api.model
    def _send(self, message):
        if not message.whatsapp_content:
            return self._without_account(message)
        account = self._account(message.company_id)
        if not account:
            return self._without_account(message)
        if account._rests():
            return const.QUEUED, "", account.problem
        self._pace(account)
        try:
            with self.env["recurring.whatsapp.api"].session(account) as service:
                return const.SENT, self._send_patiently(service, message), ""
        except WhatsappProblem as problem:
            self._note(account, message, problem)
            return STATES.get(problem.meaning, const.FAILED), "", str(problem)

    def _without_account(self, message):
        """A person sends it, where the company wants that."""
        if message.company_id.sudo().recurring_whatsapp_by_hand:  # sudo: a setting, whoever asks
            return const.TO_DO, "", ""
        if not self._account(message.company_id):
            return const.FAILED, "", self.env._("No WhatsApp account is in use.")
        return const.FAILED, "", self.env._("WhatsApp has approved no text for it in the customer's language.")

    def _send_patiently(self, service, message):
        """Send, again after a moment where the service says that it has too much to do."""
        for wait in (*SHORT_WAITS_S, None):
            try:
                return service.send(message.address.lstrip("+"), message.whatsapp_content, message._whatsapp_name())
            except WhatsappProblem as problem:
                if problem.meaning != whatsapp.AGAIN or wait is None:
                    raise
                time.sleep(wait)
        raise AssertionError("unreachable")

    def _pace(self, account):
        """Keep the number of messages per second."""
        key, now = (self.env.cr.dbname, account.id), time.monotonic()
        moment = max(now, _last_sent.get(key, 0) + 1 / account.per_second)
        _last_sent[key] = moment
        time.sleep(moment - now)

    def _note(self, account, message, problem):
        """Keep what is wrong with the account or the text, in a transaction of its own: what became of the message is not put at risk."""
        record = {whatsapp.ACCOUNT: account, whatsapp.TEXT: message.whatsapp_text_id}.get(problem.meaning)
        if not record:
            return
        if self.env["recurring.invoice.generation"]._in_one_transaction():
            record.sudo()._remember(problem)  # sudo: services write what WhatsApp says
            return
        try:
            with self.env.registry.cursor() as cursor:
                api.Environment(cursor, SUPERUSER_ID, self.env.context)[record._name].browse(record.ids)._remember(problem)
        except Exception:
            # The next message learns of the same problem.
            _logger.exception("WhatsApp: a problem could not be kept: %s", problem)
