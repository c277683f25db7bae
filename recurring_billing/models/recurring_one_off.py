from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from .. import const
from ..rules.money import round_money, to_decimal
from .service_owned import refuse_service_owned


class RecurringOneOff(models.Model):
    """Something charged or credited once on a subscription: it goes on an invoice as a line, and is billed once or not at all.

    Whether it is billed is what invoices say: the line that bills it points to it (``account.move.line.recurring_one_off_id``). Deleting or
    cancelling that invoice lets it wait again; a credit note for it leaves it billed, as anything a person takes back natively.
    """

    _name = "recurring.one.off"
    _description = "One-Off Charge or Credit"
    _inherit = ["analytic.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    subscription_id = fields.Many2one("recurring.subscription", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id", store=True, precompute=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True, precompute=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, ondelete="restrict", check_company=True, domain="[('sale_ok', '=', True)]"
    )
    name = fields.Text("Description", compute="_compute_name", store=True, readonly=False, required=True, precompute=True)
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    price_unit = fields.Float(
        "Unit Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="In the currency of the subscription. Negative: a credit.",
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, help="Quantity times unit price, in the tax basis of the price.")
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        domain="[('type_tax_use', '=', 'sale')]",
    )
    reason = fields.Text(required=True, help="Why it is charged or credited. Staff reads it under Why This Amount.")
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._recurring_today(),
        help="It goes on the first invoice made on this day or later.",
    )
    when = fields.Selection(const.ONE_OFF_WHEN, "Billed", required=True, default=const.NEXT_INVOICE)
    state = fields.Selection(const.ONE_OFF_STATES, compute="_compute_state", store=True)
    withdrawn = fields.Boolean(readonly=True, default=False, copy=False)
    batch_id = fields.Many2one(
        "recurring.one.off.batch", "Added With", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    undoes_id = fields.Many2one(
        "recurring.one.off", "Takes Back", readonly=True, copy=False, index="btree_not_null", help="What this gives back."
    )
    undone_by_ids = fields.One2many("recurring.one.off", "undoes_id", "Taken Back By")
    move_line_ids = fields.One2many("account.move.line", "recurring_one_off_id", "Invoice Lines")
    move_ids = fields.Many2many("account.move", string="Invoices", compute="_compute_move_ids")

    _waiting_idx = models.Index("(subscription_id, date) WHERE state = 'waiting'")
    _taken_back_once = models.UniqueIndex(
        "(undoes_id) WHERE undoes_id IS NOT NULL AND withdrawn IS NOT TRUE",
        "This one-off charge was taken back already. Nothing was given back twice.",
    )

    @api.depends("withdrawn", "move_line_ids.parent_state")
    def _compute_state(self):
        for one_off in self:
            # sudo: whether it is billed counts, whoever may see the invoice
            lines = one_off.sudo().move_line_ids.filtered(lambda line: line.parent_state != "cancel")
            billed = const.ONE_OFF_BILLED if lines else const.ONE_OFF_WAITING
            one_off.state = const.ONE_OFF_WITHDRAWN if one_off.withdrawn else billed

    @api.depends("move_line_ids.move_id")
    def _compute_move_ids(self):
        for one_off in self:
            # sudo: who may see it may see on which invoice it is; opening that obeys the reader's own rights
            one_off.move_ids = one_off.sudo().move_line_ids.move_id

    @api.depends("product_id", "partner_id")
    def _compute_name(self):
        for one_off in self:
            if one_off.product_id and not one_off.name:
                partner = one_off.subscription_id.partner_id
                product = one_off.product_id.with_context(lang=partner.lang or self.env.lang, partner_id=partner.id)
                one_off.name = product.get_product_multiline_description_sale()

    @api.depends("product_id", "subscription_id")
    def _compute_price_unit(self):
        for one_off in self:
            if not one_off.price_unit and one_off.product_id and one_off.subscription_id:
                one_off.price_unit = one_off._price_of_product()

    @api.depends("product_id", "subscription_id.fiscal_position_id", "subscription_id.company_id")
    def _compute_tax_ids(self):
        for one_off in self:
            company = one_off.subscription_id.company_id or self.env.company
            taxes = one_off.product_id.with_company(company).taxes_id._filter_taxes_by_company(company)
            one_off.tax_ids = one_off.subscription_id.fiscal_position_id.map_tax(taxes)

    @api.depends("product_id", "partner_id")
    def _compute_analytic_distribution(self):
        """What the analytic distribution models say, as on the line of a sale order."""
        for one_off in self:
            found = self.env["account.analytic.distribution.model"]._get_distribution(
                {
                    "product_id": one_off.product_id.id,
                    "product_categ_id": one_off.product_id.categ_id.id,
                    "partner_id": one_off.partner_id.id,
                    "partner_category_id": one_off.partner_id.category_id.ids,
                    "company_id": one_off.company_id.id,
                }
            )
            one_off.analytic_distribution = found or one_off.analytic_distribution

    @api.depends("quantity", "price_unit", "currency_id")
    def _compute_amount(self):
        for one_off in self:
            rounding = to_decimal((one_off.currency_id or self.env.company.currency_id).rounding)
            one_off.amount = float(round_money(to_decimal(one_off.quantity) * to_decimal(one_off.price_unit), rounding))

    @api.depends("name", "amount", "currency_id")
    def _compute_display_name(self):
        for one_off in self:
            amount = format_amount(self.env, one_off.amount, one_off.currency_id or self.env.company.currency_id)
            one_off.display_name = f"{(one_off.name or '').partition(chr(10))[0]} ({amount})"

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._service_owned_fields(), vals_list)
        subscriptions = self.env["recurring.subscription"].browse({vals["subscription_id"]: None for vals in vals_list})
        subscriptions._hold_against_runs()
        one_offs = super().create(vals_list)
        one_offs.subscription_id._refresh_billing_dates()
        return one_offs

    def write(self, vals):
        refuse_service_owned(self, self._service_owned_fields(), [vals])
        if vals.keys() & self._fields_of_what_waits():
            self.subscription_id._hold_against_runs()
            self._check_waits()
        res = super().write(vals)
        if vals.keys() & (self._fields_of_what_waits() | {"withdrawn"}):
            self.subscription_id._refresh_billing_dates()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A one-off charge stays in the history. Withdraw it, as long as it is not billed."))

    @api.model
    def _service_owned_fields(self):
        return {"withdrawn", "state", "undoes_id"}

    @api.model
    def _fields_of_what_waits(self):
        return {
            "subscription_id",
            "product_id",
            "name",
            "quantity",
            "price_unit",
            "tax_ids",
            "analytic_distribution",
            "reason",
            "date",
            "when",
        }

    def _check_waits(self):
        for one_off in self:
            if one_off.state == const.ONE_OFF_BILLED:
                raise UserError(
                    self.env._(
                        "%(one_off)s is on %(invoice)s, so it cannot change any more. Use Undo, which gives it back.",
                        one_off=one_off.display_name,
                        invoice=", ".join(one_off.move_ids.mapped("display_name")),
                    )
                )
            if one_off.state == const.ONE_OFF_WITHDRAWN:
                raise UserError(self.env._("%s was withdrawn. Add another one instead.", one_off.display_name))

    def action_withdraw(self):
        """Take back what is not billed yet."""
        self.subscription_id._hold_against_runs()
        self._check_waits()
        # sudo: kept by billing itself; who may change it may withdraw it
        self.check_access("write")
        self.sudo().withdrawn = True
        for one_off in self:
            one_off.subscription_id._message_log(
                body=self.env._(
                    "%(one_off)s of %(day)s was withdrawn.", one_off=one_off.display_name, day=format_date(self.env, one_off.date)
                )
            )
        return True

    def action_undo(self):
        """Take back: what waits is withdrawn; what is billed is given back by its opposite on the next invoice."""
        for one_off in self:
            if one_off.state == const.ONE_OFF_WAITING:
                one_off.action_withdraw()
                continue
            if one_off.state == const.ONE_OFF_WITHDRAWN or one_off._is_taken_back():
                raise UserError(self.env._("%s was taken back already.", one_off.display_name))
            one_off.check_access("write")
            opposite = one_off.copy({**one_off._opposite(), "subscription_id": one_off.subscription_id.id})
            # sudo: kept by billing itself
            opposite.sudo().undoes_id = one_off
        return True

    def _is_taken_back(self):
        """Whether its opposite waits or is billed; one that was withdrawn gives nothing back."""
        self.ensure_one()
        return bool(self.undone_by_ids.filtered(lambda other: not other.withdrawn))

    def _opposite(self):
        self.ensure_one()
        return {
            "name": self.env._("Taken back: %s", self.name),
            "price_unit": -self.price_unit,
            "reason": self.env._("Takes back what was billed on %s.", ", ".join(self.move_ids.mapped("display_name"))),
            "date": self.company_id._recurring_today(),
            "when": self.when,
        }

    def action_open_invoices(self):
        """The invoices it is on."""
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_move_out_invoice_type")
        action["context"] = {"default_move_type": "out_invoice", "create": False}
        action["domain"] = [("id", "in", self.move_ids.ids)]
        if len(self.move_ids) == 1:
            action.update(views=[(False, "form")], res_id=self.move_ids.id)
        return action

    def _price_of_product(self):
        """The product's price in the subscription's currency."""
        subscription = self.subscription_id
        company = subscription.company_id or self.env.company
        return subscription.pricelist_id._get_product_price(
            self.product_id.with_company(company),
            self.quantity or 1.0,
            currency=subscription.currency_id,
            date=company._recurring_today(),
        )
