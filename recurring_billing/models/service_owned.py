"""Fields that only services write: read-only in the interface is not enough, RPC and imports pass it by."""

from odoo import api, models
from odoo.exceptions import AccessError


def refuse_service_owned(records, names, vals_list):
    """Refuse values for fields that billing itself keeps.

    :param names: the fields only services write, in ``sudo()``.
    :raises AccessError: naming the field, unless the environment is a service's.
    """
    if records.env.su:
        return
    # A new record also takes values from ``default_…`` of the context, which RPC may send.
    given = {name for name in names if f"default_{name}" in records.env.context} if not records else set()
    for vals in vals_list:
        for name in names & vals.keys() | given:
            raise AccessError(
                records.env._(
                    "%(field)s of %(model)s is kept by billing itself and cannot be written. Leave it out.",
                    field=records._fields[name]._description_string(records.env),
                    model=records.env["ir.model"]._get(records._name).name,
                )
            )


class ServiceWritten(models.AbstractModel):
    """A record that services write and people only read; what people may fill in is named in ``_written_by_people``."""

    _name = "recurring.service.written"
    _description = "Written by Services Only"

    _written_by_people = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_people(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_people([vals])
        return super().write(vals)

    def _refuse_people(self, vals_list):
        refuse_service_owned(self, set(self._fields) - set(models.MAGIC_COLUMNS) - self._written_by_people, vals_list)
