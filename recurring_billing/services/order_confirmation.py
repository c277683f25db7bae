from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .. import const

QUIET = {"mail_auto_subscribe_no_notify": True, "mail_create_nosubscribe": True}


class RecurringOrderConfirmation(models.AbstractModel):
    """What the confirmation of an order does to subscriptions: new ones, or more lines for one that runs.

    Confirming again finds the subscriptions of the order. What was never billed takes over what the order says now; what was billed stays.
    """

    _name = "recurring.order.confirmation"
    _description = "Subscriptions of a Confirmed Order"

    @api.private
    @api.model
    def make(self, order):
        """Make the subscriptions of an order, one per plan, or find those it made before, and start them.

        :raises UserError: when a subscription that it made before is closed.
        """
        service = self._for_order(order)
        order = order.with_env(service.env)
        prepared = order._recurring_prepare_subscriptions()
        service._leave_plans(order, prepared)
        for values in prepared:
            service._make(order, values)

    @api.private
    @api.model
    def extend(self, order):
        """Add the lines of an order to the subscription it extends; lines of another plan become a subscription of their own.

        :raises UserError: when the lines cannot be added, with what to do.
        """
        service = self._for_order(order)
        order = order.with_env(service.env)
        extended = order.recurring_extends_id
        extended._hold_against_runs()
        prepared = order._recurring_prepare_subscriptions()
        service._check_extension(order, extended, prepared)
        service._leave_plans(order, prepared)
        for values in prepared:
            if values["plan_id"] == extended.plan_id.id:
                service._add_lines(extended, values["line_ids"])
                service._tell_origin(extended, order)
            else:
                service._make(order, values)

    def _for_order(self, order):
        """The service in the company of the order, holding the order, so that two confirmations see each other.

        sudo: a confirmed order makes its subscriptions, whoever confirms it: a salesperson without a role in billing, or the customer
        online.
        """
        if order.ids:
            self.env.execute_query(SQL("SELECT id FROM sale_order WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", order._ids))
        return self.sudo().with_company(order.company_id).with_context(allowed_company_ids=order.company_id.ids, **QUIET)

    # New subscriptions

    def _make(self, order, values):
        mine = self._made_by(order).filtered(lambda subscription: subscription.plan_id.id == values["plan_id"])
        if not mine:
            mine = self.env["recurring.subscription"].create(values)
            self._tell_origin(mine, order)
        elif mine.filtered(lambda subscription: subscription.state == const.CLOSED) == mine:
            raise UserError(
                self.env._(
                    "%(order)s made %(subscription)s, which was billed and is closed now. Make that subscription active "
                    "again, or duplicate the order to sell a new one.",
                    order=order.display_name,
                    subscription=mine[:1].display_name,
                )
            )
        else:
            mine = mine.filtered(lambda subscription: subscription.state != const.CLOSED)[:1]
            mine._hold_against_runs()
            if mine._is_billed():
                self._add_lines(mine, values["line_ids"])
                return
            self._take_over(mine, values)
        self._start(order, mine, values["start_date"])

    def _leave_plans(self, order, prepared):
        """What was sold on another plan before, and never billed, leaves that plan's subscription; with nothing else, that goes."""
        sold = {command[2]["sale_line_id"]: values["plan_id"] for values in prepared for command in values["line_ids"]}
        for subscription in self._made_by(order).filtered(lambda each: each.state != const.CLOSED):
            subscription._hold_against_runs()
            mine = subscription.line_ids.filtered(lambda line: line.sale_line_id.order_id == order and not line._is_billed())
            gone = mine.filtered(lambda line, plan=subscription.plan_id: sold.get(line.sale_line_id.id) != plan.id)
            if not gone or subscription.plan_id.id in sold.values():
                self.drop_lines(gone)
                continue
            if gone == subscription.line_ids and subscription.state != const.DRAFT and not subscription._is_billed():
                subscription.action_back_to_draft()
            self.drop_lines(gone)
            if subscription.state == const.DRAFT and not (subscription.line_ids or subscription.period_ids or subscription.one_off_ids):
                subscription.unlink()

    def _made_by(self, order):
        return self.env["recurring.subscription"].search([("order_id", "=", order.id)], order="id")

    def _start(self, order, subscription, start):
        if order.recurring_start == const.START_ACTIVATION:
            if subscription.state != const.WAITING:
                subscription.state = const.WAITING
        elif subscription.state in (const.DRAFT, const.WAITING):
            self.env["recurring.subscription.activation"].activate(subscription, start)

    def _take_over(self, subscription, values):
        """What was never billed becomes what the order says now."""
        runs = subscription.state in const.BILLED_STATES
        lines = {command[2]["sale_line_id"]: command[2] for command in values["line_ids"]}
        # What other orders added stays.
        ours = subscription.line_ids.filtered(lambda line: line.sale_line_id and line.sale_line_id.order_id == subscription.order_id)
        known = ours.sorted("id").grouped(lambda line: line.sale_line_id.id)
        kept = {sale_line: mine[:1] for sale_line, mine in known.items() if sale_line in lines}
        self.drop_lines(ours - ours.browse([line.id for line in kept.values()]))
        without = {"line_ids", "plan_id", "company_id", "order_id", *(("start_date",) if runs else ())}
        header = {name: value for name, value in values.items() if name not in without}
        subscription.write({**header, **({} if runs else {"end_date": False})})
        for sale_line, line_values in lines.items():
            if sale_line in kept:
                self._rewrite_line(kept[sale_line], line_values, keep_start=runs)
            else:
                start = max(line_values["date_start"], subscription.start_date)
                self.env["recurring.subscription.line"].create({**line_values, "date_start": start, "subscription_id": subscription.id})

    def _rewrite_line(self, line, values, *, keep_start):
        values = {**values, "date_end": False, "discount_ids": [Command.clear(), *values["discount_ids"]]}
        line.write({**values, **({"date_start": line.date_start} if keep_start else {})})

    @api.private
    @api.model
    def drop_lines(self, lines):
        """Take away lines that were never billed; one that a cancelled invoice still names keeps no day."""
        named = self.env["recurring.period"].search([("line_id", "in", lines.ids), ("kind", "=", const.CHARGE)]).line_id
        (lines - named).unlink()
        for line in named:
            line.date_end = min(line._eve(), line.date_end or line._eve())

    def _tell_origin(self, subscription, order):
        subscription.message_post_with_source(
            "mail.message_origin_link", render_values={"self": subscription, "origin": order}, subtype_xmlid="mail.mt_note"
        )

    # Lines for a subscription that exists

    def _add_lines(self, subscription, commands):
        """Add those lines that it does not have; those it has take over what the order says, as long as they were not billed."""
        known = subscription.line_ids.filtered("sale_line_id").grouped(lambda line: line.sale_line_id.id)
        for _command, _id, values in commands:
            mine = known.get(values["sale_line_id"])
            if not mine:
                start = max(values["date_start"], subscription.start_date)
                self.env["recurring.subscription.line"].create({**values, "date_start": start, "subscription_id": subscription.id})
            elif not any(line._is_billed() for line in mine):
                self._rewrite_line(mine[0], values, keep_start=True)

    def _check_extension(self, order, extended, prepared):
        words = {"order": order.display_name, "subscription": extended.display_name, "plan": extended.plan_id.name}
        if extended.state == const.CLOSED:
            raise UserError(
                self.env._(
                    "%(subscription)s is closed. Make it active again, or leave the subscription empty on %(order)s to sell a new one.",
                    **words,
                )
            )
        if extended.successor_id and extended.successor_id.state != const.CLOSED:
            # What is added here would end with the switch, and be on neither plan afterwards.
            raise UserError(
                self.env._(
                    "%(subscription)s goes on as %(successor)s on the plan %(new)s. Choose that one on %(order)s, and the plan %(new)s on "
                    "its lines.",
                    successor=extended.successor_id.name,
                    new=extended.successor_id.plan_id.name,
                    **words,
                )
            )
        if extended.partner_id.commercial_partner_id != order.partner_id.commercial_partner_id:
            raise UserError(self.env._("%(subscription)s belongs to another customer. Choose one of the customer of %(order)s.", **words))
        if extended.currency_id != order.currency_id:
            raise UserError(
                self.env._(
                    "%(subscription)s is billed in %(theirs)s and %(order)s in %(ours)s. Choose a pricelist in %(theirs)s on the order, or "
                    "leave the subscription empty to sell a new one.",
                    theirs=extended.currency_id.name,
                    ours=order.currency_id.name,
                    **words,
                )
            )
        if extended.plan_id.id not in [values["plan_id"] for values in prepared]:
            raise UserError(
                self.env._(
                    "%(subscription)s is billed by the plan %(plan)s, but no line of %(order)s is. Choose that plan on the lines to "
                    "add, or leave the subscription empty to sell a new one.",
                    **words,
                )
            )
        self._check_extension_dates(order, extended, words)

    def _check_extension_dates(self, order, extended, words):
        if order.recurring_start == const.START_ACTIVATION and extended.state in (const.ACTIVE, const.PAUSED):
            raise UserError(
                self.env._("%(subscription)s runs already, so nothing waits for an activation. Let %(order)s start on a date.", **words)
            )
        start = self.env["recurring.order.preparation"].start_date(order)
        if extended.end_date and extended.end_date < start:
            raise UserError(
                self.env._(
                    "%(subscription)s ends on %(end)s, before %(order)s would start. Take its last day away, or leave the subscription "
                    "empty to sell a new one.",
                    end=format_date(self.env, extended.end_date),
                    **words,
                )
            )
