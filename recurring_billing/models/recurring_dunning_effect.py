from odoo import fields, models
from odoo.tools import SQL

from ..const import dunning as const

DAYS = 7
"""Where the company says nothing else, a step had an effect when money came within so many days."""


class RecurringDunningEffect(models.Model):
    """What came of a step: one row per debt and step that was done, with the money that came within some days after it.

    Money is what payments and bank movements brought. What ended by a credit note, an agreement or a write-off was not paid; what is
    paid of the instalments of an agreement is paid of the debt they were made of, and a reminder of one is no first one of that debt.
    """

    _name = "recurring.dunning.effect"
    _description = "Effect of Reminders"
    _auto = False
    _order = "day desc, id desc"
    _rec_name = "step_id"
    _depends = {
        "recurring.dunning.action": [
            "case_id",
            "line_id",
            "step_id",
            "day",
            "state",
            "amount",
            "message_id",
            "company_id",
            "partner_id",
            "policy_id",
        ],
        "recurring.dunning.message": ["state", "channel"],
        "recurring.dunning.step": ["channel", "tone", "offset_days"],
        "account.partial.reconcile": ["amount", "debit_move_id", "credit_move_id"],
        "account.move.line": ["date", "move_id"],
        "account.move": ["origin_payment_id", "statement_line_id"],
        "recurring.agreement.part": ["line_id", "source_line_id"],
        "res.company": ["recurring_effect_days"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    case_id = fields.Many2one("recurring.dunning.case", readonly=True)
    line_id = fields.Many2one("account.move.line", "Debt", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    policy_id = fields.Many2one("recurring.dunning.policy", readonly=True)
    step_id = fields.Many2one("recurring.dunning.step", readonly=True)
    message_id = fields.Many2one("recurring.dunning.message", readonly=True)
    channel = fields.Selection(const.MESSAGE_CHANNELS, readonly=True)
    tone = fields.Selection(const.TONES, readonly=True)
    day = fields.Date(readonly=True)
    offset_days = fields.Integer("Days From Due Date", readonly=True, aggregator="avg")
    is_over = fields.Boolean("Time Is Over", readonly=True, help="The days in which money counts have passed.")
    is_first = fields.Boolean("First Reminder", readonly=True, help="The first that was done about this debt.")
    amount = fields.Monetary("Reminded Of", readonly=True, help="What was open of the debt on that day.")
    paid_amount = fields.Monetary(
        "Paid in Time", readonly=True, help="What came within the days that count, from the day of the reminder on."
    )
    paid_later = fields.Monetary("Paid since", readonly=True, help="What came since the reminder, whenever.")
    paid_rate = fields.Float("Paid in Time (%)", readonly=True, aggregator="avg", help="Of what was reminded of, on average per debt.")
    paid_days = fields.Integer("Days Until Paid", readonly=True, aggregator="avg", help="Until the last money that came.")

    @property
    def _table_query(self):
        # The clock of companies differs by hours only; "over" is a matter of days.
        today = self.env.company._recurring_today()
        return SQL(
            """
            SELECT action.id, action.company_id, action.partner_id, action.case_id, action.line_id, line.move_id, action.policy_id,
                   action.step_id, action.message_id, COALESCE(message.channel, step.channel) AS channel, step.tone, action.day,
                   step.offset_days, action.day + COALESCE(company.recurring_effect_days, %(days)s) < %(today)s AS is_over,
                   NOT EXISTS (
                       WITH RECURSIVE debt AS (
                           SELECT action.line_id AS id
                            UNION
                           SELECT part.source_line_id FROM recurring_agreement_part part JOIN debt ON part.line_id = debt.id
                       )
                       SELECT 1 FROM recurring_dunning_action earlier JOIN debt ON debt.id = earlier.line_id
                        WHERE earlier.state = 'done' AND (earlier.day, earlier.id) < (action.day, action.id)
                   ) AS is_first,
                   action.amount, LEAST(action.amount, COALESCE(money.soon, 0)) AS paid_amount,
                   LEAST(action.amount, COALESCE(money.total, 0)) AS paid_later,
                   CASE WHEN action.amount > 0
                        THEN ROUND(100 * LEAST(action.amount, COALESCE(money.soon, 0)) / action.amount, 2) ELSE 0 END AS paid_rate,
                   money.last - action.day AS paid_days
              FROM recurring_dunning_action action
              JOIN recurring_dunning_step step ON step.id = action.step_id
              JOIN account_move_line line ON line.id = action.line_id
              JOIN res_company company ON company.id = action.company_id
              LEFT JOIN recurring_dunning_message message ON message.id = action.message_id
              LEFT JOIN LATERAL (
                   WITH RECURSIVE debt AS (
                       SELECT action.line_id AS id
                        UNION
                       SELECT part.line_id FROM recurring_agreement_part part JOIN debt ON part.source_line_id = debt.id
                   )
                   SELECT SUM(part.amount) FILTER (
                              WHERE credit.date <= action.day + COALESCE(company.recurring_effect_days, %(days)s)
                          ) AS soon,
                          SUM(part.amount) AS total, MAX(credit.date) AS last
                     FROM debt
                     JOIN account_partial_reconcile part ON part.debit_move_id = debt.id
                     JOIN account_move_line credit ON credit.id = part.credit_move_id
                     JOIN account_move source ON source.id = credit.move_id
                    WHERE credit.date >= action.day AND credit.date <= %(today)s
                      AND (source.origin_payment_id IS NOT NULL OR source.statement_line_id IS NOT NULL)
              ) money ON TRUE
             WHERE action.state = 'done'
               AND (message.id IS NULL OR message.state NOT IN %(unsent)s)
            """,
            days=DAYS,
            today=today,
            unsent=(const.FAILED, const.CANCELLED, *const.MESSAGES_WAITING),
        )
