from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..rules import price_revision
from ..rules.money import to_decimal
from ..services.notification import notification


class RecurringPriceIndex(models.Model):
    """An index of prices, month by month: what yearly price revisions may follow."""

    _name = "recurring.price.index"
    _description = "Price Index"
    _inherit = ["mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, tracking=True, help="As contracts call it.")
    description = fields.Char(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    series = fields.Char(tracking=True, help="Its number at the service the values are fetched from. Empty: values are typed or imported.")
    value_ids = fields.One2many("recurring.price.index.value", "index_id", "Values")
    last_month = fields.Date("Known Until", compute="_compute_figures", help="The last month with a value.")
    last_value = fields.Float("Last Value (%)", digits=(16, 2), compute="_compute_figures")
    year_percent = fields.Float(
        "12 Months (%)", digits=(16, 2), compute="_compute_figures", help="What the last twelve months make together."
    )
    fetched_at = fields.Datetime("Last Fetched", readonly=True, copy=False)
    fetch_problem = fields.Char(readonly=True, copy=False, help="Why the last fetch brought nothing.")

    _name_unique = models.UniqueIndex("(name)", "There is an index of this name already.")

    @api.depends("value_ids.month", "value_ids.value")
    def _compute_figures(self):
        for index in self:
            values = index._values()
            last = max(values, default=None)
            index.last_month = last
            index.last_value = float(values[last]) if last else 0.0
            months = [last - relativedelta(months=n) for n in range(12)] if last else []
            known = bool(months) and all(month in values for month in months)
            index.year_percent = float(price_revision.accumulated(values, months)) if known else 0.0

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        return [
            dict(vals, name=self.env._("%s (copy)", index.name)) if "name" not in (default or {}) else vals
            for index, vals in zip(self, vals_list, strict=True)
        ]

    def action_fetch(self):
        """Fetch the newest values, and tell what came."""
        self.check_access("write")
        found = self.env["recurring.index.fetching"].fetch(self)
        problems = self.filtered("fetch_problem")
        message = (
            "\n".join(self.env._("%(index)s: %(problem)s", index=index.name, problem=index.fetch_problem) for index in problems)
            if problems
            else self.env._("%(new)s new and %(revised)s revised values.", **found)
        )
        return notification(
            message,
            "warning" if problems else "success",
            title=self.env._("Nothing was fetched") if problems else self.env._("Values fetched"),
            sticky=bool(problems),
        )

    def _values(self):
        """Percent by first day of the month, as the rules take them."""
        self.ensure_one()
        return {row.month: to_decimal(row.value) for row in self.value_ids if row.month}

    def _accumulated(self, effective, months, lag):
        """What the index makes over some months, for a price that counts from a day.

        :return: Decimal percent.
        :raises MissingMonths: naming the months without a value.
        """
        return price_revision.accumulated(self._values(), price_revision.index_months(effective, months, lag))

    def _record_values(self, values):
        """Write the values of months; one that differs from what was known is revised, and told in the history.

        :param values: Decimal percent by first day of the month.
        :return: dict of the counts ``new`` and ``revised``
        """
        self.ensure_one()
        known = {row.month: row for row in self.value_ids}
        new = [{"index_id": self.id, "month": month, "value": float(value)} for month, value in values.items() if month not in known]
        revised = [(known[month], value) for month, value in values.items() if month in known and to_decimal(known[month].value) != value]
        for row, value in revised:
            words = {"month": row.display_name, "old": row.value, "new": float(value)}
            row.value = float(value)
            self._message_log(body=self.env._("%(month)s was revised from %(old)s %% to %(new)s %%.", **words))
        self.env["recurring.price.index.value"].create(new)
        return {"new": len(new), "revised": len(revised)}

    def _month_names(self, months):
        return ", ".join(format_date(self.env, month, date_format="MMM yyyy") for month in months)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: plans of companies the user does not see count as well
        plan = self.env["recurring.plan"].sudo().with_context(active_test=False).search([("revision_index_id", "in", self.ids)], limit=1)
        if plan:
            raise UserError(
                self.env._(
                    'The plan "%(plan)s" follows %(index)s. Archive the index instead.', plan=plan.name, index=plan.revision_index_id.name
                )
            )
