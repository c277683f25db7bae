from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Whatever pays a debt, invoice or opening balance, lets what is withheld for it run again before the commit; so is what undoes it."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._recurring_note_customers()
        self.env.cr.precommit.data.setdefault("recurring_billing.partials", set()).update(partials.ids)
        return partials

    def unlink(self):
        self._recurring_note_customers()
        return super().unlink()

    def _recurring_note_customers(self):
        # sudo: whose debt it was follows from the items, whoever reconciles
        lines = self.sudo().debit_move_id.filtered(lambda line: line.account_type == "asset_receivable")
        self.env["account.move"]._recurring_note_payers(lines.partner_id.commercial_partner_id)
