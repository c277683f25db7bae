import logging
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import const
from ..rules.charges import ADVANCE
from ..rules.price_versions import version_day

_logger = logging.getLogger(__name__)


class RecurringPriceVersions(models.AbstractModel):
    """What runs follows the catalogue: after an edit of prices a line takes its new price at the first boundary that is due later.

    Prices that were agreed stay, and so do discounts, agreed totals, usage, and everything billed. A draft takes its new price at once,
    unless it was quoted. Rates of currencies are no edit: they move no price by themselves.
    """

    _name = "recurring.price.versions"
    _description = "Versions of Prices"

    @api.private
    @api.model
    def run_scheduled(self):
        """Work through the edits, batch by batch."""
        self._note_rules_near()
        while edit := self.env["recurring.price.edit"].search([], order="id", limit=1):
            if not self._carry_out(edit):
                return

    def _note_rules_near(self):
        """Rules of pricelists that begin or end with a period to come: the day itself is an edit that nobody makes."""
        today = self.env.company._recurring_today()
        ((ahead,),) = self.env["recurring.plan"].with_context(active_test=False)._read_group([], aggregates=["lead_days:max"])
        ahead = ahead or 0
        begin, end = today + timedelta(days=1), today + timedelta(days=2 + ahead)
        near = Domain([("date_start", ">=", begin), ("date_start", "<", end)]) | Domain([("date_end", ">=", today), ("date_end", "<", end)])
        self.env["product.pricelist.item"].search(near)._note_price_edit()

    def _batch_size(self):
        """How many subscriptions share a transaction."""
        return 100

    def _carry_out(self, edit):
        """Draw the consequences of an edit.

        :return: whether there is time for more.
        """
        while subscriptions := self._touched(edit):
            self._follow(subscriptions, edit)
            edit.after_id = subscriptions[-1].id
            if not self.env["ir.cron"]._commit_progress(len(subscriptions), remaining=1):
                return False
        edit.unlink()
        return self.env["ir.cron"]._commit_progress(remaining=0)

    def _touched(self, edit):
        """The next subscriptions with lines that may have another price after the edit, by id."""
        domain = Domain("id", ">", edit.after_id) & Domain("line_ids", "any", self._lines_touched(edit))
        return self.env["recurring.subscription"].search(domain, order="id", limit=self._batch_size())

    def _lines_touched(self, edit):
        domain = Domain(
            [
                ("subscription_id.state", "in", (const.DRAFT, const.ACTIVE, const.PAUSED)),
                ("price_manual", "=", False),
                ("superseded", "=", False),
                ("billing_type", "=", const.FIXED_PRICE),
                ("fixed_total", "in", (False, 0)),
            ]
        )
        if edit.product_tmpl_id:
            domain &= Domain("product_id.product_tmpl_id", "=", edit.product_tmpl_id.id)
        if edit.plan_id:
            domain &= Domain("subscription_id.plan_id", "=", edit.plan_id.id)
        if edit.pricelist_id:
            domain &= Domain("subscription_id.pricelist_id", "in", self._built_upon(edit.pricelist_id).ids)
        if edit.subscription_id:
            domain &= Domain("subscription_id", "=", edit.subscription_id.id)
        return domain

    def _built_upon(self, pricelist):
        """The pricelist and those whose rules take its prices, directly or through others."""
        found, new = pricelist, pricelist
        while new:
            rules = self.env["product.pricelist.item"].search([("base_pricelist_id", "in", new.ids)])
            new = rules.pricelist_id - found
            found |= new
        return found

    def _follow(self, subscriptions, edit):
        """Give the lines of subscriptions the prices that the catalogue has for them now."""
        known = {}
        lines = self.env["recurring.subscription.line"].search(
            self._lines_touched(edit) & Domain("subscription_id", "in", subscriptions.ids)
        )
        drafts = lines.filtered(lambda line: line.state == const.DRAFT)
        for line in drafts.filtered(lambda line: not line.sale_line_id):
            if values := line._catalogue_values(None, known):
                line.write(values)
        by_day, change = {}, self.env["recurring.subscription.change"]
        for lineage, mine in (lines - drafts).grouped("lineage_id").items():
            day = self._version_day(mine[0], edit.day)
            if any(line._catalogue_values(day, known) for line in change._lines_to_price(lineage, day)):
                by_day.setdefault(day, []).append(mine[0].id)
        for day, ids in by_day.items():
            self._version(lines.browse(ids), day, known)

    def _version_day(self, line, edited):
        subscription, plan = line.subscription_id, line.plan_id
        ahead = plan.lead_days if plan.timing == ADVANCE else 0
        start = line._lineage_start()
        return version_day(subscription.anchor_date, plan._interval(), edited, ahead, line.billed_until or start, start)

    def _version(self, lines, day, known):
        """A price version of these lines; what cannot be changed is left, and says so."""
        change = self.env["recurring.subscription.change"]
        try:
            with self.env.cr.savepoint():
                change.follow_catalogue(lines, day, known)
        except UserError as error:
            if len(lines.subscription_id) > 1:
                for mine in lines.grouped("subscription_id").values():
                    self._version(mine, day, known)
                return
            _logger.info("The price of %s stays: %s", lines.subscription_id.display_name, error)
            lines.subscription_id._message_log(
                body=self.env._("The new price of the catalogue could not be taken over: %(why)s", why=str(error))
            )
