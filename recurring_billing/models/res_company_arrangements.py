from odoo import fields, models


class ResCompany(models.Model):
    """How long promises, agreements, disputes and holds may take; where debts are written off to."""

    _inherit = "res.company"

    recurring_promise_max_days = fields.Integer("Promises Up To", default=30, help="Days a customer may promise ahead.")
    recurring_promise_grace_days = fields.Integer(
        "Patience with Promises", default=1, help="Days after the promised one on which money still counts: banks tell it a day later."
    )
    recurring_agreement_max = fields.Integer("Instalments Up To", default=12)
    recurring_agreement_grace_days = fields.Integer(
        "Patience with Agreements", default=10, help="An instalment that is so many days late ends the agreement."
    )
    recurring_dispute_days = fields.Integer("Answer Disputes Within", default=7, help="Days.")
    recurring_hold_max_days = fields.Integer("Holds Up To", default=90, help="Days. A hold always ends.")
    recurring_write_off_account_id = fields.Many2one(
        "account.account",
        "Account of Write-Offs",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost', 'asset_current', 'liability_current'))]",
    )
    recurring_recovery_account_id = fields.Many2one(
        "account.account",
        "Account of Recoveries",
        check_company=True,
        help="Where debts go that are paid after they were written off. Empty: the account they were written off to.",
    )
