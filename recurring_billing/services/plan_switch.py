from fractions import Fraction

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from ..rules import revenue
from ..rules.money import round_money, to_decimal


class RecurringPlanSwitch(models.AbstractModel):
    """Another plan from a day on: the subscription ends, and a successor on the new plan goes on from there.

    The credit of unused time goes to the successor's first invoice (``recurring.invoice.planning``). The successor's periods: where both
    plans have the same interval and begin on anniversaries, those of the subscription go on; on an aligned plan they are the plan's; else
    they begin on the day of the switch. Its lineages follow the old ones, so a part of a first period costs its days, whatever the plan
    says of partial first periods; and there is no second trial.
    """

    _name = "recurring.plan.switch"
    _description = "Switch of Plans"

    @api.private
    @api.model
    def offer(self, subscription, plan, day):
        """What each line would cost on another plan.

        :return: list of dict: ``line`` that runs on the day, ``listed``: the catalogue's price or None, ``kept``: the present price
            brought to the new interval, ``price``: the one proposed, for a price that was agreed by hand the present one.
        """
        found = []
        for line in self._lines(subscription, day):
            kept = self._price_kept(line, plan)
            listed = self._price_listed(line, plan)
            price = kept if line.price_manual or listed is None else listed
            found.append({"line": line, "listed": listed, "kept": kept, "price": price})
        return found

    @api.private
    @api.model
    def switch(self, subscription, plan, day, prices, about):
        """End the subscription on the eve of a day, and continue it on another plan.

        :param prices: dict id of line → unit price on the new plan; default: those of ``offer``.
        :return: the change.
        """
        change = self.env["recurring.subscription.change"]
        change._check_may_change(subscription)
        self._check_can_switch(subscription, plan, day)
        offer = self.offer(subscription, plan, day)
        lines = self.env["recurring.subscription.line"].union(*(each["line"] for each in offer))
        with change._recording(const.CHANGE_SWITCH, lines, day, about) as story:
            running = story.subscriptions
            successor = self.with_env(running.env)._create_successor(running, plan, day)
            for each in offer:
                price = (prices or {}).get(each["line"].id, each["price"])
                terms = {"price_unit": price, "price_manual": each["listed"] is None or price != each["listed"]}
                self._continue_line(each["line"].with_env(running.env), successor, max(day, each["line"].date_start), terms)
            for lineage in story.lineages:
                change.with_env(running.env)._stop(lineage, day, const.BY_CHANGE)
            successor.write({"state": const.ACTIVE})
            # sudo: the link is kept by services
            running.sudo().successor_id = successor
            story.successors[subscription.id] = successor.with_env(self.env)
        self._tell(subscription, successor.with_env(self.env), day)
        return story.changes

    # What stands in the way

    def _check_can_switch(self, subscription, plan, day):
        change = self.env["recurring.subscription.change"]
        words = {"subscription": subscription.display_name, "day": format_date(self.env, day)}
        if not plan or plan == subscription.plan_id:
            raise UserError(self.env._("Choose another plan than the present one."))
        if subscription.successor_id:
            raise UserError(
                self.env._(
                    "%(subscription)s goes on as %(successor)s already. Change that one instead.",
                    subscription=subscription.display_name,
                    successor=subscription.successor_id.name,
                )
            )
        if day <= subscription.start_date:
            raise UserError(self.env._("%(subscription)s has not begun by %(day)s. Choose a later day.", **words))
        if not self._lines(subscription, day):
            raise UserError(self.env._("Nothing of %(subscription)s runs on %(day)s. Resume or reopen it first.", **words))
        for line in subscription.line_ids:
            lineage = line.lineage_id
            if change.is_paused_on(lineage, day):
                raise UserError(self.env._("“%s” is paused. Resume or end it before the plan changes.", line.name))
            if line.fixed_total and line._ends_after(day):
                raise UserError(self.env._("“%s” has an agreed total for a number of periods, so it keeps its plan until then.", line.name))
        running = self._lines(subscription, day)
        planned = subscription.line_ids.filtered(lambda line: line.date_start > day and not line._is_empty()) - running
        if planned:
            raise UserError(
                self.env._(
                    "“%(line)s” changes on %(day)s, after the plan. Withdraw that change first, and make it on the new plan.",
                    line=planned[0].name,
                    day=format_date(self.env, planned[0].date_start),
                )
            )

    def _lines(self, subscription, day):
        return subscription._lines_of(day)

    # Prices

    def _factor(self, old, new):
        """How many times as long a period of the new plan is."""
        return revenue.per_month(1, old._interval()) / revenue.per_month(1, new._interval())

    def _scaled(self, amount, line, plan):
        """An amount per period, for as long as a period of the new plan is."""
        worth = Fraction(to_decimal(amount)) * self._factor(line.plan_id, plan)
        return float(round_money(worth, to_decimal(line.currency_id.rounding)))

    def _price_kept(self, line, plan):
        """The present price for as long as a period of the new plan is; the price of usage is that of a unit."""
        if line.billing_type == const.USAGE_PRICE:
            return line.price_unit
        return self._scaled(line.price_unit, line, plan)

    def _price_listed(self, line, plan):
        """The catalogue's price on the plan; None where it has none for it."""
        subscription = line.subscription_id
        if line.billing_type == const.USAGE_PRICE:
            return None
        prices = self.env["recurring.price"]
        company = subscription.company_id
        if not prices.with_company(company)._find(line.product_id, plan, subscription.pricelist_id, line.quantity, line.currency_id):
            return None
        return line._ask_catalogue(
            line.product_id,
            line.quantity,
            line.product_uom_id,
            company._recurring_today(),
            plan,
            subscription.pricelist_id,
            subscription.currency_id,
            subscription.fiscal_position_id,
            company,
            bool(line.pricelist_discount),
            line._price_context(line.product_id),
        )[0]

    # The successor

    def _create_successor(self, subscription, plan, day):
        values = {
            "plan_id": plan.id,
            "start_date": day,
            "client_order_ref": subscription.client_order_ref,
            "predecessor_id": subscription.id,
            "line_ids": [],
        }
        # The end that was agreed stays; the one that the old plan's term gave does not.
        if subscription.end_date and subscription.plan_id.renewal != const.END:
            values["end_date"] = subscription.end_date
        both = {subscription.plan_id.alignment, plan.alignment}
        if both == {const.ANNIVERSARY} and plan._interval()[:2] == subscription.plan_id._interval()[:2]:
            values["anchor_date"] = subscription.anchor_date
        data = subscription.copy_data(values)[0]
        data.update({name: values[name] for name in values if name != "line_ids"}, line_ids=[])
        if self.env.context.get("recurring_preview"):
            # A preview takes no number.
            data["name"] = self.env._("The new subscription")
        # sudo: the link is kept by services; whoever may change a subscription may continue it
        return subscription.sudo().create(data).with_env(subscription.env)

    def _continue_line(self, line, successor, day, terms):
        change = self.env["recurring.subscription.change"]
        last = change._last(line.lineage_id)
        # sudo: lineages are the ledger's own records, nobody writes them by hand
        follower = line.lineage_id.sudo().create({"subscription_id": successor.id, "follows_id": line.lineage_id.id})
        values = line.copy_data({"date_start": day, "date_end": last.date_end, "lineage_id": follower.id})[0]
        factor = self._factor(line.plan_id, successor.plan_id)
        values["discount_ids"] = [
            Command.create({**command[2], "amount": self._scaled(command[2]["amount"], line, successor.plan_id)})
            for command in values.get("discount_ids", [])
            # A discount for some of the old periods says nothing of longer or shorter ones.
            if factor == 1 or not (command[2].get("date_end") or command[2].get("periods"))
        ]
        # sudo: where a line comes from is kept by services
        line.sudo().create({**values, "subscription_id": successor.id, **terms})

    def _tell(self, subscription, successor, day):
        if self.env.context.get("recurring_preview"):
            return
        words = {"day": format_date(self.env, day), "old": subscription.plan_id.name, "new": successor.plan_id.name}
        subscription._message_log(
            body=self.env._("From %(day)s it goes on as %(link)s on the plan %(new)s.", link=successor._get_html_link(), **words)
        )
        successor._message_log(body=self.env._("Continues %(link)s of the plan %(old)s.", link=subscription._get_html_link(), **words))
