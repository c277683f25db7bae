from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const.pix import ACTIVE, OPEN
from ..services.pix_terms import PAYABLE


class AccountMove(models.Model):
    """An invoice and its Pix code at the bank, which confirms itself."""

    _inherit = "account.move"

    recurring_pix_charge_ids = fields.One2many("recurring.pix.charge", "move_id", "Pix Codes", readonly=True, copy=False)
    recurring_pix_payment_ids = fields.One2many("recurring.pix.payment", "move_id", "Pix Received", readonly=True, copy=False)
    recurring_pix_state = fields.Char("Pix", compute="_compute_recurring_pix_state", compute_sudo=True)

    def _compute_recurring_pix_state(self):
        for move in self:
            charge = move.recurring_pix_charge_ids[:1]
            words = dict(charge._fields["state"]._description_selection(self.env)) if charge else {}
            move.recurring_pix_state = words.get(charge.state, False)

    def _post(self, soft=True):
        """A posted invoice gets its code within moments."""
        posted = super()._post(soft)
        posted._recurring_trigger_pix()
        return posted

    def _recurring_trigger_pix(self):
        invoices = self.filtered(lambda move: move.move_type == "out_invoice" and move.currency_id.name == "BRL")
        for company in invoices.company_id:
            self.env["recurring.pix.account"]._of(company)._trigger_register()

    def _recurring_on_money_moved(self):
        """The code at the bank follows the invoice."""
        res = super()._recurring_on_money_moved()
        charges = self.env["recurring.pix.charge"].search([("move_id", "in", self.ids), ("state", "in", OPEN)])
        changed = charges.filtered(
            lambda charge: (
                charge.move_id.payment_state not in PAYABLE
                or charge.currency_id.compare_amounts(charge.residual, charge.move_id.amount_residual)
            )
        )
        changed.account_id._trigger_register()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_payable_pix(self):
        # sudo: a code that can be paid is withdrawn before its invoice goes, whoever may read codes
        charges = self.sudo().recurring_pix_charge_ids
        if charges.filtered(lambda charge: charge.state in OPEN and charge.tried_at):
            raise UserError(
                self.env._(
                    "The Pix code of %s can still be paid. Cancel the invoice, and delete it when the code was withdrawn.",
                    self[:1].display_name,
                )
            )

    def _recurring_pix_charge_of_today(self):
        """The code at the bank that asks for what is to be paid today, or nothing."""
        self.ensure_one()
        today = self.company_id._recurring_today()
        # sudo: the code is shown to whoever may see the invoice, payers included
        charge = self.sudo().recurring_pix_charge_ids.filtered(
            lambda each: (
                each.state == ACTIVE
                and each.code
                and each.last_day >= today
                and not each.currency_id.compare_amounts(each.residual, self.amount_residual)
            )
        )[:1]
        if charge.kind == "cob" and charge.currency_id.compare_amounts(
            charge.amount, self.env["recurring.amount.due"].of(self)[self].total
        ):
            return charge.browse()
        return charge

    def _recurring_payment_code(self):
        """The registered code where there is one: the bank tells us of its payment."""
        charge = self._recurring_pix_charge_of_today() if self._recurring_is_payable() else None
        if not charge:
            return super()._recurring_payment_code()
        return {
            "image": self.env["recurring.payment.code"].picture({"barcode_type": "QR", "value": charge.code}),
            "text": charge.code,
            "amount": self.env["recurring.amount.due"].of(self)[self].total,
            "txid": charge.txid,
            "confirmed_by_hand": False,
        }

    def action_recurring_pix(self):
        """The codes of this invoice, and what came."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_billing.action_recurring_pix_charge")
        return {**action, "domain": [("move_id", "=", self.id)], "context": {}}
