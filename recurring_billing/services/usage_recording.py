from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare

from .. import const
from ..rules.money import to_decimal

QUANTITY_DIGITS = 6
KNOWN = {"line_id", "subscription", "product", "date", "quantity", "key", "description"}


class RecurringUsageRecording(models.AbstractModel):
    """Takes usage from meters and other systems: all of a call or nothing, and the same key never twice."""

    _name = "recurring.usage.recording"
    _description = "Recording of Usage"

    @api.private
    @api.model
    def record(self, entries):
        """Record what a meter tells, see ``recurring.usage.record``.

        :return: the usage records, one for each entry in the same order; those known already among them.
        """
        self.check_may_record()
        if not isinstance(entries, list):
            raise UserError(self.env._("Usage is recorded as a list of records."))
        lines = {}
        values = [self._values_of(number, entry, lines) for number, entry in enumerate(entries, 1)]
        known = self._known(values)
        new, found = [], []
        for number, vals in enumerate(values, 1):
            key = vals["idempotency_key"] and (vals["company_id"], vals["idempotency_key"])
            before = known.get(key)
            if before is None:
                new.append(vals)
                before = ("new", len(new) - 1, vals)
                if key:
                    known[key] = before
            else:
                self._check_same(number, before[2], vals)
            found.append(before)
        records = self.env["recurring.usage"].create([{name: vals[name] for name in vals if name != "company_id"} for vals in new])
        return records.browse(records[n].id if kind == "new" else n for kind, n, _vals in found)

    @api.private
    @api.model
    def check_may_record(self):
        """Refuse, in words, a user who may neither bill nor manage subscriptions."""
        allowed = ("account.group_account_invoice", "recurring_billing.group_user")
        if not self.env.su and not any(self.env.user.has_group(group) for group in allowed):
            raise AccessError(
                self.env._(
                    "Only Recurring Billing users and users of Invoicing can record usage. Ask an administrator for one of these roles."
                )
            )

    @api.private
    @api.model
    def line_of(self, subscription, product, day):
        """The one metered line of a subscription and a product that runs on a day, else the newest one.

        :raises UserError: when there is none, or several that do not continue each other.
        """
        lines = subscription.line_ids.filtered(lambda line: line.billing_type == const.USAGE_PRICE and line.product_id == product)
        if not subscription or not product:
            raise UserError(self.env._("Usage names its subscription line, or the subscription and the product."))
        if not lines:
            raise UserError(
                self.env._(
                    "%(subscription)s has no line of %(product)s that is billed by usage.",
                    subscription=subscription.display_name,
                    product=product.display_name,
                )
            )
        running = lines.filtered(lambda line: line.date_start <= day and line._ends_after(day))
        lines = running or lines
        if len(lines.lineage_id) > 1:
            raise UserError(
                self.env._(
                    "%(subscription)s has several lines of %(product)s. Name the line itself.",
                    subscription=subscription.display_name,
                    product=product.display_name,
                )
            )
        return lines.sorted("date_start")[-1]

    def _values_of(self, number, entry, lines):
        """An entry as the values of a record; errors name its number."""
        try:
            return self._read(entry, lines)
        except (UserError, ValueError, TypeError) as error:
            raise UserError(self.env._("Record %(number)s: %(error)s", number=number, error=error)) from error

    def _read(self, entry, lines):
        if not isinstance(entry, dict):
            raise UserError(self.env._("a record is an object with line_id, date and quantity."))
        unknown = sorted(entry.keys() - KNOWN)
        if unknown:
            raise UserError(
                self.env._("%(names)s is not known. A record has: %(known)s.", names=", ".join(unknown), known=", ".join(sorted(KNOWN)))
            )
        if not isinstance(entry.get("quantity"), (int, float)) or isinstance(entry.get("quantity"), bool):
            raise UserError(self.env._("the quantity must be a number."))
        try:
            day = fields.Date.to_date(entry.get("date"))
        except (ValueError, TypeError):
            day = None
        if not day:
            raise UserError(self.env._("the date must be given as 2026-01-31."))
        named = (*(entry.get(name) for name in ("line_id", "subscription", "product")), not entry.get("line_id") and day)
        if named not in lines:
            lines[named] = self._line(*named[:-1], day)
        line = lines[named]
        return {
            "line_id": line.id,
            "company_id": line.company_id.id,
            "date": day,
            "quantity": float(entry["quantity"]),
            "idempotency_key": entry.get("key") or False,
            "name": entry.get("description") or False,
        }

    def _line(self, line, subscription, product, day):
        if not line:
            return self.line_of(self._find_subscription(subscription), self._find_product(product), day)
        lines = self.env["recurring.subscription.line"]
        found = self._by_external_id(line, lines) if isinstance(line, str) else lines.browse(line).exists()
        if not found or not found.has_access("read"):
            raise UserError(self.env._("the subscription line %s does not exist.", line))
        return found

    def _find_subscription(self, number):
        subscriptions = self.env["recurring.subscription"]
        if isinstance(number, int):
            return subscriptions.browse(number).exists()
        found = subscriptions.search([("name", "=", number)]) if number else subscriptions
        if len(found) > 1:
            raise UserError(self.env._("several subscriptions have the number %s. Name the line itself.", number))
        return found

    def _find_product(self, name):
        products = self.env["product.product"]
        if isinstance(name, int):
            return products.browse(name).exists()
        if not name:
            return products
        found = products.search([("default_code", "=", name)], limit=1)
        return found or self._by_external_id(name, products)

    def _by_external_id(self, name, records):
        found = self.env.ref(name, raise_if_not_found=False) if "." in name else None
        return found if found and found._name == records._name else records

    def _known(self, values):
        """By company and key, what is recorded already."""
        keys = [vals["idempotency_key"] for vals in values if vals["idempotency_key"]]
        if not keys:
            return {}
        # sudo: a key is taken whoever recorded it
        records = self.env["recurring.usage"].sudo().search([("idempotency_key", "in", keys)])
        return {
            (record.company_id.id, record.idempotency_key): (
                "known",
                record.id,
                {"line_id": record.line_id.id, "date": record.date, "quantity": record.quantity, "name": record.name},
            )
            for record in records
        }

    def _check_same(self, number, before, vals):
        lines = self.env["recurring.subscription.line"].browse((before["line_id"], vals["line_id"]))
        same = (
            len(lines.lineage_id) == 1
            and before["date"] == vals["date"]
            and not float_compare(before["quantity"], vals["quantity"], precision_digits=QUANTITY_DIGITS)
            and (not vals["name"] or (before["name"] or False) == vals["name"])
        )
        if not same:
            raise ValidationError(
                self.env._(
                    "Record %(number)s: the key %(key)s is taken by other usage: %(quantity)s on %(date)s. A key names one record: "
                    "to correct it, record the difference under another one.",
                    number=number,
                    key=vals["idempotency_key"],
                    quantity=self.env["recurring.usage.words"].number(to_decimal(before["quantity"])),
                    date=before["date"],
                )
            )
