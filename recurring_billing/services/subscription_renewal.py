import logging
from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .. import const
from ..rules import price_revision
from ..rules.money import to_decimal
from .billing_batch import CONFLICTS

_logger = logging.getLogger(__name__)
DAY = timedelta(days=1)


class RecurringRenewal(models.AbstractModel):
    """Another term for a subscription whose term is over: by itself, by a quotation made some days ahead, or by hand."""

    _name = "recurring.renewal"
    _description = "Renewal of Subscriptions"

    # Daily

    @api.private
    @api.model
    def run_scheduled(self):
        """The scheduled action: quotations for terms that end soon, and new prices of terms that begin by themselves."""
        # sudo: the scheduled action works for every company
        for company in self.sudo().env["res.company"].search([("active", "=", True)]):
            service = self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
            company = company.with_env(service.env)
            for subscription in service._ending(company):
                service._safely(service.quote, subscription, service._next_term_of(subscription))
            service._reprice_terms(company)

    def _safely(self, do, subscription, *arguments):
        """One subscription that cannot be renewed stops nobody else: its salesperson is told."""
        try:
            with self.env.cr.savepoint():
                do(subscription, *arguments)
        except CONFLICTS:
            raise
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("renewal of %s", subscription.id)
            summary = self.env._("Could not be renewed")
            if summary not in subscription.activity_ids.mapped("summary"):
                subscription.activity_schedule(
                    "mail.mail_activity_data_todo", summary=summary, note=str(error), user_id=subscription._responsible_user().id
                )

    def _next_term_of(self, subscription):
        return subscription._next_term()

    def _ending(self, company):
        """Subscriptions that end with their term soon, and for which there was no quotation yet."""
        today = company._recurring_today()
        found = self.env["recurring.subscription"]
        for plan in self.env["recurring.plan"].with_context(active_test=False).search([("renewal", "=", const.RENEW_QUOTE)]):
            mine = found.search(
                [
                    ("company_id", "=", company.id),
                    ("plan_id", "=", plan.id),
                    ("state", "in", (const.ACTIVE, const.PAUSED)),
                    ("end_date", ">=", today),
                    ("end_date", "<=", today + timedelta(days=plan.renewal_quote_days)),
                ]
            )
            quoted = self.env["sale.order"].search([("recurring_renews_id", "in", mine.ids)])
            known = {(order.recurring_renews_id.id, order.recurring_renews_from) for order in quoted}
            found |= mine.filtered(lambda each, known=known: (each.id, each.end_date + DAY) not in known)
        return found.filtered(lambda each: each._renewed_lines(each.end_date + DAY))

    def _reprice_terms(self, company):
        """Plans that renew by themselves with other prices: a revision of those whose next term begins after the notice."""
        today = company._recurring_today()
        plans = self.env["recurring.plan"].search([("renewal", "=", const.RENEW_TERM), ("renewal_price", "!=", const.SAME_PRICE)])
        for plan in plans:
            found = self.env["recurring.subscription"].search(
                [
                    ("company_id", "=", company.id),
                    ("plan_id", "=", plan.id),
                    ("state", "=", const.ACTIVE),
                    ("term_end_date", ">=", today),
                    ("term_end_date", "<=", today + timedelta(days=plan.revision_notice_days)),
                ]
            )
            found -= self._revised_already(found)
            found = found.filtered(lambda each: not each.end_date or each.end_date > each.term_end_date)
            if found:
                self._revise(company, plan, found)

    def _revised_already(self, subscriptions):
        """Those whose next term has its prices: planned already, or undone by a person, who does not want them again."""
        rows = self.env["recurring.price.revision.line"].search(
            [
                ("subscription_id", "in", subscriptions.ids),
                ("revision_id.renews_terms", "=", True),
                ("revision_state", "!=", const.DRAFT),
                ("included", "=", True),
            ]
        )
        return rows.filtered(lambda row: row.date_effective > row.subscription_id.term_end_date).subscription_id

    def _revise(self, company, plan, subscriptions):
        """A revision of the prices of terms that begin, confirmed as the plan says; none where nothing changes."""
        revisions = self.env["recurring.price.revision"]
        last = max(subscriptions.mapped("term_end_date")) + DAY
        revision = revisions.create(
            {
                "name": self.env._("New terms of %(plan)s, %(day)s", plan=plan.name, day=format_date(self.env, last)),
                "company_id": company.id,
                "subscription_ids": [Command.set(subscriptions.ids)],
                "due_until": last,
                "renews_terms": True,
            }
        )
        self.env["recurring.price.revision.preview"].fill(revision)
        if revision.line_ids.filtered("included"):
            self.env["recurring.price.revision.run"].confirm(revision)
        else:
            revision.unlink()

    # Prices

    @api.private
    @api.model
    def prices(self, subscription, term, method, percent=0.0):
        """What each line costs in the next term.

        :param method: one of ``const.RENEW_NOW_PRICES``.
        :return: dict line → unit price
        :raises UserError: when the index is not known that far.
        """
        lines = subscription._renewed_lines(term.start)
        if method == const.SAME_PRICE:
            return {line: line.price_unit for line in lines}
        if method == const.CATALOGUE_PRICE:
            return {line: line._price_of_product() if line.billing_type == const.FIXED_PRICE else line.price_unit for line in lines}
        by = to_decimal(percent) if method == const.BY_PERCENT else self._revision_percent(subscription, term)
        return {line: self._revised(line, by) for line in lines}

    def _revised(self, line, percent):
        if line.billing_type != const.FIXED_PRICE or line.fixed_total:
            return line.price_unit
        unit = self.env["recurring.price.revision.preview"]._unit(line)
        rounding = const.ROUNDING_OF[line.plan_id.revision_rounding]
        return float(price_revision.new_price(to_decimal(line.price_unit), percent, unit=unit, rounding=rounding))

    def _revision_percent(self, subscription, term):
        """By how much the plan revises, 0 where it is too early for it."""
        plan = subscription.plan_id
        if plan.revision_kind == const.REVISE_NEVER or (subscription.next_revision_date or term.start) > term.start:
            return to_decimal(0)
        try:
            return plan._revision_percent(term.start)
        except price_revision.MissingMonths as missing:
            index = plan.revision_index_id
            raise UserError(
                self.env._(
                    "%(index)s of %(months)s is missing. Add the values, then renew.",
                    index=index.name,
                    months=index._month_names(missing.months),
                )
            ) from missing

    # By quotation

    @api.private
    @api.model
    def quote(self, subscription, term, method=None, percent=0.0):
        """A quotation for another term, with an activity for the salesperson. One per term: an open one is given back.

        :return: the order.
        """
        subscription.check_access("write")
        method = method or subscription.plan_id.renewal_price
        # sudo: who may renew a subscription may quote it; what ties the order to it is kept by services
        orders = self.env["sale.order"].sudo()
        subscription._hold_against_runs()
        open_ = orders.search(
            Domain(orders._recurring_renewal_domain(subscription, term.start)) & Domain("state", "in", ("draft", "sent")), limit=1
        )
        if open_:
            return open_.with_env(self.env)
        prices = self.prices(subscription, term, method, percent)
        order = orders.create(self._prepare_order(subscription, term, prices))
        subscription._message_log(
            body=self.env._(
                "Quotation for another term until %(day)s: %(order)s",
                day=format_date(self.env, term.last_day),
                order=order._get_html_link(),
            )
        )
        order.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(subscription.company_id._recurring_today(), term.start - timedelta(days=7)),
            summary=self.env._("Renewal: talk to the customer"),
            user_id=subscription._responsible_user().id,
        )
        return order.with_env(self.env)

    def _prepare_order(self, subscription, term, prices):
        return {
            "partner_id": subscription.partner_id.id,
            "partner_invoice_id": subscription.partner_invoice_id.id,
            "company_id": subscription.company_id.id,
            "pricelist_id": subscription.pricelist_id.id,
            "fiscal_position_id": subscription.fiscal_position_id.id,
            "payment_term_id": subscription.payment_term_id.id,
            "user_id": subscription.user_id.id,
            "team_id": subscription.team_id.id,
            "recurring_plan_id": subscription.plan_id.id,
            "recurring_purpose": const.PURPOSE_RENEW,
            "recurring_renews_id": subscription.id,
            "recurring_renews_from": term.start,
            "recurring_renews_until": term.last_day,
            "validity_date": term.start - DAY,
            "order_line": [Command.create(self._prepare_order_line(line, price)) for line, price in prices.items()],
        }

    def _prepare_order_line(self, line, price):
        return {
            "product_id": line.product_id.id,
            "name": line.name,
            "product_uom_qty": line.quantity,
            "product_uom_id": line.product_uom_id.id,
            "price_unit": price,
            "discount": line.discount,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "recurring_plan_id": line.plan_id.id,
            "recurring_renews_lineage_id": line.lineage_id.id,
        }

    @api.private
    @api.model
    def accept(self, order):
        """The subscription goes on for the term of a confirmed quotation, at its prices, from the first day of the term.

        :raises UserError: when it was ended otherwise meanwhile.
        """
        if order.recurring_is_renewed:
            return
        # sudo: whoever may confirm the order may renew what it was made for; the customer who signs online too
        order = order.sudo()
        subscription = order.recurring_renews_id
        subscription._hold_against_runs()
        start = order.recurring_renews_from
        self._take_back_end(subscription, start)
        before = {"recurring_end_before": subscription.end_date, "recurring_term_before": subscription.term_start_date}
        lines = self._lines_to_renew(order, subscription, start)
        self._check_goes_on(subscription, lines)
        order.write({**before, "recurring_is_renewed": True})
        self._extend(subscription, start, order.recurring_renews_until, ends=bool(order.recurring_end_before))
        values = {}
        for line in order._recurring_lines().filtered("recurring_renews_lineage_id"):
            mine = lines.filtered(lambda each, line=line: each.lineage_id == line.recurring_renews_lineage_id)
            if mine:
                values[mine] = {"price_unit": line.price_unit, "quantity": line.product_uom_qty, "discount": line.discount}
        self._put(subscription, start, values, order_id=order.id)
        change = self.env["recurring.subscription.change"]
        dropped = lines.filtered(lambda line: line not in values)
        if dropped:
            change.remove(dropped, start, order_id=order.id)
        for line in order._recurring_lines().filtered(lambda line: not line.recurring_renews_lineage_id):
            change.add(subscription, start, self._prepare_added(line), order_id=order.id)
        self._tell(subscription, order.recurring_renews_until, order)

    def _take_back_end(self, subscription, start):
        """Who renews stays: a close that was planned for the end of the term is taken back."""
        closing = subscription._planned_close()
        if closing.date == start:
            closing.withdraw()

    def _check_goes_on(self, subscription, lines):
        """Refuse to renew what does not run into the new term: it would be renewed in words alone, and never billed."""
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing of %s runs to the end of its term, so it cannot be renewed. Take back its planned end or switch of plans "
                    "first, or make a new quotation.",
                    subscription.display_name,
                )
            )

    def _lines_to_renew(self, order, subscription, start):
        """The lines that go on; what ended with the term meanwhile is opened again."""
        change = self.env["recurring.subscription.change"]
        if subscription.state == const.CLOSED:
            if subscription.end_date != start - DAY:
                raise UserError(
                    self.env._(
                        "%(subscription)s was closed on %(day)s, so it cannot be renewed. Make a new quotation instead.",
                        subscription=subscription.display_name,
                        day=format_date(self.env, subscription.end_date),
                    )
                )
            lasts = [change._last(lineage) for lineage in subscription.line_ids.lineage_id]
            ended = self.env["recurring.subscription.line"].union(*(last for last in lasts if last.date_end == start - DAY))
            change.reopen(ended, start, order_id=order.id)
            return ended
        if subscription.end_date and subscription.end_date < start - DAY:
            raise UserError(
                self.env._("%s ends before the new term. Take its last day away, or make a new quotation.", subscription.display_name)
            )
        return subscription._renewed_lines(start)

    def _prepare_added(self, line):
        return {name: value for name, value in line._recurring_prepare_line().items() if name != "sale_line_id"}

    @api.private
    @api.model
    def take_back(self, order):
        """A confirmed renewal was cancelled: the subscription ends as it would have; what is billed of the new term is credited."""
        # sudo: whoever may cancel the order takes back what it did
        order = order.sudo()
        subscription = order.recurring_renews_id
        self.env["recurring.change"].search([("order_id", "=", order.id), ("state", "!=", const.CHANGE_WITHDRAWN)]).withdraw()
        subscription.write({"end_date": order.recurring_end_before, "term_start_date": order.recurring_term_before})
        order.recurring_is_renewed = False
        subscription._message_log(body=self.env._("The renewal by %s was cancelled.", order._get_html_link()))

    # By hand

    @api.private
    @api.model
    def renew(self, subscription, method=const.SAME_PRICE, percent=0.0):
        """Renew at once, for another term after the running one.

        :return: the new term.
        """
        subscription.check_access("write")
        subscription._hold_against_runs()
        term = subscription._next_term()
        prices = self.prices(subscription, term, method, percent)
        self._check_goes_on(subscription, prices)
        self._extend(subscription, term.start, term.last_day, ends=bool(subscription.end_date))
        self._put(subscription, term.start, {line: {"price_unit": price} for line, price in prices.items()})
        self._tell(subscription, term.last_day)
        return term

    def _extend(self, subscription, start, last_day, *, ends):
        """Service, where it ends, and commitment go on to the last day of the new term."""
        values = {"end_date": last_day} if ends else {}
        if not subscription.plan_id._renews_by_terms():
            values["term_start_date"] = start
        if values:
            subscription.write(values)
        for line in self._known_until(subscription, start - DAY):
            line.date_end = last_day

    def _known_until(self, subscription, day):
        """Lines whose own last day is the end of the term, not because somebody ended them."""
        return subscription.line_ids.filtered(lambda line: line.date_end == day and not line.ended_by and not line._is_empty())

    def _put(self, subscription, start, values, **about):
        """Prices, quantities and discounts from the new term on, where they change; new prices start the clock of revisions anew."""
        changed = {line: vals for line, vals in values.items() if any(line[name] != value for name, value in vals.items())}
        if not changed:
            return
        self.env["recurring.subscription.change"].reprice_each(
            changed, start, kind=const.CHANGE_REVISION, reason=self.env._("Renewal"), **about
        )
        if any("price_unit" in vals and line.price_unit != vals["price_unit"] for line, vals in changed.items()):
            # sudo: when prices were revised last is kept by services
            subscription.sudo().last_revision_date = start

    def _tell(self, subscription, last_day, order=None):
        words = {"day": format_date(self.env, last_day), "order": order._get_html_link() if order else ""}
        body = self.env._("Renewed until %(day)s by %(order)s.", **words) if order else self.env._("Renewed until %(day)s.", **words)
        subscription._message_log(body=body)
