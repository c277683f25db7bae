from odoo import models

from ..const import dunning as const


class MailActivity(models.Model):
    """A call or task that a step of collections asked for is done when its activity is."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # sudo: who does the activity did what the message asked for
        asked = self.env["recurring.dunning.message"].sudo().search([("activity_id", "in", self.ids), ("state", "=", const.TO_DO)])
        done = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        outcome = self.env["recurring.message.outcome"].sudo()
        for message in asked:
            message.user_id = self.env.uid
            outcome.conclude(message, outcome.by_hand(message))
        return done
