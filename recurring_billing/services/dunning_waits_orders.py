from odoo import models
from odoo.fields import Domain

from .dunning_waits import PAYING, Wait


class RecurringDunningWaits(models.AbstractModel):
    """Debts whose order is being paid online: the money is for its first invoices, though no payment names them yet."""

    _inherit = "recurring.dunning.waits"

    def _online(self, company, move_ids, day):
        found = super()._online(company, move_ids, day)
        begun = Domain("state", "in", ("pending", "authorized")) | Domain("state", "=", "done") & Domain("is_post_processed", "=", False)
        # sudo: what is being paid counts, whoever may read payments and orders
        payments = self.env["payment.transaction"].sudo()
        mine = Domain("company_id", "=", company.id) & Domain("sale_order_ids", "!=", False)
        for payment in payments.search(mine & begun)._recurring_expected():
            for order in payment.sale_order_ids:
                first = self.env["recurring.order.payment"].sudo()._first_invoices(order)
                for move in first.filtered(lambda each, first=first: each.invoice_date == first[0].invoice_date):
                    if move.id in move_ids:
                        found.setdefault(move.id, Wait(PAYING))
        return found
