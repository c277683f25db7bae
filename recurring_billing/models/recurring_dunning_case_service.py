from odoo import api, fields, models

from ..const import dunning
from ..const import service as const


class RecurringDunningCase(models.Model):
    """What is withheld from a customer who owes: services, and new orders."""

    _inherit = "recurring.dunning.case"

    block_ids = fields.One2many("recurring.service.block", "case_id", "Withheld Services", readonly=True)
    orders_effect = fields.Selection(dunning.ORDER_EFFECTS, "New Orders", required=True, readonly=True, default=dunning.ORDERS_KEPT)
    orders_since = fields.Date(readonly=True)
    orders_line_ids = fields.Many2many(
        "account.move.line", "recurring_case_orders_line_rel", "case_id", "line_id", string="Orders Wait For", readonly=True
    )
    service_words = fields.Char("Services", compute="_compute_service_words")
    may_trust = fields.Boolean(compute="_compute_service_words")

    @api.depends("block_ids.state", "block_ids.trusted_until")
    @api.depends_context("lang", "recurring_today")
    def _compute_service_words(self):
        for case in self:
            blocks = self.env["recurring.service.state"]._open_blocks(case.partner_id, case.company_id)
            case.service_words = " ".join(f"{block.subscription_id.display_name}: {block.words}" for block in blocks) or False
            case.may_trust = any(block.state == const.BLOCK_IN_FORCE and not block._is_trusted() for block in blocks)

    def action_service_trust(self):
        """Let the customer's services run for some days although the debt stands."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_service_unlock")
        return dict(action, context={"default_partner_id": self.partner_id.id, "default_company_id": self.company_id.id})

    def action_open_blocks(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_service_block")
        return dict(action, domain=[("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)], context={})
