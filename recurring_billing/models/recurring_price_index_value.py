from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class RecurringPriceIndexValue(models.Model):
    """By how much an index rose in one month."""

    _name = "recurring.price.index.value"
    _description = "Value of a Price Index"
    _order = "month desc"
    _rec_name = "month"

    index_id = fields.Many2one("recurring.price.index", required=True, index=True, ondelete="cascade")
    month = fields.Date(required=True, help="Any day of the month will do.")
    value = fields.Float("Value (%)", digits=(16, 6), required=True, help="The change within the month, in percent; negative when it fell.")

    _month_unique = models.UniqueIndex("(index_id, month)", "An index has one value per month. Change the one that is there.")
    _month_first = models.Constraint("CHECK(EXTRACT(day FROM month) = 1)", "A value belongs to a whole month.")

    @api.constrains("value")
    def _check_value(self):
        for row in self:
            if not -100 < row.value < 1000:
                raise ValidationError(
                    self.env._("%(value)s %% is not the change of a month: it lies between -100 and 1000.", value=row.value)
                )

    @api.depends("month", "index_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.month and format_date(self.env, row.month, date_format="MMM yyyy")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._in_whole_months(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._in_whole_months(vals))

    def _in_whole_months(self, vals):
        month = fields.Date.to_date(vals.get("month"))
        return dict(vals, month=month.replace(day=1)) if month else vals
