from datetime import date

from odoo import api, fields, models

from .service_owned import refuse_service_owned

SERVICE_DATES = ("recurring_start", "recurring_last_day")


class _CopiedDate(date):
    """A service date that a credit note takes from the line it reverses. Values that come by RPC are texts, so nobody outside makes one."""


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    recurring_start = fields.Date("Service From", readonly=True, copy=False, help="The first day of the service this line charges.")
    recurring_last_day = fields.Date(
        "Service To",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The last day of the service this line charges, that day included.",
    )

    _recurring_service_dates_ordered = models.Constraint(
        "CHECK(recurring_start <= recurring_last_day)", "The service of an invoice line ends on its first day or later."
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_copied_service_dates(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, set(SERVICE_DATES), [vals])
        return super().write(vals)

    @api.model
    def _with_copied_service_dates(self, vals):
        """The values, refused when they hold service dates that are neither a service's nor those of the line they reverse."""
        given = {name: vals[name] for name in SERVICE_DATES if name in vals}
        own = {name: value for name, value in given.items() if not isinstance(value, _CopiedDate)}
        refuse_service_owned(self, set(SERVICE_DATES), [own])
        copied = {name: date(value.year, value.month, value.day) for name, value in given.items() if name not in own}
        return {**vals, **copied}

    def _copy_data_extend_business_fields(self, values):
        """A credit note is about the same days as the invoice it reverses."""
        res = super()._copy_data_extend_business_fields(values)
        for name in SERVICE_DATES:
            if day := self[name]:
                values[name] = _CopiedDate(day.year, day.month, day.day)
        return res
