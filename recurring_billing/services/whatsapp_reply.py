from datetime import datetime, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ..const import dunning as const
from ..const.whatsapp import DONE, IGNORED, NEW
from ..rules import whatsapp

MEDIA = {"image", "document"}
MIMES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
"""What is kept of what customers send: receipts. Anything else is only told of."""


class RecurringWhatsappReply(models.AbstractModel):
    """What a customer wrote: it lands in the case, its owner hears of it, and no further message goes out for some days."""

    _name = "recurring.whatsapp.reply"
    _description = "Replies by WhatsApp"

    @api.private
    @api.model
    def take(self, notice):
        """Put a reply into the case of who wrote it.

        :return: (state of the notice, problem, message).
        """
        told, company = notice.content, notice.company_id
        service = self.with_company(company).with_context(allowed_company_ids=company.ids, lang=company._recurring_staff_lang())
        answered, partner = service._who(notice, told)
        if not partner:
            return IGNORED, self.env._("Nobody is known under this number."), self.env["recurring.dunning.message"]
        case = service._case(answered, partner, company)
        message = service._keep(notice, told, partner, case)
        if told.get("type") == "reaction":
            return DONE, False, message  # a thumb is read, it asks for nothing
        wish = whatsapp.wish(notice.words)
        if wish:
            service._follow_wish(wish, service._people(notice.sender, partner, company), company, notice)
        if case:
            service._pause(case, partner)
            service._tell_owner(notice, case, message, wish)
        return (NEW if told.get("type") in MEDIA else DONE), False, message

    # Who

    def _who(self, notice, told):
        """The message that is answered, and the person; both may be unknown."""
        messages = self.env["recurring.dunning.message"]
        ours = [("company_id", "=", notice.company_id.id), ("channel", "=", const.WHATSAPP), ("direction", "=", const.OUT)]
        context = told.get("context") if isinstance(told.get("context"), dict) else {}
        if context.get("id"):
            found = messages.search([*ours, ("provider_ref", "=", str(context["id"]))], limit=1)
            if found:
                return found, found.partner_id
        found = messages.search([*ours, ("address", "=", notice.sender), ("provider_ref", "!=", False)], limit=1)
        return (found, found.partner_id) if found else (messages, self._by_number(notice.sender, notice.company_id))

    def _people(self, number, partner, company):
        """Everybody we reach under a number: a couple may share a telephone."""
        written = [("company_id", "=", company.id), ("channel", "=", const.WHATSAPP), ("address", "=", number)]
        return partner | self._having(number, company) | self.env["recurring.dunning.message"].search(written).partner_id

    def _having(self, number, company):
        domain = [("phone_sanitized", "in", _spellings(number)), ("company_id", "in", (False, company.id))]
        return self.env["res.partner"].search(domain, order="id")

    def _by_number(self, number, company):
        """Who has this number: of several, whoever owes us something."""
        found = self._having(number, company)
        cases = self.env["recurring.dunning.case"].search(
            [("partner_id", "in", found.commercial_partner_id.ids), ("company_id", "=", company.id)], order="state desc, amount_due desc"
        )
        owing = found.filtered(lambda partner: partner.commercial_partner_id == cases[:1].partner_id)
        return (owing or found)[:1]

    def _case(self, answered, partner, company):
        """The case that is answered, the open one of that customer where it is closed; who writes may answer for somebody else."""
        case = answered.case_id
        if case.state == const.CASE_OPEN:
            return case
        customer = case.partner_id or partner.commercial_partner_id
        domain = [("partner_id", "=", customer.id), ("company_id", "=", company.id), ("state", "=", const.CASE_OPEN)]
        return case.search(domain, limit=1) or case

    # What

    def _keep(self, notice, told, partner, case):
        values = {
            "case_id": case.id,
            "company_id": notice.company_id.id,
            "partner_id": partner.id,
            "channel": const.WHATSAPP,
            "direction": const.IN,
            "kind": const.KIND_REPLY,
            "address": notice.sender,
            "body": plaintext2html(notice.words) if notice.words else self._instead(told),
            "state": const.DONE,
            "day": notice.company_id._recurring_today(),
            "sent_at": _moment(told),
            "unique_ref": f"whatsapp:{told['id']}",
            "provider_ref": told["id"],
        }
        return self.env["recurring.dunning.message"].create(values)

    def _instead(self, told):
        """What is shown for a message without words."""
        words = {
            "image": self.env._("A picture"),
            "document": self.env._("A document"),
            "audio": self.env._("A voice message. Listen to it on the phone: it is not kept here."),
            "video": self.env._("A video. Look at it on the phone: it is not kept here."),
            "location": self.env._("A place on the map"),
            "contacts": self.env._("Contact data"),
        }
        return Markup("<p>%s</p>") % words.get(told.get("type"), self.env._("A message of a kind that cannot be shown here"))

    @api.private
    @api.model
    def fetch(self, notice):
        """Fetch the picture or document of a reply, and keep it with the message.

        :return: why it is not kept, in words; empty where it is.
        :raises WhatsappProblem: when it cannot be fetched now.
        """
        message = notice.message_id
        with self.env["recurring.whatsapp.api"].session(notice.account_id) as service:
            content, mime = service.media(str(notice.content[notice.content["type"]].get("id") or ""))
        mime = mime.split(";")[0].strip()
        if mime not in MIMES:
            return self.env._("The customer sent a file that is neither a picture nor a PDF: it was not kept.")
        message.attachment_ids = self.env["ir.attachment"].create(
            {
                "name": f"{self.env._('Receipt')} {message.day}{MIMES[mime]}",
                "raw": content,
                "mimetype": mime,
                "res_model": message._name,
                "res_id": message.id,
                "company_id": notice.company_id.id,
            }
        )
        return ""

    @api.private
    @api.model
    def tell_missing(self, notice):
        """Who works the case hears that a picture could not be fetched."""
        case = notice.message_id.case_id
        if case:
            service = self._speaking_to(self._owner(notice, case))
            words = service.env._("The picture they sent could not be fetched: look at it on the phone.")
            service._tell(notice, case, notice.message_id, [words])

    # What follows

    def _follow_wish(self, wish, partners, company, notice):
        """Whoever writes "stop" gets nothing more this way, until they write "start".

        That opens again what "stop" from the same telephone closed, and nothing else: others may share it who said in another way that they
        do not want to be written to.
        """
        optouts = self.env["recurring.optout"]
        if wish == "stop":
            for partner in partners:
                optouts._ask(partner, const.WHATSAPP, company, const.SAID_BY_STOP, note=notice.words[:100], address=notice.sender)
        else:
            domain = [("partner_id", "in", partners.ids), ("channel", "=", const.WHATSAPP), ("company_id", "=", company.id)]
            mine = [("source", "=", const.SAID_BY_STOP), ("address", "in", (False, notice.sender))]
            optouts.search([*domain, *mine]).active = False

    def _pause(self, case, partner):
        """Nothing more is sent by itself for some days: a person answers first."""
        policy = case.policy_id or self.env["recurring.dunning.policy"]._for(partner.commercial_partner_id)[partner.commercial_partner_id]
        until = case.company_id._recurring_today() + timedelta(days=policy.reply_pause_days)
        if policy.reply_pause_days and (not case.hold_until or case.hold_until < until):
            case.write({"hold_until": until, "hold_reason": self.env._("The customer wrote to us by WhatsApp: answer first.")})
            case._refresh()

    def _owner(self, notice, case):
        return case.user_id or case.partner_id.user_id or notice.account_id.user_id

    def _speaking_to(self, user):
        """The service in the language of who gets a task."""
        return self.with_context(lang=user.lang or self.env.lang)

    def _tell_owner(self, notice, case, message, wish):
        """Who works the case hears of what was written."""
        service = self._speaking_to(self._owner(notice, case))
        lines = [notice.words or service._instead(notice.content)]
        if notice.content.get("type") in MEDIA:
            lines.append(service.env._("They sent a file, which may be a receipt: it is kept with the message."))
        if wish == "stop":
            lines.append(service.env._("They want no more WhatsApp messages, and get none."))
        service._tell(notice, case, message, lines)
        case.last_contact_at = fields.Datetime.now()

    def _tell(self, notice, case, message, lines):
        """One task for who works the case, however much is written until they have answered."""
        owner = self._owner(notice, case)
        summary = self.env._("Answer %(name)s on WhatsApp", name=message.partner_id.display_name)
        note = Markup("").join(line if isinstance(line, Markup) else Markup("<p>%s</p>") % line for line in lines)
        open_one = self.env["mail.activity"].search(
            [("res_model", "=", case._name), ("res_id", "=", case.id), ("summary", "=", summary), ("user_id", "=", owner.id)], limit=1
        )
        if open_one:
            open_one.note = (open_one.note or Markup("")) + note
        elif owner:
            case.activity_schedule("mail.mail_activity_data_todo", summary=summary, note=note, user_id=owner.id)


def _spellings(number):
    """How a number may stand in the address book."""
    digits = whatsapp.person(number)
    found = {f"+{digits}"}
    if digits.startswith("55") and len(digits) == 13:
        found.add(f"+{digits[:4]}{digits[5:]}")
    if digits.startswith("549"):
        found.add(f"+54{digits[3:]}")
    return list(found)


def _moment(told):
    """When it was written; now where that cannot be read."""
    try:
        return datetime.utcfromtimestamp(int(told.get("timestamp")))
    except (TypeError, ValueError, OverflowError, OSError):
        return fields.Datetime.now()
