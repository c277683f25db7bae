from odoo import api, fields, models

from .. import const as words
from ..const import service as const


class RecurringSubscription(models.Model):
    """Whether the service runs, is reduced or blocked because of a debt.

    ``_recurring_on_service_change()`` is the place to extend for whoever delivers it: routers, turnstiles, accounts.
    """

    _inherit = "recurring.subscription"

    block_ids = fields.One2many("recurring.service.block", "subscription_id", "Withheld", readonly=True)
    service_words = fields.Char(compute="_compute_service_words")
    service_may_trust = fields.Boolean(compute="_compute_service_words")

    @api.depends("block_ids.state", "block_ids.trusted_until", "block_ids.planned_on", "service_state")
    @api.depends_context("lang", "recurring_today")
    def _compute_service_words(self):
        for subscription in self:
            blocks = subscription.block_ids.filtered(lambda block: block.state in const.BLOCK_OPEN)
            said = dict.fromkeys(f"{block.words} ({block.debts})" if block.debts else block.words for block in blocks if block.words)
            subscription.service_words = " ".join(said) or False
            subscription.service_may_trust = any(block.state == const.BLOCK_IN_FORCE and not block._is_trusted() for block in blocks)

    def _recurring_on_service_change(self, old, new):
        """The service of these subscriptions went from one state to another: ``running``, ``reduced`` or ``blocked``. To be extended.

        It is called once for all that changed alike, in the transaction of the change, after the state is written. What calls out notes the
        subscriptions here and does so after the commit. The default tells the chatter.
        """
        said = {
            words.RUNNING_SERVICE: self.env._("The service runs again."),
            words.REDUCED_SERVICE: self.env._("The service is reduced because of a debt."),
            words.BLOCKED_SERVICE: self.env._("The service is blocked because of a debt."),
        }
        self._message_log_batch(bodies=dict.fromkeys(self.ids, said[new]))

    def _on_state_reached(self, newly_running):
        """What is closed has no service left to withhold."""
        res = super()._on_state_reached(newly_running)
        closed = self.filtered(lambda subscription: subscription.state == words.CLOSED)
        if closed:
            # sudo: blocks are kept by services
            self.env["recurring.service.state"].sudo()._end_of_closed(closed.sudo())
        return res

    def action_service_trust(self):
        """Let the services of the payer run for some days although the debt stands."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_service_unlock")
        payer = self.block_ids.filtered(lambda block: block.state == const.BLOCK_IN_FORCE).partner_id[:1]
        return dict(action, context={"default_partner_id": payer.id, "default_company_id": self.company_id.id})

    def action_open_blocks(self):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_service_block")
        return dict(action, domain=[("subscription_id", "=", self.id)], context={"default_subscription_id": self.id})
