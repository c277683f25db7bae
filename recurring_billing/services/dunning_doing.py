from datetime import timedelta

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
        before = self._before(company, plans, day)
        broken = self._broken(plans)
        values = [
            value for plan in plans for value in self._actions(plan, cases[plan.partner_id], day, by_id, before[plan.partner_id], broken)
        ]
        self._clear(values)
        actions = self.env["recurring.dunning.action"].create(values)
        mine = actions.filtered(lambda action: action.state != const.SKIPPED and not self._is_silent(action.step_id)).grouped("case_id")
        wanted = []
        for plan in plans:
            case, step = cases[plan.partner_id], by_id[plan.decision.step.id]
            own = mine.get(case, actions.browse())
            tasks = own.filtered(lambda action: action.step_id.channel == const.TASK)
            if own - tasks:
                wanted.append(self._message(case, step, own - tasks, plan, day, broken))
            wanted += [self._task(case, task, done, day) for task, done in tasks.grouped("step_id").items()]
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
        if step.assign_user_id.active:
            case.user_id = step.assign_user_id
        if step.service_effect != const.SERVICE_KEPT or step.block_orders != const.ORDERS_KEPT or step.close:
            self.env["recurring.service.state"].apply(case, step, day, lines=actions.line_id)
        if step.charge_fees:
            self.env["recurring.late.fee.charging"].charge_open(actions.line_id, day)

    # Actions

    def _clear(self, values):
        """What was to be done before and never left makes room for the same, which is done now; the message that was dropped stays told."""
        keys = {(value["line_id"], value["step_id"], value["cycle"]) for value in values}
        dropped = self.env["recurring.dunning.action"].search(
            [
                ("line_id", "in", [line for line, _step, _cycle in keys]),
                ("step_id", "in", [step for _line, step, _cycle in keys]),
                ("message_id.state", "=", const.CANCELLED),
                ("message_id.user_id", "=", False),
            ]
        )
        dropped.filtered(lambda action: (action.line_id.id, action.step_id.id, action.cycle) in keys).unlink()

    def _before(self, company, plans, day):
        """Why what is done today was not done the day before: id of the customer → Silence, or None where it could have been."""
        found = {plan.partner_id: dunning.why_not_before(plan.customer, plan.terms, plan.decision, day) for plan in plans}
        unclear = [plan for plan in plans if found[plan.partner_id] is None]
        # What waited until yesterday, a claim for example, is not known of today any more.
        yesterday = day - timedelta(days=1)
        known = self.env["recurring.dunning.facts"].customers(company, yesterday, [plan.partner_id for plan in unclear]) if unclear else {}
        for plan in unclear:
            customer = known.get(plan.partner_id, plan.customer)
            found[plan.partner_id] = dunning.why_not_before(customer, plan.terms, plan.decision, day)
        return found

    def _actions(self, plan, case, day, steps, before, broken):
        """The actions of a contact: what each debt has reached, and what was skipped by it."""
        found = plan.decision
        for reached in found.reached:
            values = {
                "case_id": case.id,
                # Related fields, given so that they are not looked up row by row.
                "company_id": case.company_id.id,
                "partner_id": plan.partner_id,
                "policy_id": plan.policy.id,
                "line_id": reached.item.key,
                "cycle": reached.item.cycle,
                "day": day,
            }
            for step in reached.skipped:
                yield {**values, "step_id": step.id, "offset_days": step.offset, "state": const.SKIPPED}
            waits = self._is_approved_first(plan.policy, steps[found.step.id]) and not self._is_unheard(steps[reached.step.id])
            state = const.TO_APPROVE if waits else const.DONE
            why = self._why(reached, found, before, day, steps, broken)
            values = {**values, "step_id": reached.step.id, "offset_days": reached.step.offset, "state": state}
            yield {**values, "amount": float(reached.item.amount), "why": why}

    def _why(self, reached, found, before, day, steps, broken):
        """What is told of an action later, in any language."""
        return {
            "days": (day - reached.item.due).days,
            "due": fields.Date.to_string(reached.item.due),
            "cycle": reached.item.cycle if reached.item.key in broken else 0,
            "led_by": None if reached.step.id == found.step.id or self._is_unheard(steps[reached.step.id]) else steps[found.step.id].name,
            "before": before.why if before else None,
            "before_until": fields.Date.to_string(before.until) if before and before.until else None,
        }

    def _is_silent(self, step):
        """Whether a step says nothing to anybody: nothing is to be approved, and no message carries it."""
        return step.channel == const.NO_CHANNEL

    def _is_unheard(self, step):
        """Whether the customer hears nothing of a step: it goes beside what they are told, and nobody approves it."""
        return step.channel in (const.NO_CHANNEL, const.TASK)

    def _is_approved_first(self, policy, step):
        return policy.approve and step.channel not in (const.PHONE, const.TASK, const.NO_CHANNEL)

    # Messages

    def _message(self, case, step, actions, plan, day, broken):
        """One contact about everything that is due, by the way of the leading step, and by what goes with it."""
        found = plan.decision
        message = {
            "case": case,
            "kind": const.KIND_DUNNING,
            "step": step,
            "lines": self.env["account.move.line"].browse([item.key for item in found.items]),
            "actions": actions,
            "day": day,
            "reason": self.env["recurring.dunning.silence"].reached(step.name, found.reached[0].item.due, day),
            "approve": self._is_approved_first(plan.policy, step),
            # One a day, whatever the step: the reference is unique in the database.
            "unique_ref": f"dunning:{case.id}:{day}",
        }
        promise = self._promise_to_name(step, found.reached[0].item, broken)
        if promise:
            message["template"] = self.env["recurring.dunning.template"]._of(const.TEXT_BROKEN, step.tone, case.company_id)
            message["words"] = {"promise_date": fields.Date.to_string(promise.date), "promise_amount": promise.amount}
        return message

    def _broken(self, plans):
        """What was promised or agreed about debts and last not kept, where that is why steps began again: item → promise or agreement.

        An agreement in force begins them again too, with the dates of its instalments: nobody broke anything.
        """
        items = {each.item.key: each.item for plan in plans for each in plan.decision.reached if each.item.cycle}
        found = {}
        for model in ("recurring.agreement", "recurring.promise") if items else ():
            # sudo: what was agreed counts, whoever asks
            states = ("state", "in", (const.BROKEN, const.PARTLY))
            for each in self.env[model].sudo().search([("line_ids", "in", list(items)), states, ("broken_on", "!=", False)], order="id"):
                begins = fields.Date.add(each.broken_on, days=1)
                found.update({key: each for key in each.line_ids.ids if key in items and items[key].cycle_from == begins})
        return found

    def _task(self, case, step, actions, day):
        """What somebody of ours does about debts, beside what the customer is told on the same day."""
        oldest = min(each.date_maturity or each.date for each in actions.line_id)
        return {
            "case": case,
            "kind": const.KIND_DUNNING,
            "step": step,
            "lines": actions.line_id,
            "actions": actions,
            "day": day,
            "reason": self.env["recurring.dunning.silence"].reached(step.name, oldest, day),
            "unique_ref": f"dunning:{case.id}:{day}:task:{step.id}",
        }

    def _promise_to_name(self, step, item, broken):
        """The promise the first message after it names; none where that is a formal notice, which has words of its own."""
        told = any(record.cycle == item.cycle for record in item.records)
        what = broken.get(item.key)
        return what if what and what._name == "recurring.promise" and not told and not step.is_notice and step.offset_days > 0 else None
