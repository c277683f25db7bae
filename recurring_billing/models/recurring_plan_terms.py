from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from ..rules import terms
from ..rules.money import to_decimal


class RecurringPlan(models.Model):
    """What a contract of this plan says of leaving it."""

    _inherit = "recurring.plan"

    end_on = fields.Selection(
        const.ENDS_ON,
        "Service May End",
        required=True,
        default=terms.ANY_DAY,
        help="Once the notice is kept: on any day, or only with a billed period or with a term.",
    )
    exit_fee_kind = fields.Selection(
        const.EXIT_FEES,
        "Leaving Within the Minimum Term",
        required=True,
        default=terms.NO_FEE,
        help="With an exit fee a customer may leave within the minimum term and pays for it. Without one the minimum term must be kept.",
    )
    exit_fee_percent = fields.Float("Exit Fee Percentage", digits="Discount")
    exit_fee_amount = fields.Monetary(
        "Exit Fee", currency_field="currency_id", help="In the currency of the company, converted for subscriptions in another one."
    )
    exit_fee_product_id = fields.Many2one(
        "product.product",
        default=lambda self: self.env.ref("recurring_billing.product_exit_fee", raise_if_not_found=False),
        check_company=True,
        help="What the exit fee is called on the invoice, its taxes and its income account.",
    )
    withdrawal_days = fields.Integer(
        "Withdrawal (Days)",
        default=lambda self: const.WITHDRAWAL_DAYS.get(self.env.company.country_id.code, 0),
        help="So many days after the signature, or the first day of service where that is later, the customer may withdraw and gets "
        "everything back. In Brazil the consumer code gives seven days for what is not bought in a shop. 0: no withdrawal.",
    )

    _withdrawal_not_negative = models.Constraint("CHECK(withdrawal_days >= 0)", "The days to withdraw cannot be negative. Use 0 for none.")
    _exit_fee_valid = models.Constraint(
        "CHECK(COALESCE(exit_fee_amount, 0) >= 0 AND COALESCE(exit_fee_percent, 0) BETWEEN 0 AND 100)",
        "An exit fee cannot be negative, nor more than 100 percent of what remains.",
    )

    @api.constrains("exit_fee_kind", "exit_fee_percent", "exit_fee_amount", "exit_fee_product_id", "term_count")
    def _check_exit_fee(self):
        for plan in self.filtered(lambda plan: plan.exit_fee_kind != terms.NO_FEE):
            words = {"plan": plan.name}
            if not plan.term_count:
                raise ValidationError(
                    self.env._('The plan "%(plan)s" has an exit fee, so please say how long its minimum term is.', **words)
                )
            if not (plan.exit_fee_percent if plan.exit_fee_kind == terms.PERCENT else plan.exit_fee_amount):
                raise ValidationError(self.env._('Please say how much the exit fee of the plan "%(plan)s" is.', **words))
            if not plan.exit_fee_product_id:
                raise ValidationError(self.env._('Please choose the product that stands for the exit fee of "%(plan)s".', **words))

    @api.constrains("end_on", "term_count")
    def _check_end_on(self):
        for plan in self:
            if plan.end_on == terms.TERM_END and not plan.term_count:
                raise ValidationError(
                    self.env._('Service of the plan "%s" ends with a term, so please say how long its minimum term is.', plan.name)
                )

    def _renews_by_terms(self):
        """Whether after the minimum term another term begins, to which the customer is committed."""
        self.ensure_one()
        return self.renewal == const.RENEW_TERM

    def _exit_fee(self, currency=None, company=None):
        """The exit fee as the rules take it, in a currency (default: the company's)."""
        self.ensure_one()
        if self.exit_fee_kind == terms.PERCENT:
            return terms.ExitFee(terms.PERCENT, to_decimal(self.exit_fee_percent))
        company = company or self.env.company
        amount = self.exit_fee_amount
        if currency and currency != company.currency_id:
            amount = company.currency_id._convert(amount, currency, company, company._recurring_today())
        return terms.ExitFee(self.exit_fee_kind, to_decimal(amount))

    def _terms_in_words(self, amount=None, start=None, currency=None, company=None):
        """What the contract says of staying and leaving, for people: quotation, portal, subscription.

        :param amount: what a whole period costs untaxed, for the example of an exit fee in percent.
        :param start: the first paid day. None: today.
        :return: list of sentences, empty where nothing is agreed.
        """
        self.ensure_one()
        company = company or self.company_id or self.env.company
        return self.env["recurring.term.words"].plan(
            self, amount or 0.0, start or company._recurring_today(), currency or company.currency_id, company
        )
