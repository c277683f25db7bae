from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from ..rules import agreements
from ..rules.billing_dates import next_business_day
from ..rules.money import to_decimal
from ..services.agreement_signing import Terms

UNITS = [("month", "Month"), ("week", "Week")]


class RecurringAgreementMake(models.TransientModel):
    """A debt is renegotiated: which debts, which discount of fees, how many instalments; nothing happens before it is signed."""

    _name = "recurring.agreement.make"
    _inherit = ["recurring.arrangement"]
    _description = "Agreement"

    line_currency_id = fields.Many2one("res.currency", compute="_compute_amounts", string="Currency of the Debts")
    debt_amount = fields.Monetary("Debt", compute="_compute_amounts", currency_field="line_currency_id")
    fees_to_date = fields.Monetary("Late Fees to Date", compute="_compute_amounts", currency_field="line_currency_id")
    discount_percent = fields.Float("Discount of Fees (%)", default=0.0, help="100 waives all late fees.")
    fees_agreed = fields.Monetary("Late Fees to Pay", compute="_compute_fees_agreed", currency_field="line_currency_id")
    agreed_total = fields.Monetary("Total to Pay", compute="_compute_fees_agreed", currency_field="line_currency_id")
    count = fields.Integer("Instalments", default=3)
    first_date = fields.Date("First On", compute="_compute_first_date", store=True, readonly=False)
    every = fields.Selection(UNITS, default="month", required=True)
    down_payment = fields.Monetary(currency_field="line_currency_id", help="The first instalment. 0: all are equal.")
    instalment_ids = fields.One2many(
        "recurring.agreement.make.instalment",
        "wizard_id",
        "Plan",
        compute="_compute_instalment_ids",
        store=True,
        readonly=False,
        precompute=False,
    )
    missing = fields.Monetary("Difference", compute="_compute_missing", currency_field="line_currency_id")
    note = fields.Text("Also Agreed")
    preview = fields.Html("What the Customer Reads", compute="_compute_preview", sanitize=False)

    def _default_lines(self):
        lines = super()._default_lines()
        return lines.filtered(lambda line: line.currency_id == lines[:1].currency_id and not line._recurring_agreed_part())

    @api.depends("line_ids")
    def _compute_amounts(self):
        signing = self.env["recurring.agreement.signing"]
        for wizard in self:
            lines = wizard.line_ids._origin
            debts = signing.debts(lines, wizard.case_id.company_id._recurring_today()) if lines else []
            wizard.line_currency_id = lines.currency_id[:1] or wizard.currency_id
            wizard.debt_amount = float(sum(debt.residual for debt in debts))
            wizard.fees_to_date = float(sum(debt.fine + debt.interest for debt in debts))

    @api.depends("debt_amount", "fees_to_date", "discount_percent")
    def _compute_fees_agreed(self):
        for wizard in self:
            currency = wizard.line_currency_id or wizard.env.company.currency_id
            wizard.fees_agreed = currency.round(wizard.fees_to_date * (100.0 - wizard.discount_percent) / 100.0)
            wizard.agreed_total = wizard.debt_amount + wizard.fees_agreed

    @api.depends("case_id")
    def _compute_first_date(self):
        for wizard in self:
            day = wizard.case_id.company_id._recurring_today() + timedelta(days=7) if wizard.case_id else False
            wizard.first_date = day and next_business_day(day)

    @api.depends("agreed_total", "count", "first_date", "every", "down_payment")
    def _compute_instalment_ids(self):
        for wizard in self:
            wizard._require_case()
            wizard.instalment_ids = [Command.clear()] + [
                Command.create({"number": number, "date": day, "amount": amount})
                for number, (day, amount) in enumerate(wizard._proposal(), start=1)
            ]

    def _proposal(self):
        total = to_decimal(self.agreed_total)
        if not self.first_date or total <= 0 or not 0 < self.count <= 60:
            return []
        first = to_decimal(self.down_payment) if 0 < self.down_payment < self.agreed_total else None
        rounding = to_decimal(self.line_currency_id.rounding)
        days = agreements.schedule(self.first_date, self.count, self.every)
        amounts = agreements.equal_parts(total, self.count, rounding, first)
        return [(day, float(amount)) for day, amount in zip(days, amounts, strict=True)]

    @api.depends("agreed_total", "instalment_ids.amount")
    def _compute_missing(self):
        for wizard in self:
            currency = wizard.line_currency_id or wizard.env.company.currency_id
            wizard.missing = currency.round(wizard.agreed_total - sum(wizard.instalment_ids.mapped("amount")))

    @api.depends("instalment_ids.amount", "instalment_ids.date", "fees_agreed", "fees_to_date", "note", "line_ids")
    def _compute_preview(self):
        for wizard in self:
            spoken = wizard.with_context(lang=wizard.partner_id.lang or wizard.env.lang)
            wizard.preview = spoken.env["ir.qweb"]._render("recurring_billing.agreement_words", spoken._preview_values())

    def _preview_values(self):
        def money(amount):
            return format_amount(self.env, amount, self.line_currency_id or self.env.company.currency_id)

        debts = self.line_ids._origin
        return {
            "debts": [
                (
                    line._recurring_debt_name(),
                    format_date(self.env, line.date_maturity or line.date),
                    money(line.amount_residual_currency),
                )
                for line in debts
            ],
            "fees": money(self.fees_agreed) if self.fees_agreed else "",
            "waived": money(self.fees_to_date - self.fees_agreed) if self.fees_to_date > self.fees_agreed else "",
            "total": money(self.agreed_total),
            "instalments": [
                (each.number, format_date(self.env, each.date) if each.date else "", money(each.amount), "")
                for each in self.instalment_ids.sorted(lambda each: (each.date or fields.Date.today(), each.number))
            ],
            "note": self.note or "",
        }

    def action_sign(self):
        """Make the agreement, and show it."""
        self.ensure_one()
        if not 0 <= self.discount_percent <= 100:
            raise UserError(self.env._("The discount of fees is between 0 and 100 %."))
        rows = [(each.date, each.amount) for each in self.instalment_ids.sorted(lambda each: (each.number, each.id))]
        terms = Terms(self.line_ids, rows, self.fees_agreed, self.note or "")
        agreement = self.env["recurring.agreement.signing"].sign(self.case_id, terms)
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_agreement")
        return {**action, "views": [(False, "form")], "res_id": agreement.id, "context": {}}
