from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..const import dunning as const

ANSWERED = (const.CALL_REACHED, const.CALL_PROMISED, const.CALL_BACK, const.CALL_REFUSED)
"""Results of calls in which somebody was spoken to."""


class RecurringDunningWork(models.AbstractModel):
    """Keeps what people do about a case: calls with their result, notes, who goes on with it, when it comes again."""

    _name = "recurring.dunning.work"
    _description = "Work on Cases"

    @api.private
    @api.model
    def log_call(self, case, result, note="", partner=None, phone="", again_on=None):
        """Keep a call in the time line, and do what follows from its result. Who speaks to the customer of a case of nobody owns it.

        :param result: one of ``const.CALL_RESULTS``.
        :param partner: who was called; by default who reminders go to.
        :param again_on: the day to call again; needed where the customer asked for it.
        :return: the recurring.dunning.message
        """
        self._check_may_work(case)
        if result == const.CALL_BACK and not again_on:
            raise UserError(self.env._("Say on which day to call again."))
        if again_on and again_on < case.company_id._recurring_today():
            raise UserError(self.env._("The day to call again is in the past: choose today or a later day."))
        partner = partner or case._contact()
        self.check_contact(case, partner)
        call = {"result": result, "partner_id": partner.id, "address": phone or partner.phone or False}
        asked = self._asked_calls(case)
        if asked:
            message = self._conclude(asked, case, note, **call)[:1]
        else:
            subject = self.env._("Call: %(result)s", result=self._result_words(result))
            message = self._keep(case, kind=const.KIND_CALL, channel=const.PHONE, subject=subject, note=note, **call)
        self._finish_calls(case, note)
        if result in ANSWERED:
            # sudo: the case's own figures are kept by services
            case.sudo().write({"last_contact_at": self._now(case), "user_id": (case.user_id or self.env.user).id})
        if again_on:
            self.plan(case, again_on, self.env._("Call again"), note=note)
        case._refresh()
        return message

    @api.private
    @api.model
    def wrong_number(self, case, partner, phone=""):
        """The number was wrong: take the right one, or remind somebody to look for it.

        :param phone: the right number, empty while nobody knows it.
        """
        if not phone:
            self.plan(
                case, case.company_id._recurring_today(), self.env._("Find a phone number that works"), "mail.mail_activity_data_todo"
            )
            return
        self._check_may_work(case)
        self.check_contact(case, partner)
        # sudo: who phones corrects the number, without being allowed to change other addresses
        partner.sudo().phone = phone
        partner.sudo().message_post(body=self.env._("The phone number was corrected during a call."))

    @api.private
    @api.model
    def hand_over(self, cases, user, note=""):
        """Somebody else goes on with these cases, and learns of it."""
        for case in cases:
            self._check_may_work(case)
            case.activity_ids.filtered(lambda activity: activity.user_id == self.env.user).user_id = user
            # sudo: who goes on with a case is decided by whoever may work it
            case.sudo().user_id = user
            self._keep(
                case,
                kind=const.KIND_NOTE,
                channel=const.TASK,
                partner_id=case.partner_id.id,
                subject=self.env._("Handed over to %(user)s", user=user.name),
                note=note,
            )
            if user != self.env.user:
                self.plan(
                    case,
                    case.company_id._recurring_today(),
                    self.env._("Handed over by %(user)s", user=self.env.user.name),
                    "mail.mail_activity_data_todo",
                    user=user,
                    note=note,
                )

    @api.private
    @api.model
    def plan(self, case, day, summary, kind="mail.mail_activity_data_call", user=None, note=""):
        """Somebody does something about a case on a day: an activity, which brings the case up on that day."""
        owner = user or case.user_id or self.env.user
        return case.with_context(mail_activity_quick_update=True).activity_schedule(
            kind, day, summary=summary, note=plaintext2html(note) if note else "", user_id=owner.id
        )

    def _keep_note(self, case, words):
        """A row of the time line that is no contact."""
        return self._keep(case, kind=const.KIND_NOTE, channel=const.TASK, partner_id=case.partner_id.id, subject=words)

    def _result_words(self, result):
        return dict(self.env["recurring.dunning.message"]._fields["result"]._description_selection(self.env))[result]

    def _finish_calls(self, case, note):
        """The customer was called: the calls that were to be made are done."""
        calls = case.activity_ids.filtered(lambda activity: activity.activity_type_id.category == "phonecall")
        if calls:
            calls._action_done(feedback=note or False)

    def _check_may_work(self, case):
        case.ensure_one()
        case.check_access("write")
        if case.state == const.CASE_CLOSED:
            raise UserError(
                self.env._(
                    "The case of %(customer)s is closed: nothing is overdue any more. Open the current case of the customer.",
                    customer=case.partner_id.display_name,
                )
            )

    @api.private
    @api.model
    def check_contact(self, case, partner):
        """Nobody but the customer and who belongs to it hears of a debt, or gets another number in a call."""
        if partner and partner.commercial_partner_id != case.partner_id and partner != case._contact():
            raise UserError(
                self.env._(
                    "%(name)s is no contact of %(customer)s: choose the customer or one of its contacts.",
                    name=partner.display_name,
                    customer=case.partner_id.display_name,
                )
            )

    def _asked_calls(self, case):
        """The calls that the policy asked somebody to make, and nobody has made yet."""
        domain = [("case_id", "=", case.id), ("channel", "=", const.PHONE), ("state", "=", const.TO_DO)]
        # sudo: the time line is written by services only
        return self.env["recurring.dunning.message"].sudo().search(domain, order="id desc")

    def _conclude(self, messages, case, note, **values):
        """What the policy asked for was done."""
        messages.write(
            {
                "state": const.DONE,
                "day": case.company_id._recurring_today(),
                "sent_at": self._now(case),
                "user_id": self.env.uid,
                "body": plaintext2html(note) if note else False,
                **values,
            }
        )
        return messages.with_env(self.env)

    def _now(self, case):
        return self.env["recurring.message.dispatch"]._now(case.company_id)

    def _keep(self, case, *, kind, channel, subject, note="", **values):
        """A row of the time line of something that a person did."""
        # sudo: the time line is written by services only
        return (
            self.env["recurring.dunning.message"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "company_id": case.company_id.id,
                    "channel": channel,
                    "kind": kind,
                    "direction": const.OUT,
                    "state": const.DONE,
                    "subject": subject,
                    "body": plaintext2html(note) if note else False,
                    "day": case.company_id._recurring_today(),
                    "sent_at": self._now(case),
                    "user_id": self.env.uid if self.env.user != self.env.ref("base.user_root") else False,
                    **values,
                }
            )
            .with_env(self.env)
        )
