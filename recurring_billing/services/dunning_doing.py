from odoo import api, fields, models

from ..const import dunning as const
from ..rules import dunning


class RecurringDunningDoing(models.AbstractModel):
    """Does what was decided: writes the actions, makes the message, and what follows from a step."""

    _name = "recurring.dunning.doing"
    _description = "Steps of Collections"

    @api.private
    @api.model
    def do(self, company, day, plans, cases):
        """Do what was decided about customers.

        :param plans: ``services.dunning_run.Plan`` whose decision is a contact.
        :param cases: dict id of the customer → case.
        """
        if not plans:
            return
        steps = self.env["recurring.dunning.step"].browse({each.step.id for plan in plans for each in plan.decision.reached})
        by_id = {step.id: step for step in steps}
        values = [value for plan in plans for value in self._actions(plan, cases[plan.partner_id], day, by_id)]
        actions = self.env["recurring.dunning.action"].create(values)
        mine = actions.filtered(lambda action: action.state != const.SKIPPED).grouped("case_id")
        wanted = []
        for plan in plans:
            case = cases[plan.partner_id]
            wanted += self._messages(case, by_id[plan.decision.step.id], mine[case], plan, day)
        self.env["recurring.message.dispatch"]._enqueue_all(wanted)
        self.follow(actions.filtered(lambda action: action.state == const.DONE), day)

    @api.private
    @api.model
    def follow(self, actions, day):
        """What follows from steps that were done: who goes on with the case, fees, services, orders."""
        for case, mine in actions.grouped("case_id").items():
            for step in mine.step_id.sorted(lambda each: (each.offset_days, each.sequence, each.id)):
                self._follow(case, step, mine.filtered(lambda action, step=step: action.step_id == step), day)

    def _follow(self, case, step, actions, day):
        if step.assign_user_id:
            case.user_id = step.assign_user_id
        if step.service_effect != const.SERVICE_KEPT or step.block_orders != const.ORDERS_KEPT or step.close:
            self.env["recurring.service.state"].apply(case, step, day, lines=actions.line_id)
        if step.charge_fees:
            self.env["recurring.late.fee.charging"].charge_open(actions.line_id, day)

    # Actions

    def _actions(self, plan, case, day, steps):
        """The actions of a contact: what each debt has reached, and what was skipped by it."""
        found = plan.decision
        before = dunning.why_not_before(plan.customer, plan.terms, found, day)
        for reached in found.reached:
            values = {
                "case_id": case.id,
                "line_id": reached.item.key,
                "cycle": reached.item.cycle,
                "day": day,
                "amount": float(reached.item.amount),
            }
            for step in reached.skipped:
                yield {**values, "step_id": step.id, "state": const.SKIPPED}
            state = const.TO_APPROVE if self._is_approved_first(plan.policy, steps[found.step.id]) else const.DONE
            yield {**values, "step_id": reached.step.id, "state": state, "why": self._why(reached, found, before, day, steps)}

    def _why(self, reached, found, before, day, steps):
        """What is told of an action later, in any language."""
        return {
            "days": (day - reached.item.due).days,
            "due": fields.Date.to_string(reached.item.due),
            "cycle": reached.item.cycle,
            "led_by": None if reached.step.id == found.step.id else steps[found.step.id].name,
            "before": before.why if before else None,
            "before_until": fields.Date.to_string(before.until) if before and before.until else None,
        }

    def _is_approved_first(self, policy, step):
        return policy.approve and step.channel not in (const.PHONE, const.TASK, const.NO_CHANNEL)

    # Messages

    def _messages(self, case, step, actions, plan, day):
        """One contact about everything that is due, by the way of the leading step, and by what goes with it."""
        if step.channel == const.NO_CHANNEL:
            return
        found = plan.decision
        lines = self.env["account.move.line"].browse([item.key for item in found.items])
        message = {
            "case": case,
            "kind": const.KIND_DUNNING,
            "channel": step.channel,
            "step": step,
            "template": step.template_id,
            "text_kind": self._text_kind(step, found),
            "tone": step.tone,
            "lines": lines,
            "actions": actions,
            "day": day,
            "reason": self._reason(step, found, day),
            "approve": self._is_approved_first(plan.policy, step),
            "unique_ref": self._once(case, step.channel, day),
        }
        if found.reached[0].item.cycle and not step.is_notice:
            message["template"] = False
        yield message
        for channel in self._beside(step, case.company_id):
            yield {**message, "channel": channel, "actions": None, "unique_ref": self._once(case, channel, day)}

    def _once(self, case, channel, day):
        """A customer gets one such message a day, whatever happens: the reference is unique in the database."""
        return f"dunning:{case.id}:{day}:{channel}"

    def _beside(self, step, company):
        """The ways that go together with that of the step, where they are set up."""
        wished = [(const.WHATSAPP, step.also_whatsapp), (const.SMS, step.also_sms)]
        return [code for code, is_wished in wished if is_wished and code != step.channel and self._is_set_up(code, company)]

    def _is_set_up(self, code, company):
        name = f"recurring.channel.{code}"
        return name in self.env and self.env[name]._is_available(company)

    def _text_kind(self, step, found):
        """What the text is for, where the step names none."""
        if found.reached[0].item.cycle and not step.is_notice:
            return const.TEXT_BROKEN
        if step.is_notice:
            return const.TEXT_LAST if step.requires_step_id else const.TEXT_NOTICE
        if step.offset_days < 0:
            return const.TEXT_COMING
        return const.TEXT_OVERDUE if step.offset_days else const.TEXT_TODAY

    def _reason(self, step, found, day):
        """Why this message, in a sentence."""
        return self.env["recurring.dunning.silence"].reached(step.name, found.reached[0].item.due, day)
