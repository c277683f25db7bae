"""Stage and figures of open cases that an earlier version opened: told at once, not when something of them changes. Doing it again changes
nothing.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Called by Odoo after the addon is updated."""
    if version:
        env = api.Environment(cr, SUPERUSER_ID, {})
        cases = env["recurring.dunning.case"].search([("state", "=", "open")])
        env["recurring.dunning.cases"].refresh(cases)
