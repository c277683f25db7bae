from odoo import api, fields, models
from odoo.tools import format_date

from ..const import dunning as const


class AccountMoveLine(models.Model):
    """An open item as the person who phones needs it: how late, what it costs today, what was agreed about it."""

    _inherit = "account.move.line"

    recurring_days_late = fields.Integer("Days Late", compute="_compute_recurring_owed")
    recurring_fees_today = fields.Monetary(
        "Late Fees", compute="_compute_recurring_owed", currency_field="currency_id", help="Fine and interest until today."
    )
    recurring_pay_today = fields.Monetary(
        "To Pay Today", compute="_compute_recurring_owed", currency_field="currency_id", help="What settles it today."
    )
    recurring_owed_words = fields.Char("Agreed", compute="_compute_recurring_owed")

    @api.depends("amount_residual_currency", "date_maturity", "date", "reconciled")
    def _compute_recurring_owed(self):
        # sudo: who may see the item may know what it costs today and what was said about it
        lines = self.sudo()
        due = {item.line.id: item for item in self.env["recurring.amount.due"].sudo().of_lines(lines).values()}
        words = lines._recurring_agreed_words()
        for line in self:
            item = due.get(line.id)
            day = line.company_id._recurring_today()
            since = line.date_maturity or line.date
            line.recurring_days_late = max((day - since).days, 0) if line.amount_residual > 0 and since else 0
            line.recurring_fees_today = float(item.fees.total) if item else 0.0
            line.recurring_pay_today = float(item.to_pay) if item else line.amount_residual_currency
            line.recurring_owed_words = words.get(line.id, False)

    def _recurring_agreed_words(self):
        """What was said about each item and is still open, the gravest first; read once for all of them.

        :return: dict id of the line → words
        """
        found = {}
        for model, words in self._recurring_agreed_kinds():
            domain = [("line_ids", "in", self.ids), ("state", "=", const.OPEN)]
            for record in self.env[model].search(domain):
                for line in record.line_ids:
                    found.setdefault(line.id, words(record))
        for line in self:
            if line.amount_residual < 0:
                found.setdefault(line.id, self.env._("Credit of the customer"))
        return found

    def _recurring_agreed_kinds(self):
        """(model, words of one of its records); a hook for what else can be agreed about a debt."""

        def day(value):
            return format_date(self.env, value)

        return [
            ("recurring.dispute", lambda record: self.env._("Disputed, answer by %(day)s", day=day(record.answer_by))),
            ("recurring.payment.claim", lambda record: self.env._("Said to be paid, to check by %(day)s", day=day(record.holds_until))),
            ("recurring.promise", lambda record: self.env._("Promised for %(day)s", day=day(record.date))),
        ]
