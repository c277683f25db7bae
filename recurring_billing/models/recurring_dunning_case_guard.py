from odoo import models

from .service_owned import refuse_service_owned

OWNED = frozenset(
    {
        "company_id",
        "partner_id",
        "policy_id",
        "state",
        "stage",
        "amount_due",
        "amount_open",
        "oldest_due",
        "days_late",
        "risk",
        "last_contact_at",
        "next_action_date",
        "next_step_id",
        "quiet_why",
        "quiet_until",
        "hold_until",
        "hold_reason",
        "opened_on",
        "closed_on",
        "orders_effect",
        "orders_since",
        "orders_line_ids",
        "action_ids",
        "message_line_ids",
        "promise_ids",
        "agreement_ids",
        "dispute_ids",
        "write_off_ids",
        "block_ids",
    }
)


class RecurringDunningCase(models.Model):
    """What a case tells is kept by services: who works it decides who owns it, and no more, by RPC neither."""

    _inherit = "recurring.dunning.case"

    def write(self, vals):
        refuse_service_owned(self, OWNED, [vals])
        return super().write(vals)
