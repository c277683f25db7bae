from odoo import fields, models


class ResCompany(models.Model):
    """How messages to customers who owe leave, and how long what they say is kept."""

    _inherit = "res.company"

    recurring_sms = fields.Boolean("SMS to Customers Who Owe", default=False, help="Switch it on once Odoo's SMS is set up.")
    recurring_message_keep_months = fields.Integer(
        "Messages Are Kept For", default=24, help="Months after which what messages said is erased. 0: kept."
    )
    recurring_notice_keep_months = fields.Integer(
        "Formal Notices Are Kept For", default=60, help="Months after which what formal notices said is erased. 0: kept."
    )

    _recurring_keep_not_negative = models.Constraint(
        "CHECK (recurring_message_keep_months >= 0 AND recurring_notice_keep_months >= 0)", "Months cannot be negative."
    )
