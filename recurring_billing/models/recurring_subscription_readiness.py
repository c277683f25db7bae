from odoo import api, fields, models
from odoo.fields import Domain


class RecurringSubscription(models.Model):
    """What is missing before the first bill, as a list with links on the form and as a filter."""

    _inherit = "recurring.subscription"

    readiness = fields.Json("Before the First Bill", compute="_compute_readiness")
    is_incomplete = fields.Boolean("To Complete", compute="_compute_readiness", search="_search_is_incomplete")

    @api.depends(
        "state", "partner_id", "partner_invoice_id", "line_ids.price_unit", "line_ids.product_id", "start_date", "journal_id", "currency_id"
    )
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_readiness(self):
        for subscription in self:
            missing = self.env["recurring.subscription.readiness"].missing(subscription) if subscription._origin else []
            subscription.readiness = {check.kind: subscription._prepare_finding(check) for check in missing} or False
            subscription.is_incomplete = any(check.level != "info" for check in missing)

    def _prepare_finding(self, check):
        """As the native widget for a list of findings takes it."""
        finding = {"level": check.level, "message": check.words}
        record = self.mapped(check.target)[:1] if check.target else self.browse()
        if check.kind == "product":
            record = self.line_ids.product_id.filtered(lambda product: not product.active)[:1]
        if record and record.has_access("read"):
            finding["action_text"] = check.action
            finding["action"] = {
                "type": "ir.actions.act_window",
                "name": record.display_name,
                "res_model": record._name,
                "res_id": record.id,
                "views": [[False, "form"]],
            }
        return finding

    def _search_is_incomplete(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self.env["recurring.subscription.readiness"].incomplete_domain()
        return Domain.OR(domain if wanted else ~domain for wanted in value)
