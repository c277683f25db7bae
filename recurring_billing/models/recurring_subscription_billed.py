from odoo import api, models
from odoo.exceptions import UserError

from .. import const


class RecurringSubscription(models.Model):
    """What does not change any more once a subscription was billed."""

    _inherit = "recurring.subscription"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        for subscription in self:
            if subscription.state != const.DRAFT or subscription.period_ids:
                raise UserError(
                    self.env._("%s was activated, so its history must stay. Close it instead of deleting it.", subscription.display_name)
                )

    def _prices_before(self, vals):
        """By line, its currency, and whether its price is the product's, before values that may change the currency."""
        if not vals.keys() & {"partner_id", "company_id", "pricelist_id", "currency_id"}:
            return {}
        priced = {}
        for line in self.line_ids:
            is_listed = line.currency_id.compare_amounts(line.price_unit, line._price_of_product()) == 0
            priced[line] = (line.currency_id, is_listed)
        return priced

    def _price_in_new_currency(self, priced):
        """A price is a number in a currency: in another one it is the product's price there, or, when given by hand, its worth."""
        for line, (currency, is_listed) in priced.items():
            new, company = line.subscription_id.currency_id, line.company_id
            if new == currency or not line.price_unit:
                continue
            worth = currency._convert(line.price_unit, new, company, company._recurring_today())
            line.price_unit = line._price_of_product() if is_listed else worth

    @api.model
    def _fields_fixed_by_billing(self):
        """What cannot change once a period was billed: the schedule and the money of the ledger."""
        return {"currency_id", "company_id", "plan_id", "anchor_date", "start_date", "pricelist_id"}

    def _check_not_billed_yet(self, vals):
        for subscription in self:
            changed = [
                name
                for name in sorted(self._fields_fixed_by_billing() & vals.keys())
                if subscription._fields[name].convert_to_cache(vals[name], subscription)
                != subscription._fields[name].convert_to_cache(subscription[name], subscription)
            ]
            pricelist = self.env["product.pricelist"].browse(vals.get("pricelist_id"))
            if "pricelist_id" in changed and (pricelist.currency_id or subscription.company_id.currency_id) == subscription.currency_id:
                changed.remove("pricelist_id")
            # sudo: every billed period counts, whoever may see it
            billed = subscription.sudo().period_ids.filtered(lambda period: not period.voided)
            if changed and billed:
                raise UserError(
                    self.env._(
                        "%(subscription)s has billed periods, so %(field)s cannot change any more. "
                        "Close it and start a new subscription instead.",
                        subscription=subscription.display_name,
                        field=subscription._fields[changed[0]]._description_string(self.env),
                    )
                )
