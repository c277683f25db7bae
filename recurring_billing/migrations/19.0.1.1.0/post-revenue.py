"""MRR movements of the subscriptions that ran before there were any: each at its own day, as if told then. Doing it again adds nothing."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Called by Odoo after the addon is updated."""
    if version:
        api.Environment(cr, SUPERUSER_ID, {})["recurring.revenue.recording"].record_all()
