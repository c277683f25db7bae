from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import const
from ..rules.creditor_reference import references_in


class RecurringSlipSettlement(models.AbstractModel):
    """The way of money that names a booklet slip to the invoice of the slip's period, whichever of the two comes first."""

    _name = "recurring.slip.settlement"
    _description = "Settlement of Booklet Slips"

    @api.private
    @api.model
    def register_payment(self, slips, journal, day, amount=None):
        """Receive the money of slips: one native payment each, posted.

        :param amount: what was received for a single slip; by default what is left to pay of each.
        :return: the payments
        """
        # sudo: a slip's period, payer and invoices are needed to book its payment; the payment itself needs the user's own rights
        values = [self._prepare_payment(slip.sudo(), journal, day, slip.residual if amount is None else amount) for slip in slips]
        payments = self.env["account.payment"].create(values)
        for payment in payments.filtered(lambda payment: not payment.outstanding_account_id):
            # Money that comes before its invoice must be in the books, or nobody would know of it.
            payment.outstanding_account_id = payment._get_outstanding_account("inbound")
        payments.action_post()
        return payments

    def _prepare_payment(self, slip, journal, day, amount):
        payer = slip.partner_id.commercial_partner_id
        account = payer.with_company(slip.company_id).property_account_receivable_id
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": payer.id,
            "company_id": slip.company_id.id,
            "journal_id": journal.id,
            "currency_id": slip.currency_id.id,
            "amount": amount,
            "date": day,
            "memo": slip.reference,
            "destination_account_id": slip.subscription_id.fiscal_position_id.map_account(account).id,
        }

    def _recognise(self, payments):
        """Lead received payments to the slip whose reference their memo carries, and on to its invoice when there is one."""
        received = payments.filtered(
            lambda payment: (
                payment.state in ("in_process", "paid")
                and payment.payment_type == "inbound"
                and payment.partner_type == "customer"
                and payment.memo
            )
        )
        references = {payment: references_in(payment.memo) for payment in received}
        wanted = {reference for found in references.values() for reference in found}
        if not wanted:
            return
        slips = self.env["recurring.booklet.slip"].search([("reference", "in", list(wanted))])
        by_reference = slips.grouped("reference")
        for payment, found in references.items():
            mine = slips.concat(*(by_reference.get(reference, slips.browse()) for reference in found))
            slip = mine.filtered(lambda slip, payment=payment: slip.company_id == payment.company_id)[:1]
            if slip and not payment.recurring_slip_id:
                payment.recurring_slip_id = slip
        self._settle(received.recurring_slip_id)

    def _on_posted(self, moves):
        """Link posted invoices to the slips of their periods, and settle those that were paid."""
        rows = moves.filtered(lambda move: move.move_type == "out_invoice").line_ids.recurring_period_id
        rows = rows.filtered(lambda row: row.kind == const.CHARGE)
        if not rows:
            return
        known = self.env["recurring.booklet.slip"].search(
            Domain("subscription_id", "in", rows.subscription_id.ids) & (Domain("voided", "=", False) | Domain("payment_ids", "!=", False))
        )
        if not known:
            return
        by_subscription = known.grouped("subscription_id")
        touched = known.browse()
        for row in rows:
            for slip in by_subscription.get(row.subscription_id, ()):
                if slip.full_start <= row.full_start and row.full_end <= slip.full_end:
                    slip.move_ids |= row.move_line_ids.move_id & moves
                    touched |= slip
        self._settle(touched)

    def _settle(self, slips):
        """Reconcile the payments of slips with the invoices of their periods. What is left of either stays open, as it does natively."""
        for slip in slips:
            invoices = slip._invoices().filtered(lambda invoice: not invoice.currency_id.is_zero(invoice.amount_residual))
            for payment in slip._payments_in_force().sorted("date"):
                if not invoices:
                    break
                try:
                    with self.env.cr.savepoint():
                        self._reconcile(payment, invoices)
                except UserError as error:
                    # The invoice must not fail because of money that came early: a person reconciles the two.
                    for invoice in invoices:
                        invoice._message_log(
                            body=self.env._(
                                "Payment %(payment)s of booklet slip %(slip)s could not be reconciled with this invoice: %(reason)s",
                                payment=payment._get_html_link(),
                                slip=slip.display_name,
                                reason=str(error),
                            )
                        )

    def _reconcile(self, payment, invoices):
        if not payment.move_id:
            payment.invoice_ids |= invoices
            return
        lines = (payment.move_id.line_ids | invoices.line_ids).filtered(
            lambda line: line.account_id == payment.destination_account_id and not line.reconciled and line.parent_state == "posted"
        )
        if len(lines.move_id) > 1:
            lines.reconcile()
