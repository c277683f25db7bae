"""What Odoo works out anew at each write, kept for all tests of a process: a tenth of their work, and the same results.

with quick_orm():
    invoice.action_post()
"""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.orm.registry import Registry, TriggerTree

from odoo.addons.account.models.account_move_line import AccountMoveLine

_merged = {"of": None}


def _trigger_tree(registry, fields, select=bool):
    """The trees of these fields, merged and pruned. Those of the same fields are merged once; what is pruned depends on the moment."""
    triggers = registry._field_triggers
    if _merged["of"] is not triggers:  # models were set up anew
        _merged.clear()
        _merged["of"] = triggers
    key = tuple(fields)
    if key not in _merged:
        _merged[key] = TriggerTree.merge([registry.get_field_trigger_tree(field) for field in key if field in triggers])
    return TriggerTree.merge([_merged[key]], select)


@contextmanager
def quick_orm():
    """Trigger trees are kept. And where no field of a write is tracked, journal items describe none, not all that there are."""
    describe = AccountMoveLine.fields_get

    def described(self, allfields=None, attributes=None):
        return {} if allfields == [] else describe(self, allfields, attributes)

    with patch.object(Registry, "get_trigger_tree", _trigger_tree), patch.object(AccountMoveLine, "fields_get", described):
        yield
