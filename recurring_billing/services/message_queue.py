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

            - ``case``, ``kind``: as above. ``channel``: one of ``const.MESSAGE_CHANNELS``, by default e-mail.
            - ``partner``: who is written to, by default the case's contact.
            - ``template``: recurring.dunning.template; or ``text_kind`` and ``tone``, which find one.
            - ``lines``: the debts it is about; empty: all that is due when it leaves. ``actions``: recurring.dunning.action, which get it.
            - ``step``, ``reason`` (why this message, why today: in words), ``user`` (who does it), ``subject`` and ``text`` (own words),
              ``attachments`` (ir.attachment), ``not_before`` (naive UTC datetime), ``day``.
            - ``words``: dict of names in braces → text, number (company currency) or ISO date: ``promise_date``, ``paid_amount``…
            - ``approve``: whether somebody has to approve it first.
            - ``unique_ref``: the same message is made once; asked again, the one that is there is given.

        :return: the recurring.dunning.message, in the same order
        """
        # sudo: messages are written by services only
        messages = self.env["recurring.dunning.message"].sudo()
        refs = [each["unique_ref"] for each in wanted if each.get("unique_ref")]
        known = {each.unique_ref: each for each in messages.search([("unique_ref", "in", refs)])} if refs else {}
        # The same asked for twice in one call is one message too.
        new = {each.get("unique_ref") or number: each for number, each in enumerate(wanted) if each.get("unique_ref") not in known}
        made = messages.create([self._prepare(each) for each in new.values()])
        found = {**known, **dict(zip(new, made, strict=True))}
        for key, each in new.items():
            if each.get("actions"):
                # sudo: actions are written by services only
                each["actions"].sudo().message_id = found[key]
        if made.filtered(lambda each: each.state == const.QUEUED):
            # sudo: the scheduled action is nobody's to start but ours
            self.env.ref("recurring_billing.cron_message_dispatch").sudo()._trigger()
        return messages.union(*[found[each.get("unique_ref") or number] for number, each in enumerate(wanted)]).with_env(self.env)

    def _prepare(self, wanted):
        case = wanted["case"]
        company = case.company_id
        partner = wanted.get("partner") or case._contact()
        template = wanted.get("template") or self._template(wanted, company)
        step = wanted.get("step") or self.env["recurring.dunning.step"]
        return {
            "case_id": case.id,
            "company_id": company.id,
            "partner_id": partner.id,
            "channel": wanted.get("channel") or const.EMAIL,
            "kind": wanted["kind"],
            "step_id": step.id,
            "template_id": template.id,
            "is_notice": step.is_notice or template.kind in STATUTORY,
            "lang": partner.lang or case.partner_id.lang or False,
            "own_subject": wanted.get("subject") or False,
            "own_text": wanted.get("text") or False,
            "words": wanted.get("words") or False,
            "line_ids": wanted["lines"].ids if wanted.get("lines") else [],
            "attachment_ids": wanted["attachments"].ids if wanted.get("attachments") else [],
            "state": const.TO_APPROVE if wanted.get("approve") else const.QUEUED,
            "day": wanted.get("day") or company._recurring_today(),
            "not_before": wanted.get("not_before") or False,
            "unique_ref": wanted.get("unique_ref") or False,
            "reason": wanted.get("reason") or False,
            "user_id": wanted["user"].id if wanted.get("user") else False,
        }

    def _template(self, wanted, company):
        templates = self.env["recurring.dunning.template"]
        return templates._of(wanted["text_kind"], wanted.get("tone") or const.FRIENDLY, company) if wanted.get("text_kind") else templates

    # What people do with messages

    @api.private
    @api.model
    def approve(self, messages):
        """A person lets messages leave."""
        self.check_may_work(messages)
        mine = messages.filtered(lambda each: each.state == const.TO_APPROVE).sudo()  # sudo: see ``_enqueue_all``
        mine.write({"state": const.QUEUED, "approved_by_id": self.env.uid})
        self.env.ref("recurring_billing.cron_message_dispatch").sudo()._trigger()  # sudo: see ``_enqueue_all``
        return mine

    @api.private
    @api.model
    def refuse(self, messages, words=""):
        """A person does not want messages to leave, or does not do what they ask."""
        self.check_may_work(messages)
        words = words or self.env._("%(user)s did not want it to be sent.", user=self.env.user.name)
        # sudo: see ``_enqueue_all``
        self.env["recurring.message.outcome"].sudo().cancel(messages.sudo(), words)

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
                message.write({"state": const.QUEUED, "not_before": False, "error": False, "user_id": self.env.uid})

    @api.private
    @api.model
    def check_may_work(self, messages):
        """Refuse, in words, who may not work the cases of these messages."""
        messages.check_access("read")
        messages.case_id.check_access("write")
