from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.money import to_decimal
from .service_owned import refuse_service_owned


class RecurringSubscription(models.Model):
    """Several payers by percentage: every billing makes one invoice for each of them."""

    _inherit = "recurring.subscription"

    payer_ids = fields.One2many("recurring.payer", "subscription_id", "Payers", copy=True)
    is_split = fields.Boolean(readonly=True, default=False, copy=False, help="Several pay, or paid, for it: its ledger rows have shares.")
    payer_label = fields.Text("Who Pays", compute="_compute_payer_label")

    @api.depends("payer_ids.partner_id", "payer_ids.percent", "partner_invoice_id")
    def _compute_payer_label(self):
        for subscription in self:
            shares = subscription._payer_shares() if subscription.payer_ids.partner_id else {}
            subscription.payer_label = "\n".join(f"{partner.display_name}: {float(share):g} %" for partner, share in shares.items())

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"is_split"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"is_split"}, [vals])
        res = super().write(vals)
        if vals.keys() & {"payer_ids", "partner_invoice_id"}:
            for subscription in self:
                subscription._check_payers()
        return res

    def _payer_shares(self):
        """Who pays which percentage of an invoice; the customer's invoice address what is left.

        :return: dict partner → Decimal percent
        """
        self.ensure_one()
        shares = {payer.partner_id: to_decimal(payer.percent) for payer in self.payer_ids}
        left = Decimal(100) - sum(shares.values(), Decimal(0))
        if left > 0 or not shares:
            shares[self.partner_invoice_id] = shares.get(self.partner_invoice_id, Decimal(0)) + left
        return shares

    def _check_payers(self):
        self.ensure_one()
        total = sum((to_decimal(payer.percent) for payer in self.payer_ids), Decimal(0))
        if total > 100:
            raise UserError(
                self.env._(
                    "The payers of %(subscription)s pay %(total)s %% together. Lower a share: together they pay 100 %%, or less, and the "
                    "customer pays the rest.",
                    subscription=self.display_name,
                    total=f"{float(total):g}",
                )
            )
        if total < 100 and self.partner_invoice_id in self.payer_ids.partner_id:
            raise UserError(
                self.env._(
                    "The payers of %(subscription)s pay only %(total)s %% together, and %(customer)s is among them. Let the shares add up "
                    "to 100 %%, or take %(customer)s off the list to pay what is left.",
                    subscription=self.display_name,
                    total=f"{float(total):g}",
                    customer=self.partner_invoice_id.display_name,
                )
            )

    def _refresh_is_split(self):
        """From the first payer on; it stays so, for what was shared is given back in shares."""
        # sudo: kept by billing itself
        self.filtered(lambda subscription: not subscription.is_split).sudo().is_split = True
