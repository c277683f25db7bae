from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date, formatLang

from .. import const
from ..rules import price_revision
from ..rules.money import to_decimal


class RecurringPriceRevisionLine(models.Model):
    """One price of a revision: what it is, what it becomes and when, or why it stays."""

    _name = "recurring.price.revision.line"
    _description = "Price of a Revision"
    _order = "revision_id desc, included desc, date_effective, subscription_id, id"

    revision_id = fields.Many2one("recurring.price.revision", required=True, readonly=True, index=True, ondelete="cascade")
    revision_state = fields.Selection(related="revision_id.state", string="State of the Revision")
    company_id = fields.Many2one(related="revision_id.company_id", store=True, index=True)
    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, index=True, ondelete="cascade")
    line_id = fields.Many2one("recurring.subscription.line", readonly=True, ondelete="set null", index=True)
    lineage_id = fields.Many2one("recurring.lineage", readonly=True, ondelete="cascade", index=True)
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True)
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True)
    user_id = fields.Many2one(related="subscription_id.user_id", store=True)
    notice_id = fields.Many2one("recurring.price.revision.notice", readonly=True, index=True, ondelete="set null")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")

    included = fields.Boolean(default=True)
    reason = fields.Selection(const.REVISION_REASONS, "Why Not", readonly=True)
    reason_detail = fields.Char("Details", readonly=True)
    may_include = fields.Boolean(compute="_compute_may_include")
    decided = fields.Boolean(readonly=True, default=False, help="A person included or excluded it.")
    old_price = fields.Float(digits="Product Price", readonly=True)
    new_price = fields.Float(digits="Product Price")
    price_by_hand = fields.Boolean(readonly=True, default=False)
    percent = fields.Float("Change (%)", digits=(16, 4), readonly=True)
    percent_label = fields.Char(compute="_compute_percent_label")
    index_id = fields.Many2one("recurring.price.index", readonly=True, ondelete="set null")
    index_from = fields.Date(readonly=True)
    index_to = fields.Date(readonly=True)
    difference = fields.Float(compute="_compute_difference", store=True, digits="Product Price")
    date_effective = fields.Date("New Price From", readonly=True)
    old_mrr = fields.Monetary("MRR", readonly=True, currency_field="company_currency_id")
    new_mrr = fields.Monetary("New MRR", compute="_compute_new_mrr", store=True, currency_field="company_currency_id")
    state = fields.Selection(const.REVISION_ROW_STATES, required=True, default=const.ROW_PENDING, readonly=True, index=True)
    problem = fields.Char(readonly=True)
    change_id = fields.Many2one("recurring.change", readonly=True, ondelete="set null")
    previous_revision_date = fields.Date(readonly=True)

    _lineage_unique = models.UniqueIndex("(revision_id, lineage_id)", "A revision gives each price once.")

    @api.constrains("new_price", "included")
    def _check_new_price(self):
        for row in self:
            if row.included and row.new_price < 0:
                raise ValidationError(self.env._("A price cannot be negative. Exclude the price if it shall stay."))

    @api.depends("reason", "company_id", "currency_id", "revision_state")
    def _compute_may_include(self):
        for row in self:
            soft = not row.reason or row.reason in const.REASONS_SOFT
            void = row.reason in const.REASONS_VOID_IN_BRAZIL and row._is_brazilian()
            row.may_include = row.revision_state == const.DRAFT and soft and not void

    @api.depends("percent")
    @api.depends_context("lang")
    def _compute_percent_label(self):
        for row in self:
            places = -to_decimal(row.percent, 4).as_tuple().exponent
            row.percent_label = formatLang(self.env, row.percent, digits=max(2, places))

    @api.depends("old_price", "new_price", "included")
    def _compute_difference(self):
        for row in self:
            row.difference = float(to_decimal(row.new_price) - to_decimal(row.old_price)) if row.included else 0.0

    @api.depends("old_price", "new_price", "included", "old_mrr")
    def _compute_new_mrr(self):
        for row in self:
            row.new_mrr = row._mrr_at(row.new_price) if row.included else row.old_mrr

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        if any(row.revision_state != const.DRAFT for row in self):
            raise UserError(self.env._("The revision was confirmed, so its prices stay in the history."))

    def write(self, vals):
        """What people may write: whether a price changes, and to what. The rest is kept by services, see ``_keep``."""
        if vals.keys() - {"included", "new_price"} and not self.env.su:
            raise AccessError(self.env._("Of a price in a revision only the new price can be changed, and whether it is included."))
        if any(row.revision_state != const.DRAFT for row in self):
            raise UserError(self.env._("The revision was confirmed, so its prices cannot change any more. Undo it and prepare another."))
        if vals.get("included"):
            self._check_may_include()
        vals = dict(vals, **({"decided": True} if "included" in vals else {}), **({"price_by_hand": True} if "new_price" in vals else {}))
        res = super().write(vals)
        if "new_price" in vals:
            for row in self:
                percent = price_revision.percent_between(to_decimal(row.old_price), to_decimal(row.new_price))
                row._keep({"percent": float(percent), "index_id": False})
        return res

    def _keep(self, vals):
        """Write what the services keep, whatever the state of the revision."""
        return super().write(vals)  # pylint: disable=super-method-mismatch; past the checks of what people write

    def action_exclude(self):
        """These prices stay."""
        self.included = False

    def action_include(self):
        """These prices change after all."""
        self.included = True

    def action_open_subscription(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.subscription",
            "res_id": self.subscription_id.id,
            "views": [(False, "form")],
        }

    def _check_may_include(self):
        for row in self:
            if not row.may_include:
                reason = dict(self._fields["reason"]._description_selection(self.env)).get(row.reason, "")
                raise UserError(
                    self.env._(
                        "%(subscription)s, %(product)s cannot be included: %(reason)s",
                        subscription=row.subscription_id.display_name,
                        product=row.product_id.display_name,
                        reason=row.reason_detail or reason,
                    )
                )

    def _is_brazilian(self):
        return self.company_id._recurring_is_brazilian() or self.currency_id.name == "BRL"

    def _mrr_at(self, price):
        """The line's MRR at another unit price: its discounts stay, money off too."""
        line = self.line_id
        before, after = (line._price_on(self.date_effective, to_decimal(unit)) for unit in (self.old_price, price)) if line else (0, 0)
        return self.old_mrr * float(after / before) if before else self.old_mrr

    def _amount_at(self, unit_price):
        """What a full period costs at a unit price, as an exact Fraction, in the tax basis of the price."""
        return self.line_id._price_on(self.date_effective, to_decimal(unit_price)) if self.line_id else 0

    def _in_words(self):
        """ "from 50.00 to 52.31 on 04/10/2026", for the history of the subscription."""
        words = {
            "product": self.product_id.display_name,
            "old": self.currency_id.format(self.old_price),
            "new": self.currency_id.format(self.new_price),
            "day": format_date(self.env, self.date_effective),
        }
        return self.env._("%(product)s: %(old)s → %(new)s from %(day)s", **words)
