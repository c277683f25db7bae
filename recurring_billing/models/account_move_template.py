from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_mail_template(self):
        """What bills subscriptions is sent with words of its own."""
        template = self.env.ref("recurring_billing.mail_template_invoice", raise_if_not_found=False)
        is_ours = self and all(move.move_type == "out_invoice" and move.recurring_subscription_count for move in self)
        return template if is_ours and template else super()._get_mail_template()
