from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RecurringPayer(models.Model):
    """One of several who pay for a subscription: which percentage of every invoice is theirs. What is left to 100 pays the customer."""

    _name = "recurring.payer"
    _description = "Payer of a Subscription"
    _order = "subscription_id, sequence, id"
    _check_company_auto = True

    subscription_id = fields.Many2one("recurring.subscription", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, precompute=True, index=True)
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one("res.partner", "Payer", required=True, ondelete="restrict", index=True, check_company=True)
    percent = fields.Float("Share %", digits=(16, 2), required=True, default=50.0, help="Of every invoice of the subscription.")

    _percent_valid = models.Constraint("CHECK(percent > 0 AND percent <= 100)", "A share lies above 0 and up to 100 percent.")
    _payer_once = models.Constraint("UNIQUE(subscription_id, partner_id)", "Each payer stands once. Add up the shares of this one.")

    @api.depends("partner_id", "percent")
    def _compute_display_name(self):
        for payer in self:
            payer.display_name = f"{payer.partner_id.display_name}: {payer.percent:g} %"

    @api.constrains("percent", "partner_id", "subscription_id")
    def _check_total(self):
        for subscription in self.subscription_id:
            subscription._check_payers()

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = self.env["recurring.subscription"].browse({vals["subscription_id"]: None for vals in vals_list})
        subscriptions._hold_against_runs()
        payers = super().create(vals_list)
        payers.subscription_id._refresh_is_split()
        return payers

    def write(self, vals):
        self.subscription_id._hold_against_runs()
        return super().write(vals)

    def unlink(self):
        subscriptions = self.subscription_id
        subscriptions._hold_against_runs()
        res = super().unlink()
        for subscription in subscriptions.exists():
            subscription._check_payers()
        return res

    @api.constrains("partner_id")
    def _check_not_a_booklet(self):
        """A slip of a booklet is for the whole of a period, from one payer."""
        # sudo: every slip counts, whoever may see it
        slips = self.env["recurring.booklet.slip"].sudo().search([("subscription_id", "in", self.subscription_id.ids)])
        waiting = slips.filtered(lambda slip: slip.state in ("open", "paid"))
        if waiting:
            raise ValidationError(
                self.env._(
                    "%s has slips of a booklet, which are for one payer. Void the slips first, then split the payers.",
                    waiting.subscription_id[0].display_name,
                )
            )
