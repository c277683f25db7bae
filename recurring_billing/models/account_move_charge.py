from odoo import api, fields, models

from .. import const
from .service_owned import refuse_service_owned


class AccountMove(models.Model):
    """Charging an invoice by itself: where it stands, the tries, the next one."""

    _inherit = "account.move"

    recurring_charge_state = fields.Selection(const.CHARGE_STATES, "Automatic Charge", readonly=True, copy=False)
    recurring_next_charge_date = fields.Date("Next Try", readonly=True, copy=False)
    recurring_charge_stop = fields.Selection(const.CHARGE_STOPS, "Why It Stopped", readonly=True, copy=False)
    recurring_frozen = fields.Boolean(
        readonly=True, default=False, copy=False, help="A draft that is being charged: nobody changes its amount any more."
    )
    recurring_attempt_ids = fields.One2many("recurring.charge.attempt", "move_id", "Charges", readonly=True)

    _recurring_charge_idx = models.Index("(company_id, recurring_next_charge_date) WHERE recurring_charge_state IS NOT NULL")

    @api.model
    def _recurring_charge_fields(self):
        return {"recurring_charge_state", "recurring_next_charge_date", "recurring_charge_stop", "recurring_frozen"}

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._recurring_charge_fields(), vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._recurring_charge_fields(), [vals])
        return super().write(vals)

    def _recurring_collect_by(self):
        """What pays this invoice by itself: ``card`` here; an extension may say ``mandate`` and collect it in ``_recurring_collect_other()``."""
        self.ensure_one()
        return "card"

    def _recurring_collect_other(self, way):
        """Collect by another way than a card. Called by the scheduled action, outside any transaction that could be rolled back."""
