from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        """What was paid for first invoices ends on them: they are billed now when they are due, else when they are."""
        res = super()._post_process()
        done = self.filtered(lambda tx: tx.state == "done" and tx.operation != "validation")
        orders = (done | done.source_transaction_id).sale_order_ids
        if orders:
            self.env["recurring.order.payment"].settle(orders)
        return res
