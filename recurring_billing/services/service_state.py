from odoo import api, models
from odoo.tools import SQL, format_date

from .. import const as words
from ..const import dunning
from ..const import service as const
from ..rules.service_block import Block, Calendar, first_day, state_on


class RecurringServiceState(models.AbstractModel):
    """Services are withheld because of debts, and run again: steps of policies and retry plans ask for it, payments end it.

    A block is a record of its own (``recurring.service.block``); what is delivered follows from those in force. Whatever asks is asked
    again on the day it begins: a debt that was paid, promised or disputed meanwhile blocks nothing.
    """

    _name = "recurring.service.state"
    _description = "Service State"

    # What steps of policies and retry plans ask for

    @api.private
    @api.model
    def apply(self, case, step, day, lines=None):
        """Do what a step says of services, orders and subscriptions.

        :param lines: the debts the step is about; default: those of its actions of that day.
        :return: in words, what was done or why not; one text per effect
        """
        # sudo: the policy decides, whoever lets the step be done
        service, case, step = self.sudo(), case.sudo(), step.sudo()
        lines = service._lines(case, step, day) if lines is None else lines.sudo()
        said = []
        if step.close:
            said.append(service._close(case, step, lines, day))
        elif step.service_effect != dunning.SERVICE_KEPT:
            said.append(service._withhold(case, step, lines, day))
        if step.block_orders != dunning.ORDERS_KEPT:
            said.append(service._stop_orders(case, step, lines, day))
        return said

    def _lines(self, case, step, day):
        actions = case.action_ids.filtered(
            lambda action: action.step_id == step and action.day == day and action.state not in (dunning.SKIPPED, dunning.CANCELLED)
        )
        return actions.line_id

    def _withhold(self, case, step, lines, day):
        policy = step.policy_id
        subscriptions = self._subscriptions(case.partner_id, case.company_id, lines, policy.block_scope)
        if not subscriptions:
            return self.env._("No service to withhold.")
        values = {
            "partner_id": case.partner_id.id,
            "case_id": case.id,
            "step_id": step.id,
            "policy_id": policy.id,
            "effect": step.service_effect,
            "billing": policy.block_billing,
            "asked_on": day,
        }
        blocks = self._ask_for(subscriptions, values, lines)
        self.begin(blocks, day)
        return " ".join(f"{block.subscription_id.display_name}: {block.words}" for block in blocks)

    @api.private
    @api.model
    def block_for_charge(self, move, day):
        """No try to charge the card of an invoice is left, and the retry plan blocks the service."""
        # sudo: the retry plan decides
        service, move = self.sudo(), move.sudo()
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        partner = move.commercial_partner_id
        values = {
            "partner_id": partner.id,
            "policy_id": service._policy_of(partner, move.company_id).id,
            "is_charge": True,
            "effect": dunning.SERVICE_BLOCKED,
            "asked_on": day,
        }
        service.begin(service._ask_for(service._heirs(move.line_ids.recurring_subscription_id), values, lines), day)

    def _policy_of(self, partner, company):
        return self.env["recurring.dunning.policy"]._for(partner, company)[partner]

    def _ask_for(self, subscriptions, values, lines):
        """Blocks that wait for their day: new ones, or those that are there for the same case, now for these debts too."""
        lines._recurring_meet_payments()
        blocks = self.env["recurring.service.block"]
        there = blocks.search(
            [
                ("subscription_id", "in", subscriptions.ids),
                ("effect", "=", values["effect"]),
                ("is_charge", "=", values.get("is_charge", False)),
                ("case_id", "=", values.get("case_id", False)),
                ("state", "in", const.BLOCK_OPEN),
            ]
        )
        for block in there:
            block.line_ids |= lines
        missing = subscriptions - there.subscription_id
        return there | blocks.create([{**values, "subscription_id": each.id, "line_ids": lines.ids} for each in missing])

    def _subscriptions(self, partner, company, lines, scope):
        """The running subscriptions that a policy withholds for debts of a customer."""
        if scope == const.SCOPE_ALL:
            mine = [("company_id", "=", company.id), ("partner_invoice_id", "child_of", partner.id)]
            found = self.env["recurring.subscription"].search([*mine, ("state", "in", (words.ACTIVE, words.PAUSED))])
        else:
            found = (lines | self._behind(lines)).move_id.line_ids.recurring_subscription_id
        return self._heirs(found)

    def _behind(self, lines):
        """The debts that an agreement re-dated into these."""
        return self.env["recurring.agreement.part"].search([("line_id", "in", lines.ids)]).source_line_id

    def _heirs(self, subscriptions):
        """Those that run, or what took their place, without those whose plan is never withheld."""
        found = subscriptions.browse()
        for subscription in subscriptions:
            while subscription.state == words.CLOSED and subscription.successor_id:
                subscription = subscription.successor_id
            found |= subscription
        return found.filtered(lambda each: each.state in (words.ACTIVE, words.PAUSED) and not each.plan_id.never_withheld)

    # Beginning and ending

    @api.private
    @api.model
    def begin(self, blocks, day):
        """Let those that wait begin whose day has come; those whose debts were paid never will."""
        ready = blocks.browse()
        for block in blocks.filtered(lambda block: block.state == const.BLOCK_WAITING):
            pressing = self.env["recurring.service.debts"].pressing(block.line_ids, day)
            if not pressing.owed:
                self.end(block, const.ENDED_PAID, day)
                continue
            values = self._when(block, pressing, day)
            if values["planned_on"] and values["planned_on"] <= day:
                ready |= block
            elif any(block[name] != value for name, value in values.items()):
                block.write(values)
        if ready:
            self._hold(ready)
            self._put_in_force(ready, day)

    def _when(self, block, pressing, day):
        """When a block can begin, or what it waits for."""
        if not pressing.lines:
            return {"planned_on": False, "waits_for": pressing.waits_for}
        policy = block.policy_id
        noticed = None
        if policy.block_needs_notice and not block.is_charge:
            noticed = self.env["recurring.service.debts"].noticed_on(pressing.lines)
            if noticed is None:
                return {"planned_on": False, "waits_for": self.env._("Waits for the formal notice to be sent.")}
        calendar = policy._block_calendar(self._holidays(block.company_id)) if policy else Calendar()
        planned = first_day(max(block.asked_on, day), noticed, policy.block_notice_days, calendar)
        return {"planned_on": planned or False, "waits_for": False}

    def _holidays(self, company):
        return self.env["recurring.invoice.preparation"]._holidays(company, {})

    def _hold(self, blocks):
        """What is delivered follows from all blocks of a subscription: who changes two of them at once must see each other."""
        subscriptions = blocks.subscription_id
        subscriptions._hold_against_runs()
        if subscriptions:
            query = "UPDATE recurring_subscription SET service_state = service_state WHERE id IN %s"
            self.env.execute_query(SQL(query, subscriptions._ids))

    def _put_in_force(self, blocks, day):
        for (partner, company), mine in blocks.grouped(lambda block: (block.partner_id, block.company_id)).items():
            until = self._trusted_until(partner, company, day)
            mine.write(
                {
                    "state": const.BLOCK_IN_FORCE,
                    "began_on": day,
                    "planned_on": False,
                    "waits_for": False,
                    "trusted_until": until,
                }
            )
        self.env["recurring.service.billing"].stop(blocks, day)
        self.refresh(blocks.subscription_id, day)

    def _trusted_until(self, partner, company, day):
        given = self.env["recurring.service.trust"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id), ("until", ">=", day)], order="until desc", limit=1
        )
        return given.until

    @api.private
    @api.model
    def end(self, blocks, why, day):
        """These blocks are over; those that had not begun will not."""
        blocks = blocks.filtered(lambda block: block.state in const.BLOCK_OPEN)
        if not blocks:
            return
        in_force = blocks.filtered(lambda block: block.state == const.BLOCK_IN_FORCE)
        (blocks - in_force).write({"state": const.BLOCK_CANCELLED, "ended_by": why, "planned_on": False, "waits_for": False})
        if in_force:
            self._hold(in_force)
            in_force.write({"state": const.BLOCK_ENDED, "ended_on": day, "ended_by": why})
            if why != const.ENDED_CLOSED:
                self.env["recurring.service.billing"].go_on(in_force, day)
            self.refresh(in_force.subscription_id, day)

    @api.private
    @api.model
    def refresh(self, subscriptions, day):
        """What is delivered follows from the blocks in force; tells who listens."""
        changed = {}
        for subscription in subscriptions:
            blocks = [
                Block(block.effect, block.trusted_until or None) for block in subscription.block_ids if block.state == const.BLOCK_IN_FORCE
            ]
            old, new = subscription.service_state, state_on(blocks, day)
            if old != new:
                changed.setdefault((old, new), []).append(subscription.id)
        for (old, new), ids in changed.items():
            mine = subscriptions.browse(ids)
            mine.service_state = new
            mine._recurring_on_service_change(old, new)

    def _end_of_closed(self, subscriptions):
        blocks = subscriptions.block_ids.filtered(lambda block: block.state in const.BLOCK_OPEN)
        for company, mine in blocks.grouped("company_id").items():
            self.end(mine, const.ENDED_CLOSED, company._recurring_today())

    def _open_blocks(self, partner, company):
        return self.env["recurring.service.block"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", company.id), ("state", "in", const.BLOCK_OPEN)]
        )

    # The other effects

    def _close(self, case, step, lines, day):
        """End the subscriptions of a debt, with the same care as a block takes."""
        subscriptions = self._subscriptions(case.partner_id, case.company_id, lines, step.policy_id.block_scope)
        lines._recurring_meet_payments()
        pressing = self.env["recurring.service.debts"].pressing(lines, day)
        if not subscriptions or not pressing.lines:
            return pressing.waits_for or self.env._("Nothing to close.")
        if step.policy_id.block_needs_notice and self.env["recurring.service.debts"].noticed_on(pressing.lines) is None:
            return self.env._("Not closed: no formal notice was sent.")
        self.env["recurring.subscription.closing"].close(subscriptions, self.env.ref("recurring_billing.reason_debt"))
        return self.env._("Closed: %s", ", ".join(subscriptions.mapped("display_name")))

    def _stop_orders(self, case, step, lines, day):
        lines._recurring_meet_payments()
        gravity = [effect for effect, _words in dunning.ORDER_EFFECTS]
        effect = max(case.orders_effect, step.block_orders, key=gravity.index)
        case.write(
            {"orders_effect": effect, "orders_since": case.orders_since or day, "orders_line_ids": (case.orders_line_ids | lines).ids}
        )
        since = format_date(self.env, case.orders_since)
        if effect == dunning.ORDERS_REFUSE:
            return self.env._("New orders are refused since %s.", since)
        return self.env._("New orders are taken with a warning since %s.", since)
