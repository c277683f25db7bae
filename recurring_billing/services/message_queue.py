from odoo import api, models
from odoo.exceptions import UserError

from ..const import dunning as const

STATUTORY = (const.TEXT_NOTICE, const.TEXT_LAST)
"""Texts that are formal notices, whoever sends them."""


class RecurringMessageDispatch(models.AbstractModel):
    """Makes messages: the one way in. What is made here leaves through ``message_dispatch.py``."""

    _inherit = "recurring.message.dispatch"

    @api.private
    @api.model
    def _enqueue(self, case, kind, **values):
        """Make one message; see ``_enqueue_all``.

        :param case: recurring.dunning.case. ``kind``: one of ``const.MESSAGE_KINDS``.
        :return: recurring.dunning.message
        """
        return self._enqueue_all([{"case": case, "kind": kind, **values}])

    @api.private
    @api.model
    def _enqueue_all(self, wanted):
        """Make messages, many at once. None leaves here; the scheduled action sends them, or ``send_now()``.

        :param wanted: list of dicts:

            - ``case``, ``kind``: as above.
            - ``step``: recurring.dunning.step, which says channel and text where nothing else is given; beside its own way the message also
              goes as WhatsApp or SMS where it says so and that is set up.
            - ``channel``: one of ``const.MESSAGE_CHANNELS``, by default e-mail.
            - ``partner``: who is written to, by default the case's contact.
            - ``template``: recurring.dunning.template; or ``text_kind`` and ``tone``, which find one.
            - ``lines``: the debts it is about; empty: all that is due when it leaves. ``actions``: recurring.dunning.action, which get it.
            - ``reason`` (why this message, why today: in words), ``user`` (who does it), ``subject`` and ``text`` (own words),
              ``attachments`` (ir.attachment), ``not_before`` (naive UTC datetime), ``day``.
            - ``words``: dict of names in braces → text, number (company currency) or ISO date: ``promise_date``, ``paid_amount``…
            - ``approve``: whether somebody has to approve it first.
            - ``unique_ref``: the same message is made once; asked again, the one that is there is given.

        :return: the recurring.dunning.message, in the same order
        """
        # sudo: messages are written by services only
        messages = self.env["recurring.dunning.message"].sudo()
        texts, available = {}, {}
        values = [self._prepare(each, texts) for each in wanted]
        beside = [each for mine in values for each in self._beside(mine, available)]
        found = {}
        for each in (*values, *beside):
            found.setdefault(each["unique_ref"] or id(each), each)
        known = {each.unique_ref: each for each in messages.search([("unique_ref", "in", [ref for ref in found if isinstance(ref, str)])])}
        new = {ref: each for ref, each in found.items() if ref not in known}
        known.update(zip(new, messages.create(list(new.values())), strict=True))
        for each, mine in zip(wanted, values, strict=True):
            if each.get("actions"):
                # sudo: actions are written by services only
                each["actions"].sudo().message_id = known[mine["unique_ref"] or id(mine)]
        if any(each["state"] == const.QUEUED for each in new.values()):
            self._wake()
        return messages.union(*[known[mine["unique_ref"] or id(mine)] for mine in values]).with_env(self.env)

    def _wake(self):
        """Let the scheduled action come at once, asked once per transaction."""
        asked = self.env.cr.cache.setdefault("recurring_message_wake", {})
        if not asked:
            asked["at"] = True
            self.env.cr.postcommit.add(asked.clear)
            self.env.cr.postrollback.add(asked.clear)
            # sudo: the scheduled action is nobody's to start but ours
            self.env.ref("recurring_billing.cron_message_dispatch").sudo()._trigger()

    def _prepare(self, wanted, texts):
        case, step = wanted["case"], wanted.get("step") or self.env["recurring.dunning.step"]
        company = case.company_id
        partner = wanted.get("partner") or case._contact()
        template = wanted.get("template") or self._template(wanted, step, company, texts)
        day, channel = wanted.get("day") or company._recurring_today(), wanted.get("channel") or step.channel or const.EMAIL
        # A contact of a step on a day is one message, however often it is asked for.
        own_ref = f"step:{case.id}:{step.id}:{day}:{channel}" if step and wanted["kind"] == const.KIND_DUNNING else False
        return {
            "case_id": case.id,
            "company_id": company.id,
            "partner_id": partner.id,
            "channel": channel,
            "kind": wanted["kind"],
            "step_id": step.id,
            "template_id": template.id,
            "is_notice": step.is_notice or template.kind in STATUTORY,
            "lang": partner.lang or case.partner_id.lang or False,
            "own_subject": wanted.get("subject") or False,
            "own_text": wanted.get("text") or False,
            "line_ids": wanted["lines"].ids if wanted.get("lines") else [],
            "attachment_ids": wanted["attachments"].ids if wanted.get("attachments") else [],
            "state": const.TO_APPROVE if wanted.get("approve") else const.QUEUED,
            "day": day,
            "not_before": wanted.get("not_before") or False,
            "unique_ref": wanted.get("unique_ref") or own_ref,
            "reason": wanted.get("reason") or False,
            "user_id": wanted["user"].id if wanted.get("user") else False,
            **({"told": wanted["words"]} if wanted.get("words") else {}),
        }

    def _beside(self, values, available):
        """The same message by the other ways its step names, where the customer can be reached so.

        :param available: dict (channel, company) → whether it is set up, asked once for many messages.
        """
        step = self.env["recurring.dunning.step"].browse(values["step_id"])
        also = ((const.WHATSAPP, step.also_whatsapp), (const.SMS, step.also_sms))
        for code in [code for code, is_wanted in also if is_wanted and code != values["channel"]]:
            company, partner = self.env["res.company"].browse(values["company_id"]), self.env["res.partner"].browse(values["partner_id"])
            channel = self.env["recurring.channel"]._of(code)
            if (code, company) not in available:
                available[code, company] = channel._is_available(company)
            is_open = available[code, company] and channel._address(partner)[0]
            if is_open and not self.env["recurring.optout"]._why_not(partner, code, company):
                ref = f"{values['unique_ref']}:{code}" if values["unique_ref"] else False
                yield {**values, "channel": code, "unique_ref": ref}

    def _template(self, wanted, step, company, texts):
        """The text of a message.

        :param texts: what was found for others, by occasion, tone and company.
        """
        if step.template_id:
            return step.template_id
        key = (wanted.get("text_kind") or (step and self._text_kind(step)), wanted.get("tone") or step.tone or const.FRIENDLY, company)
        if key not in texts:
            templates = self.env["recurring.dunning.template"]
            texts[key] = templates._of(*key) if key[0] else templates
        return texts[key]

    def _text_kind(self, step):
        """What a step without a text of its own says."""
        if step.service_effect == const.SERVICE_BLOCKED or step.close:
            return const.TEXT_LAST
        if step.is_notice:
            return const.TEXT_NOTICE
        if step.offset_days > 0:
            return const.TEXT_OVERDUE
        return const.TEXT_COMING if step.offset_days else const.TEXT_TODAY

    @api.private
    @api.model
    def _prepare_test(self, template, channel, lang=None, example=None, company=None):
        """The values of a message to oneself that says what a customer would read.

        :param example: the case whose debts it tells; by default a debt nobody has.
        """
        company = company or self.env.company
        return {
            "company_id": company.id,
            "partner_id": self.env.user.partner_id.id,
            "channel": channel,
            "kind": const.KIND_TEST,
            "template_id": template.id,
            "lang": lang or self.env.user.lang,
            "example_id": example.id if example else False,
            "state": const.QUEUED,
            "day": company._recurring_today(),
            "user_id": self.env.uid,
            "reason": self.env._("%(user)s tried the text.", user=self.env.user.name),
            "told": {
                "promise_date": str(company._recurring_today()),
                "promise_amount": 100.0,
                "paid_amount": 100.0,
            },
        }

    # What people do with messages

    @api.private
    @api.model
    def approve(self, messages):
        """A person lets messages leave."""
        self.check_may_work(messages)
        mine = messages.filtered(lambda each: each.state == const.TO_APPROVE).sudo()  # sudo: see ``_enqueue_all``
        mine.write({"state": const.QUEUED, "approved_by_id": self.env.uid})
        self._wake()
        return mine

    @api.private
    @api.model
    def refuse(self, messages, words=""):
        """A person does not want messages to leave, or does not do what they ask."""
        self.check_may_work(messages)
        words = words or self.env._("%(user)s did not want it to be sent.", user=self.env.user.name)
        # sudo: see ``_enqueue_all``
        mine = messages.sudo().filtered(lambda each: each.state in const.MESSAGES_WAITING)
        # Whose decision it was: what nobody decided against is said again where its reason comes back.
        mine.user_id = self.env.uid
        self.env["recurring.message.outcome"].sudo().cancel(mine, words)

    @api.private
    @api.model
    def done_by_hand(self, messages):
        """A person posted the letter, sent the chat, did the task."""
        self.check_may_work(messages)
        outcome = self.env["recurring.message.outcome"].sudo()  # sudo: see ``_enqueue_all``
        for message in messages.sudo().filtered(lambda each: each.state == const.TO_DO):
            message.user_id = self.env.uid
            outcome.conclude(message, outcome.by_hand(message))

    @api.private
    @api.model
    def clarify(self, messages, arrived):
        """A person says what became of messages of which nobody knew whether they left.

        :param arrived: whether the customer has them. Those that did not leave are sent again, which only a person may decide.
        """
        self.check_may_work(messages)
        unknown = messages.sudo().filtered(lambda each: each.state == const.UNKNOWN)  # sudo: see ``_enqueue_all``
        if not unknown:
            raise UserError(self.env._("Choose messages of which it is unclear whether they left."))
        outcome = self.env["recurring.message.outcome"].sudo()
        for message in unknown:
            if arrived:
                outcome.conclude(message, outcome.arrived(message))
            else:
                # Who says so lets it leave; it stays the message of who wrote it, and is refused by nobody.
                again = {"state": const.QUEUED, "not_before": False, "first_tried_at": False, "error": False}
                message.write({**again, "approved_by_id": self.env.uid})

    @api.private
    @api.model
    def check_may_work(self, messages):
        """Refuse, in words, who may not work the cases of these messages."""
        messages.check_access("read")
        messages.case_id.check_access("write")
