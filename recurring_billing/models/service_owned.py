"""Fields that only services write: read-only in the interface is not enough, RPC and imports pass it by."""

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
