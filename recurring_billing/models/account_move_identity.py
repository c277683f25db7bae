import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    """Invoices queued for sending wait where the database may be a copy: its customers got them from the live one."""

    _inherit = "account.move"

    @api.model
    def _cron_account_move_send(self, job_count=10):
        stopped = self.env["recurring.identity"]._why_stopped()
        if stopped:
            _logger.warning("queued invoices are not sent. %s", stopped)
            return None
        return super()._cron_account_move_send(job_count)
