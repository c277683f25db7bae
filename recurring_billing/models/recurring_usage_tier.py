from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.money import to_decimal
from ..rules.usage import Tier


class RecurringUsageTier(models.Model):
    """A stretch of quantity of a metered line and its price, see ``rules/usage.py``."""

    _name = "recurring.usage.tier"
    _description = "Usage Tier"
    _order = "line_id, is_open, up_to, id"

    line_id = fields.Many2one("recurring.subscription.line", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, precompute=True, index=True)
    subscription_id = fields.Many2one(related="line_id.subscription_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="line_id.currency_id")
    up_to = fields.Float(digits=(16, 6), help="The last quantity that belongs to this tier. 0: no limit, for the last tier.")
    is_open = fields.Boolean(compute="_compute_is_open", store=True, precompute=True)
    unit_price = fields.Float(digits=(16, 6), required=True, help="Price of one unit, or of one package.")
    package_size = fields.Float(digits=(16, 6), default=1.0, required=True, help="How many units a package holds.")

    _limit_not_negative = models.Constraint("CHECK(up_to >= 0)", "The limit of a tier is above zero, or 0 for no limit.")
    _price_not_negative = models.Constraint("CHECK(unit_price >= 0)", "The price of a tier cannot be negative.")
    _size_positive = models.Constraint("CHECK(package_size > 0)", "A package holds more than zero units.")

    @api.depends("up_to")
    def _compute_is_open(self):
        for tier in self:
            tier.is_open = not tier.up_to

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers._check_line_not_billed()
        tiers._check_line_price()
        return tiers

    def write(self, vals):
        changed = self.filtered(lambda tier: any(name in vals and vals[name] != tier[name] for name in tier._values_by_default()))
        moved = self if "line_id" in vals else self.browse()
        (changed | moved)._check_line_not_billed()
        res = super().write(vals)
        moved._check_line_not_billed()
        self._check_line_price()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        self._check_line_not_billed()

    def _check_line_not_billed(self):
        """What is billed keeps its price: a change on the line continues it with a successor, whose tiers are new."""
        for line in self.line_id:
            if line._is_billed():
                raise UserError(
                    self.env._(
                        'Usage of "%s" was billed at these prices. Change them in the line itself: the new ones count from the first day '
                        "that is not billed.",
                        line.name,
                    )
                )

    def _check_line_price(self):
        """A tier edited on its own; while a line is saved, the line looks at its tiers when all are there."""
        if not self.env.context.get("recurring_tiers_of_line"):
            self.line_id._check_usage_price()

    def _values(self):
        """What the form shows of it."""
        self.ensure_one()
        return {name: self[name] for name in self._values_by_default()}

    @api.model
    def _values_by_default(self):
        return {"up_to": 0.0, "unit_price": 0.0, "package_size": 1.0}

    def _tier(self):
        """The tier as the rules take it."""
        self.ensure_one()
        return Tier(to_decimal(self.up_to) or None, to_decimal(self.unit_price), to_decimal(self.package_size))
