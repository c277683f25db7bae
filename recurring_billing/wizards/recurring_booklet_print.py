from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

from .. import const
from ..services.booklet import MOST_PERIODS

SHOWN_SLIPS = 60


class RecurringBookletPrint(models.TransientModel):
    """Print booklets: how many periods, paid to which account; shows the slips before they are made."""

    _name = "recurring.booklet.print"
    _description = "Print Booklet"

    subscription_ids = fields.Many2many("recurring.subscription", required=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    period_count = fields.Integer("Periods", required=True, default=MOST_PERIODS, help="How many periods, from the first not billed yet.")
    partner_bank_id = fields.Many2one(
        "res.partner.bank",
        "Pay to",
        compute="_compute_partner_bank_id",
        store=True,
        readonly=False,
        domain="[('partner_id', '=', company_partner_id), ('company_id', 'in', (False, company_id))]",
        help="The account whose payment code is printed. Without a payment code for its country, the account itself is printed.",
    )
    company_partner_id = fields.Many2one(related="company_id.partner_id", string="Company Partner")
    slip_ids = fields.One2many("recurring.booklet.print.slip", "wizard_id", "Slips", compute="_compute_slip_ids", store=True)
    summary = fields.Char(compute="_compute_slip_ids", store=True)
    is_empty = fields.Boolean(compute="_compute_slip_ids", store=True)

    @api.constrains("period_count")
    def _check_period_count(self):
        for wizard in self:
            if not 1 <= wizard.period_count <= MOST_PERIODS:
                raise ValidationError(self.env._("A booklet holds 1 to %s periods of each subscription.", MOST_PERIODS))

    @api.depends("subscription_ids")
    def _compute_company_id(self):
        for wizard in self:
            companies = wizard.subscription_ids.company_id
            wizard.company_id = companies if len(companies) == 1 else False

    @api.depends("subscription_ids")
    def _compute_partner_bank_id(self):
        booklet = self.env["recurring.booklet"]
        for wizard in self:
            company, currencies = wizard.company_id, wizard.subscription_ids.currency_id
            wizard.partner_bank_id = company and booklet.default_bank_account(company, currencies[:1])

    @api.depends("subscription_ids", "period_count")
    def _compute_slip_ids(self):
        for wizard in self:
            in_range = 1 <= wizard.period_count <= MOST_PERIODS
            planned = self.env["recurring.booklet"].plan(wizard._active(), wizard.period_count) if in_range else []
            wizard.is_empty = not planned
            wizard.summary = wizard._in_words(planned)
            wizard.slip_ids = [Command.clear(), *(Command.create(wizard._prepare_slip(each)) for each in planned[:SHOWN_SLIPS])]

    def _in_words(self, planned):
        totals = {}
        for each in planned:
            currency = each.subscription.currency_id
            totals[currency] = totals.get(currency, 0.0) + each.amount
        amounts = ", ".join(format_amount(self.env, total, currency) for currency, total in totals.items())
        subscriptions = len({each.subscription for each in planned})
        if not planned:
            return False
        return self.env._(
            "Slips: %(slips)s · subscriptions: %(subscriptions)s · total: %(amounts)s",
            slips=len(planned),
            subscriptions=subscriptions,
            amounts=amounts,
        )

    def _prepare_slip(self, planned):
        return {
            "subscription_id": planned.subscription.id,
            "start": planned.covered.start,
            "last_day": planned.covered.last_day,
            "due_date": planned.due_date,
            "amount": planned.amount,
            "currency_id": planned.subscription.currency_id.id,
            "state": planned.slip.state if planned.slip else False,
        }

    def _active(self):
        # sudo(False): stored fields are computed with all rights, and a request may name any subscription
        self.subscription_ids._origin.sudo(False).check_access("read")
        return self.subscription_ids._origin.filtered(lambda subscription: subscription.state == const.ACTIVE)

    def action_print(self):
        """Make the slips and print them."""
        self.ensure_one()
        booklet = self.env["recurring.booklet"]
        banks = {
            company: self.partner_bank_id
            if company == self.company_id
            else booklet.default_bank_account(company, subscriptions.currency_id[:1])
            for company, subscriptions in self.subscription_ids.grouped("company_id").items()
        }
        slips = booklet.issue(self.subscription_ids, self.period_count, banks)
        return dict(slips.action_print(), close_on_report_download=True)


class RecurringBookletPrintSlip(models.TransientModel):
    """One slip of the booklet to be printed."""

    _name = "recurring.booklet.print.slip"
    _description = "Slip to Print"

    wizard_id = fields.Many2one("recurring.booklet.print", required=True, ondelete="cascade")
    subscription_id = fields.Many2one("recurring.subscription", readonly=True)
    partner_id = fields.Many2one(related="subscription_id.partner_invoice_id", related_sudo=False, string="Payer")
    start = fields.Date("From", readonly=True)
    last_day = fields.Date("To", readonly=True)
    due_date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True, help="Taxes included.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(const.SLIP_STATES, "Printed Before", readonly=True, help="Empty: a new slip.")
