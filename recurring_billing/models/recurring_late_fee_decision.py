from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import const


class RecurringLateFee(models.Model):
    """What a person decides about the fees of a debt that was paid without them."""

    _inherit = "recurring.late.fee"

    one_off_ids = fields.One2many("recurring.one.off", "late_fee_id", "One-Off Charges", readonly=True)
    surplus = fields.Monetary("Left Over", compute="_compute_surplus", help="What is left over of the money that paid the debt.")

    @api.depends("state", "move_line_id.matched_credit_ids")
    def _compute_surplus(self):
        for fee in self:
            # sudo: how much is left counts, whoever may see the payment
            waits = fee.state == const.FEE_OPEN
            fee.surplus = float(self.env["recurring.late.fee.settlement"].sudo().surplus(fee.sudo().move_line_id)) if waits else 0.0

    @api.depends("one_off_ids.state")
    def _compute_state(self):
        return super()._compute_state()

    def _current_state(self):
        if self.way in const.FEE_WAYS_LATER and not self.entry_id:
            states = set(self.one_off_ids.mapped("state"))
            if states == {const.ONE_OFF_WITHDRAWN}:
                return const.FEE_WAIVED
            return const.FEE_BOOKED if const.ONE_OFF_BILLED in states else const.FEE_TO_CHARGE
        return super()._current_state()

    def _forget(self):
        """The debt is open again: what waits of its fees will be computed anew."""
        self.one_off_ids.filtered(lambda one_off: one_off.state == const.ONE_OFF_WAITING).action_withdraw()
        self.unlink()

    def action_book_surplus(self):
        """Take the fees from the money left over."""
        for fee in self._to_decide():
            # sudo: fees are booked by services only; ``_to_decide`` checked who may decide
            self.env["recurring.late.fee.charging"].sudo().book_surplus(fee)
        return True

    def action_charge_next(self):
        """Charge the fees on the next invoice of the subscription."""
        return self._charge(const.FEE_NEXT_WAY)

    def action_charge_document(self):
        """Charge the fees by an invoice of their own."""
        return self._charge(const.FEE_DOCUMENT_WAY)

    def action_waive(self):
        self._to_decide().way = const.FEE_WAIVED_WAY
        return True

    def action_open_document(self):
        """The document the fees are on, or the payment they came with."""
        self.ensure_one()
        record = self.entry_id or self.one_off_ids.move_ids[:1] or self.payment_id or self.move_id
        return record._get_records_action()

    def _charge(self, way):
        fees = self._to_decide()
        fees.way = way
        # sudo: fees are charged by services only; ``_to_decide`` checked who may decide
        self.env["recurring.late.fee.charging"].sudo().charge(fees)
        return True

    def _to_decide(self):
        """These fees, if the user may decide about them and nobody did yet.

        :raises UserError: naming what was decided already.
        """
        if not self.env.su and not (
            self.env.user.has_group("recurring_billing.group_collections") or self.env.user.has_group("account.group_account_invoice")
        ):
            raise AccessError(self.env._("Deciding about late fees is for the groups Collections and Billing."))
        self.check_access("read")
        # sudo: kept by billing itself; who may decide was checked
        fees = self.sudo()
        fees.lock_for_update(allow_referencing=True)
        decided = fees.filtered(lambda fee: fee.state != const.FEE_OPEN)
        if decided:
            raise UserError(
                self.env._("The fees of %s were decided already. Open the list again.", ", ".join(decided.move_id.mapped("name")))
            )
        return fees
