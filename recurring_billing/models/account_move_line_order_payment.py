from odoo import api, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _prepare_reconciliation_plan(self, plan, amls_values_map, shadowed_aml_values=None):
        """Reconcile no more of a journal item than the context key ``recurring_reconcile_up_to`` says: dict id → amount in its currency."""
        for line, amount in self._recurring_capped(amls_values_map):
            values = amls_values_map[line]
            residual = values["amount_residual_currency"]
            if abs(residual) <= amount:
                continue
            part = amount / abs(residual)
            values["amount_residual_currency"] = line.currency_id.round(residual * part)
            values["amount_residual"] = line.company_currency_id.round(values["amount_residual"] * part)
        return super()._prepare_reconciliation_plan(plan, amls_values_map, shadowed_aml_values)

    def _recurring_capped(self, lines):
        caps = self.env.context.get("recurring_reconcile_up_to") or {}
        return [(line, caps[line.id]) for line in lines if line.id in caps]
