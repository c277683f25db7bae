import logging
from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import UserError
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
