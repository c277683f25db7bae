from odoo import fields, models


class RecurringLineage(models.Model):
    """What a customer has bought, through all its changes: the thread that connects the segments of a line.

    The ledger's exclusion constraint is on the lineage, so the same time cannot be billed twice however often price, quantity or
    discount change.
    """

    _name = "recurring.lineage"
    _description = "Lineage"
    _log_access = False

    subscription_id = fields.Many2one("recurring.subscription", required=True, ondelete="cascade", index=True)
    follows_id = fields.Many2one(
        "recurring.lineage", ondelete="set null", help="The lineage this one continues: its start makes no partial first period."
    )
    line_ids = fields.One2many("recurring.subscription.line", "lineage_id")
    period_ids = fields.One2many("recurring.period", "lineage_id")
    billed_until = fields.Date(help="The first day on which what is wanted and what is billed differ. Everything before it is settled.")
