from odoo import fields, models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    recurring_chargeback_ids = fields.One2many("recurring.chargeback", "transaction_id", "Chargebacks", readonly=True)
    recurring_is_charged_back = fields.Boolean(compute="_compute_recurring_is_charged_back")

    def _compute_recurring_is_charged_back(self):
        for transaction in self:
            transaction.recurring_is_charged_back = bool(transaction.recurring_chargeback_ids)

    def _recurring_charge_back(self, *, amount=None, day=None, reason="", case=""):
        """For providers: the cardholder took a payment back. A notice that comes twice is recorded once.

        :param amount: by default all of it; :param case: the provider's number of the dispute.
        :return: the ``recurring.chargeback``
        """
        self.ensure_one()
        return self.env["recurring.charging.back"].take_back(self, amount=amount, day=day, reason=reason, case=case)

    def _recurring_charge_back_decided(self, won, *, case="", day=None):
        """For providers: how a dispute ended. What was decided already stays."""
        self.ensure_one()
        mine = self.recurring_chargeback_ids.filtered(lambda chargeback: (chargeback.case or "") == case and chargeback.state == "open")
        for chargeback in mine:
            service = self.env["recurring.charging.back"]
            (service.won if won else service.lost)(chargeback, day)
        return mine

    def action_recurring_charge_back(self):
        """Ask for the day and the reason."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_chargeback_record")
        return dict(action, context={"default_transaction_id": self.id})
