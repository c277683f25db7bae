from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import const
from ..rules import early_payment
from ..rules.late_fees import LateTerms
from ..rules.money import to_decimal


class RecurringFeePolicy(models.Model):
    """What paying late costs and paying early saves, and how fees are booked."""

    _name = "recurring.fee.policy"
    _description = "Late Fees and Early Payment"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    fine_percent = fields.Float("Fine (%)", digits=(16, 4), help="Once, of what was not paid on the due date.")
    interest_percent = fields.Float(
        "Interest per Month (%)",
        digits=(16, 4),
        help="Simple, by the day, a month being 30 days, of what is still open. Fees bear no fees.",
    )
    consumer_fine_limit = fields.Float(
        "Highest Fine for Consumers (%)",
        digits=(16, 4),
        default=2.0,
        help="For customers with a CPF, whom Brazilian law protects. 0: no limit.",
    )
    fee_limit = fields.Float(
        "Limit of Fees (%)", digits=(16, 4), help="Fine and interest together never exceed this part of the debt. 0: no limit."
    )
    grace_days = fields.Integer(
        help="Who pays within these days after the due date pays no fees. Who pays later pays from the due date on."
    )
    business_days = fields.Boolean(
        "Weekends and holidays are no due days",
        default=True,
        help="A debt that is due on one of them can be paid on the next business day without fees.",
    )
    waive_below = fields.Monetary(help="When the debt is paid and less than this is missing of the fees, the rest is waived.")
    booking = fields.Selection(
        const.FEE_BOOKINGS,
        "Fees Are Charged",
        required=True,
        default=const.FEES_WITH_PAYMENT,
        help="With the payment: the amount to pay grows day by day, and the money is divided when it arrives.\n"
        "On the next invoice: once the debt is paid, its fees are a line of the subscription's next invoice.\n"
        "By a document of their own: once the debt is paid, an invoice with the fees alone is posted.",
    )
    fine_product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        default=lambda self: self.env.ref("recurring_billing.product_late_fine", raise_if_not_found=False),
        help="What invoices say of the fine. Its income account takes the fine.",
    )
    interest_product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        default=lambda self: self.env.ref("recurring_billing.product_late_interest", raise_if_not_found=False),
        help="What invoices say of interest. Its income account takes the interest.",
    )
    fine_account_id = fields.Many2one(
        "account.account", check_company=True, help="Takes fines that come with the payment. Empty: the income account of the product."
    )
    interest_account_id = fields.Many2one(
        "account.account", check_company=True, help="Takes interest that comes with the payment. Empty: the income account of the product."
    )
    discount_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        help="Takes discounts for paying early. Empty: the account of the company's early payment discounts.",
    )
    tier_ids = fields.One2many("recurring.fee.tier", "policy_id", "Discounts for Paying Early", copy=True)

    _percents_valid = models.Constraint(
        "CHECK(fine_percent BETWEEN 0 AND 100 AND interest_percent BETWEEN 0 AND 100 "
        "AND COALESCE(consumer_fine_limit, 0) >= 0 AND COALESCE(fee_limit, 0) >= 0)",
        "Fine and interest are between 0 and 100 percent, limits are not negative.",
    )
    _days_valid = models.Constraint(
        "CHECK(COALESCE(grace_days, 0) >= 0 AND COALESCE(waive_below, 0) >= 0)", "Days of grace and the waived amount are not negative."
    )

    @api.constrains("tier_ids")
    def _check_tiers(self):
        for policy in self:
            try:
                early_payment.dated(policy._tiers(), fields.Date.to_date("2000-01-31"))
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%(policy)s: at most three discounts for paying early, on different days, none after the due date.",
                        policy=policy.name,
                    )
                ) from error

    def _late_terms(self, partner):
        """What being late costs a customer."""
        self.ensure_one()
        limited = self.consumer_fine_limit and partner._recurring_is_consumer(self.company_id)
        return LateTerms(
            fine=to_decimal(self.fine_percent),
            interest=to_decimal(self.interest_percent),
            fine_limit=to_decimal(self.consumer_fine_limit) if limited else None,
            limit=to_decimal(self.fee_limit) if self.fee_limit else None,
            grace=self.grace_days,
            business_days=self.business_days,
        )

    def _waived_below(self, currency):
        """Fees of less than this in a currency are not worth asking for: the policy's amount is one of the company's currency."""
        self.ensure_one()
        if not self.waive_below or currency == self.currency_id:
            return to_decimal(self.waive_below)
        company = self.company_id
        return to_decimal(self.currency_id._convert(self.waive_below, currency, company, company._recurring_today()))

    def _tiers(self):
        return [early_payment.Tier(tier.days, to_decimal(tier.percent), to_decimal(tier.amount)) for tier in self.tier_ids]

    def _booking_account(self, kind):
        """The account that takes fines, interest or discounts.

        :param kind: ``fine``, ``interest`` or ``discount``.
        :raises UserError: when there is none.
        """
        self.ensure_one()
        policy = self.with_company(self.company_id)
        if kind == "discount":
            account = policy.discount_account_id or self.company_id.account_journal_early_pay_discount_loss_account_id
        else:
            account = policy[f"{kind}_account_id"] or policy[f"{kind}_product_id"]._get_product_accounts()["income"]
        if not account:
            raise UserError(self.env._("There is no account for late fees or discounts. Please choose one on %s.", self.name))
        return account
