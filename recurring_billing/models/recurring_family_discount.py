from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.family import Step
from ..rules.money import to_decimal


class RecurringFamilyDiscount(models.Model):
    """What the second, the third… subscription of one payer gets off. Chosen on plans; rank follows from who pays, and since when."""

    _name = "recurring.family.discount"
    _description = "Family Discount"
    _order = "name, id"

    name = fields.Char(required=True, translate=True, default=lambda self: self.env._("Family discount"))
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    step_ids = fields.One2many("recurring.family.discount.step", "scheme_id", "Tiers", copy=True)
    plan_ids = fields.One2many("recurring.plan", "family_discount_id", "Plans")
    terms = fields.Char(compute="_compute_terms")

    @api.depends("step_ids.rank", "step_ids.percent")
    @api.depends_context("lang")
    def _compute_terms(self):
        for scheme in self:
            scheme.terms = ", ".join(scheme.step_ids.sorted("rank").mapped("display_name"))

    def write(self, vals):
        res = super().write(vals)
        if "step_ids" in vals:
            self.env["recurring.family.ranking"].refresh_schemes(self)
        return res

    def _steps(self):
        """The steps as the rules take them."""
        self.ensure_one()
        return [Step(step.rank, to_decimal(step.percent)) for step in self.step_ids]


class RecurringFamilyDiscountStep(models.Model):
    """From a rank on, so many percent."""

    _name = "recurring.family.discount.step"
    _description = "Step of a Family Discount"
    _order = "scheme_id, rank"

    scheme_id = fields.Many2one("recurring.family.discount", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="scheme_id.company_id")
    rank = fields.Integer("From Number", required=True, default=2, help="2: from the second subscription of the payer on.")
    percent = fields.Float("Disc.%", digits="Discount", required=True)

    _rank_valid = models.Constraint("CHECK(rank >= 1)", "The first subscription of a family is number 1.")
    _percent_valid = models.Constraint("CHECK(percent BETWEEN 0 AND 100)", "A discount lies between 0 and 100 percent.")
    _rank_once = models.Constraint("UNIQUE(scheme_id, rank)", "Each number has one discount. Change the one that is there.")

    @api.depends("rank", "percent")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for step in self:
            step.display_name = self.env._("from no. %(rank)s %(percent)s %%", rank=step.rank, percent=f"{step.percent:g}")


class RecurringDiscount(models.Model):
    _inherit = "recurring.discount"

    family_discount_id = fields.Many2one("recurring.family.discount", readonly=True, ondelete="restrict", index="btree_not_null")

    def _values(self, **changed):
        return super()._values(**{"family_discount_id": self.family_discount_id.id, **changed})

    @api.constrains("family_discount_id", "amount")
    def _check_family_percent(self):
        if self.filtered(lambda discount: discount.family_discount_id and discount.amount):
            raise ValidationError(self.env._("A family discount is a percentage."))
