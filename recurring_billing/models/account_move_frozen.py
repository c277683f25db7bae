from odoo import api, models
from odoo.exceptions import UserError

AMOUNT_FIELDS = {
    "line_ids", "invoice_line_ids", "currency_id", "partner_id", "journal_id", "company_id", "fiscal_position_id",
    "invoice_payment_term_id", "invoice_cash_rounding_id", "invoice_date", "invoice_currency_rate", "move_type",
}  # fmt: skip
LINE_FIELDS = {"quantity", "price_unit", "discount", "tax_ids", "account_id", "product_id", "currency_id", "display_type", "move_id"}


class AccountMove(models.Model):
    """A draft that is being charged keeps its amount, lines and rate, whoever wants to change them."""

    _inherit = "account.move"

    def write(self, vals):
        if AMOUNT_FIELDS & vals.keys():
            self._recurring_refuse_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _recurring_unlink_except_frozen(self):
        self._recurring_refuse_frozen()

    def button_cancel(self):
        self._recurring_refuse_frozen()
        return super().button_cancel()

    def action_post(self):
        # Who is not the service: Odoo posts what was paid with sudo().
        if not self.env.su:
            self._recurring_refuse_frozen()
        return super().action_post()

    def _recurring_refuse_frozen(self):
        frozen = self.filtered(lambda move: move.recurring_frozen and move.state == "draft")
        if frozen:
            raise UserError(
                self.env._(
                    "The invoice of %s is being charged, so it stays as it is. Wait for the answer of the payment provider; where none "
                    "comes, decide it under Payments > Charges to Clarify.",
                    frozen[0].partner_id.display_name,
                )
            )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        moves = self.env["account.move"].browse({vals["move_id"] for vals in vals_list if isinstance(vals.get("move_id"), int)})
        moves._recurring_refuse_frozen()
        return super().create(vals_list)

    def write(self, vals):
        if LINE_FIELDS & vals.keys():
            self.move_id._recurring_refuse_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _recurring_unlink_except_frozen(self):
        self.move_id._recurring_refuse_frozen()
