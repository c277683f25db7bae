from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from ..rules.money import to_decimal
from .subscription_change import PRICE_FIELDS


class RecurringChangeApplication(models.AbstractModel):
    """Makes a change that was asked for in the wizard, or offered in a quotation and accepted.

    What is asked for is a dict as JSON has it (``asked``): ``kind``; ``line_ids``; ``product_id``, ``quantity``, ``price_unit``,
    ``discount`` of a product or price; ``plan_id`` and ``prices`` (by line id, as text) of a switch of plans.
    """

    _name = "recurring.change.application"
    _description = "Application of Changes"

    @api.private
    @api.model
    def apply(self, subscription, asked, day, **about):
        """Make the change from a day on.

        :raises UserError: when it cannot be made, saying what to do.
        :return: the change.
        """
        subscription.check_access("write")
        lines = self._lines(subscription, asked)
        newest = self.env["recurring.change"].search([("subscription_id", "=", subscription.id)], order="id desc", limit=1)
        result = getattr(self, f"_apply_{asked['kind']}")(subscription, lines, asked, self.first_day(subscription, asked, day), about)
        if result._name == "recurring.change":
            return result
        offered = about.get("change")
        mine = [("subscription_id", "=", subscription.id), ("id", ">", newest.id or 0)]
        return offered or newest.search(mine, order="id desc", limit=1)

    @api.private
    @api.model
    def first_day(self, subscription, asked, day):
        """The day from which the change counts: the plan may let the running period end before what is paid for becomes less."""
        service = self.env["recurring.subscription.change"]
        lineages = self._lines(subscription, asked).lineage_id
        if not lineages:
            return day
        find = {const.WIZARD_PAUSE: service.pause_day, const.WIZARD_END: service.end_day, const.WIZARD_REMOVE: service.end_day}
        if asked["kind"] in find:
            return max(find[asked["kind"]](lineage, day) for lineage in lineages)
        if asked["kind"] in (const.WIZARD_REPRICE, const.WIZARD_REPLACE) and self._is_less(lineages, asked, day):
            return max(service.downgrade_day(lineage, day) for lineage in lineages)
        return day

    def _is_less(self, lineages, asked, day):
        """Whether a period costs less with the change."""
        now = self.env["recurring.subscription.change"]._price_line(lineages[:1], day)

        def worth(values):
            price, quantity, discount = (to_decimal(values[name]) for name in PRICE_FIELDS)
            return price * quantity * (100 - discount)

        return worth(asked) < worth(now)

    def _lines(self, subscription, asked):
        lines = self.env["recurring.subscription.line"].browse(asked.get("line_ids", [])).exists()
        if lines.subscription_id - subscription:
            raise UserError(self.env._("These lines belong to another subscription. Change them there."))
        if not lines and asked["kind"] not in (const.WIZARD_ADD, const.WIZARD_SWITCH):
            raise UserError(self.env._("Choose at least one line. Where none is offered, nothing of this subscription can be changed so."))
        return lines

    # The kinds

    def _apply_reprice(self, subscription, lines, asked, day, about):
        counting = self.env["recurring.subscription.change"]._price_line(lines.lineage_id[:1], day)
        values = {name: asked[name] for name in PRICE_FIELDS if asked[name] != counting[name]}
        if not values:
            raise UserError(
                self.env._(
                    "Price, quantity and discount on %s are what they were already. Change one, or choose the day it became different.",
                    format_date(self.env, day),
                )
            )
        return self.env["recurring.subscription.change"].reprice(lines[:1], day, values, **about)

    def _apply_replace(self, subscription, lines, asked, day, about):
        if not asked.get("product_id"):
            raise UserError(self.env._("Choose the new product."))
        values = {name: asked[name] for name in PRICE_FIELDS}
        if asked["product_id"] != lines[:1].product_id.id:
            values["product_id"] = asked["product_id"]
        return self.env["recurring.subscription.change"].replace(lines[:1], day, values, **about)

    def _apply_add(self, subscription, lines, asked, day, about):
        if not asked.get("product_id"):
            raise UserError(self.env._("Choose the new product."))
        values = {name: asked[name] for name in ("product_id", *PRICE_FIELDS)}
        return self.env["recurring.subscription.change"].add(subscription, day, values, **about)

    def _apply_remove(self, subscription, lines, asked, day, about):
        return self.env["recurring.subscription.change"].remove(lines, day, **about)

    def _apply_switch(self, subscription, lines, asked, day, about):
        plan = self.env["recurring.plan"].browse(asked.get("plan_id"))
        prices = {int(key): price for key, price in (asked.get("prices") or {}).items()}
        return self.env["recurring.subscription.change"].switch(subscription, plan, day, prices, **about)

    def _apply_pause(self, subscription, lines, asked, day, about):
        return self.env["recurring.subscription.change"].pause(lines, day, **about)

    def _apply_resume(self, subscription, lines, asked, day, about):
        return self.env["recurring.subscription.change"].resume(lines, day, **about)

    def _apply_end(self, subscription, lines, asked, day, about):
        return self.env["recurring.subscription.change"].end(lines, day, **about)

    def _apply_reopen(self, subscription, lines, asked, day, about):
        return self.env["recurring.subscription.change"].reopen(lines, day, **about)
