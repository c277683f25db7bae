from odoo import api, fields, models
from odoo.tools import SQL

from ..const import SETTLED
from ..const import dunning as const

RATE = "default_rate:avg"


class RecurringDebtAnalysis(models.Model):
    """What fell due, and what became of it: one row per debt, by its due date. The default rate of a group is that of its sums.

    The same debts, and the same words for them, as ``recurring.receivable.figures`` has for the dashboard; here over all time.
    """

    _name = "recurring.debt.analysis"
    _description = "Debts and Default Rate"
    _auto = False
    _order = "due desc, id desc"
    _rec_name = "move_id"
    _depends = {
        "account.move.line": ["balance", "amount_residual", "reconciled", "date", "date_maturity", "parent_state", "account_id"],
        "account.move": ["payment_state", "move_type", "origin_payment_id", "statement_line_id", "recurring_agreement_id"],
        "account.account": ["account_type"],
        "account.partial.reconcile": ["amount", "debit_move_id", "credit_move_id"],
        "recurring.write.off": ["entry_id", "state"],
        "res.partner": ["commercial_partner_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    line_id = fields.Many2one("account.move.line", "Debt", readonly=True)
    move_id = fields.Many2one("account.move", "Document", readonly=True)
    due = fields.Date("Due On", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="max", help="Of what is open still.")
    amount = fields.Monetary("Fell Due", readonly=True, help="Without what credit notes took back and agreements moved to other days.")
    overdue = fields.Monetary("Still Overdue", readonly=True, help="What of it is open still.")
    lost = fields.Monetary("Written Off", readonly=True)
    default_rate = fields.Float(
        "Default Rate (%)", readonly=True, aggregator="avg", help="Of what fell due, what is overdue or was written off."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT debt.*, CASE WHEN debt.amount > 0
                                THEN LEAST(100, ROUND(100 * (debt.overdue + debt.lost) / debt.amount, 1)) ELSE 0 END AS default_rate
              FROM (
                    SELECT line.id, line.id AS line_id, line.company_id, line.move_id,
                           COALESCE(partner.commercial_partner_id, line.partner_id) AS partner_id,
                           COALESCE(line.date_maturity, line.date) AS due,
                           GREATEST(line.balance - COALESCE(parts.elsewhere, 0), 0) AS amount,
                           still.overdue, COALESCE(parts.lost, 0) AS lost,
                           CASE WHEN still.overdue > 0 THEN %(today)s - COALESCE(line.date_maturity, line.date) END AS days_late
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
                      JOIN account_move move ON move.id = line.move_id
                      LEFT JOIN res_partner partner ON partner.id = line.partner_id
                     CROSS JOIN LATERAL (
                           SELECT CASE WHEN line.reconciled IS NOT TRUE AND line.amount_residual > 0
                                        AND move.payment_state NOT IN %(settled)s THEN line.amount_residual ELSE 0 END AS overdue
                      ) still
                      LEFT JOIN LATERAL (
                           SELECT SUM(part.amount) FILTER (
                                      WHERE source.move_type = 'out_refund' OR source.recurring_agreement_id IS NOT NULL
                                  ) AS elsewhere,
                                  SUM(part.amount) FILTER (WHERE given_up.id IS NOT NULL) AS lost
                             FROM account_partial_reconcile part
                             JOIN account_move_line credit ON credit.id = part.credit_move_id
                             JOIN account_move source ON source.id = credit.move_id
                             LEFT JOIN recurring_write_off given_up ON given_up.entry_id = source.id AND given_up.state != %(undone)s
                            WHERE part.debit_move_id = line.id
                      ) parts ON TRUE
                     WHERE line.parent_state = 'posted' AND line.balance > 0
                       AND move.origin_payment_id IS NULL AND move.statement_line_id IS NULL AND move.recurring_write_off_id IS NULL
                       AND COALESCE(line.date_maturity, line.date) < %(today)s
                   ) debt
            """,
            today=self.env.company._recurring_today(),
            settled=tuple(SETTLED),
            undone=const.UNDONE,
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """The rate of a group is that of its sums: a large debt counts for more than a small one."""
        if aggregate_spec != RATE:
            return super()._read_group_select(aggregate_spec, query)
        amount, overdue, lost = (self._field_to_sql(self._table, name, query) for name in ("amount", "overdue", "lost"))
        return SQL("LEAST(100, 100 * (SUM(%s) + SUM(%s)) / NULLIF(SUM(%s), 0))", overdue, lost, amount)
