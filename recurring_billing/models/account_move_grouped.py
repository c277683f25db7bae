from odoo import models


class AccountMoveLine(models.Model):
    """Invoices for several subscriptions: the section of a subscription goes with its last line."""

    _inherit = "account.move.line"

    def unlink(self):
        moves = self.move_id.filtered(lambda move: move.recurring_run_id and move.state == "draft")
        res = super().unlink()
        sections = moves.exists().invoice_line_ids.filtered(
            lambda line: (
                line.display_type == "line_section"
                and line.recurring_subscription_id
                and line.recurring_subscription_id
                not in (
                    line.move_id.invoice_line_ids.recurring_period_id.subscription_id
                    | line.move_id.invoice_line_ids.recurring_one_off_id.subscription_id
                )
            )
        )
        if sections:
            sections.unlink()
        return res
