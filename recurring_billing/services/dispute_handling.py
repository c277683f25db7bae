from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import dunning as const


class RecurringDisputeHandling(models.AbstractModel):
    """A contested debt waits for an answer: nobody is reminded of it and nothing charges it meanwhile."""

    _name = "recurring.dispute.handling"
    _description = "Handling Disputes"

    @api.private
    @api.model
    def open(self, case, lines, reason, answer_by):
        """Note that a customer contests debts.

        :param answer_by: the day by which somebody answers; the owner of the case has a task for it.
        :raises UserError: for debts that cannot be contested, or a day that is over.
        """
        case._check_may_collect()
        # sudo: disputes are written by services; who may work on the case was checked
        lines = lines.sudo()
        self._check_may_be_contested(case, lines, answer_by)
        dispute = (
            self.env["recurring.dispute"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "day": case.company_id._recurring_today(),
                    "line_ids": lines.ids,
                    "reason": reason,
                    "answer_by": answer_by,
                }
            )
        )
        dispute.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=answer_by,
            summary=self.env._("Answer the customer"),
            note=reason,
            user_id=(case.user_id or case.company_id.recurring_responsible_id or self.env.user).id,
        )
        lines.move_id._recurring_refresh_charge_wait()
        for move in lines.move_id:
            move._message_log(body=dispute._in_words())
        case._arrangement_made(
            self.env._(
                "%(debts)s is contested: %(reason)s (answer by %(day)s).",
                debts=", ".join(lines.mapped(lambda line: line._recurring_debt_name())),
                reason=reason,
                day=format_date(self.env, answer_by),
            )
        )
        return dispute.with_env(self.env)

    def _check_may_be_contested(self, case, lines, answer_by):
        if answer_by < case.company_id._recurring_today():
            raise UserError(self.env._("Choose a day for the answer that is not over."))
        if not lines or lines - case._open_items():
            raise UserError(self.env._("Choose at least one debt of this customer that is open."))
        contested = lines.filtered(lambda line: const.OPEN in line.recurring_dispute_ids.mapped("state"))
        if contested:
            raise UserError(self.env._("%s is contested already. Answer that dispute first.", ", ".join(contested.move_id.mapped("name"))))

    @api.private
    @api.model
    def answer(self, dispute, is_right, answer):
        """Answer a dispute.

        :param is_right: the customer is right: the debt is credited by a person; until then nobody is reminded of it.
        """
        dispute.case_id._check_may_collect()
        if dispute.state != const.OPEN:
            raise UserError(self.env._("This dispute was answered already."))
        # sudo: see ``open``
        mine = dispute.sudo()
        mine.write(
            {
                "state": const.ACCEPTED if is_right else const.REJECTED,
                "answer": answer,
                "closed_on": mine.company_id._recurring_today(),
            }
        )
        mine.activity_ids.action_feedback(feedback=answer)
        if is_right:
            self._ask_for_credit(mine)
        mine.line_ids.move_id._recurring_refresh_charge_wait()
        words = self.env._("The customer is right") if is_right else self.env._("The debt stands")
        for move in mine.line_ids.move_id:
            move._message_log(body=f"{words}: {answer}")
        mine.case_id._arrangement_made(
            self.env._("Dispute (%(reason)s) answered. %(words)s: %(answer)s", reason=mine.reason, words=words, answer=answer)
        )

    def _ask_for_credit(self, dispute):
        """Nobody is reminded of it any more: so that it is not forgotten either, somebody has the task to credit it."""
        company = dispute.company_id
        dispute.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=company._recurring_today(),
            summary=self.env._("Credit what the customer is right about"),
            user_id=(company.recurring_responsible_id or dispute.case_id.user_id or self.env.user).id,
        )

    @api.private
    @api.model
    def warn(self, disputes):
        """Those without an answer in time: the person responsible for billing hears of it, once."""
        for dispute in disputes:
            responsible = dispute.company_id.recurring_responsible_id
            told = dispute.activity_ids.filtered(lambda activity, to=responsible: activity.user_id == to)
            if responsible and not told:
                dispute.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=dispute.company_id._recurring_today(),
                    summary=self.env._("Nobody answered this dispute in time"),
                    user_id=responsible.id,
                )
