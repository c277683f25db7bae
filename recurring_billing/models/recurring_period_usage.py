from odoo import fields, models
from odoo.exceptions import UserError

from .. import const


class RecurringPeriod(models.Model):
    """Rows of usage: what was used in a full period, as far as no earlier row bills it.

    A regular row covers the days whose usage it bills first; rows of late usage and corrections cover nothing. They stand outside the
    constraint on charged time, and have one of their own.
    """

    _inherit = "recurring.period"

    usage_ids = fields.One2many("recurring.usage", "period_id", help="The records of usage that this row bills.")
    usage_total = fields.Float(
        "Used in All", digits=(16, 6), readonly=True, help="What was used in the full period, earlier rows included."
    )
    usage_reason = fields.Selection(const.USAGE_REASONS, "Usage Billed As", readonly=True)

    _no_double_usage = models.Constraint(
        "EXCLUDE USING gist (lineage_id WITH =, daterange(start, live_end) WITH &&) WHERE (kind = 'usage' AND voided IS NOT TRUE)",
        "The usage of this time is billed already. Nothing was billed twice; open the subscription's billed periods to see which invoice "
        "holds it.",
    )

    def action_open_usage(self):
        """The records that these rows bill."""
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_usage")
        return dict(action, domain=[("period_id", "in", self.ids)], context={"create": False})

    def _claim_again(self):
        """Usage that was billed anew meanwhile stays with the invoice that bills it now."""
        for period in self.filtered(lambda period: period.voided and period.kind == const.USAGE):
            other = self.search(
                [
                    ("lineage_id", "=", period.lineage_id.id),
                    ("kind", "=", const.USAGE),
                    ("voided", "=", False),
                    ("start", "<", period.live_end),
                    ("live_end", ">", period.start),
                ],
                limit=1,
            ).filtered(lambda other: other.start < other.live_end)
            taken = period.usage_reason == const.LATE and not period.usage_ids
            if other or taken:
                invoices = ", ".join(other.move_ids.mapped("display_name")) or self.env._("another invoice")
                raise UserError(
                    self.env._(
                        "The usage of %(period)s is billed by %(invoice)s meanwhile. Cancel or delete that invoice first.",
                        period=period.display_name,
                        invoice=invoices,
                    )
                )
        return super()._claim_again()
