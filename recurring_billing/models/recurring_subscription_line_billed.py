from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const


class RecurringSubscriptionLine(models.Model):
    """What is billed of a line: which changes it forbids, and which make a successor that goes on in its place."""

    _inherit = "recurring.subscription.line"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        # sudo: every billed period counts, whoever may see it; voided ones too, a cancelled invoice still names them
        billed = self.env["recurring.period"].sudo().search([("line_id", "in", self.ids), ("kind", "=", const.CHARGE)], limit=1)
        if billed:
            raise UserError(
                self.env._('The line "%s" was billed, so it cannot be deleted. Give it a last day instead.', billed.line_id.name)
            )

    def _give_days_back(self):
        """A price or quantity planned for later that is taken away: the line it would have continued goes on in its place."""
        for line in self.filtered(lambda line: not line._is_empty()).sorted("date_start", reverse=True):
            eve = line.date_start - timedelta(days=1)
            before = (line.lineage_id.line_ids - self).filtered(
                lambda other, eve=eve: other.ended_by == const.BY_REPRICE and other.date_end == eve and not other._is_empty()
            )
            if not before:
                continue
            kept = {"ended_by": line.ended_by, "planned_end": line.planned_end}
            end = line.date_end
            line.date_end = eve
            before.date_end = end
            # sudo: how a line ended is kept by the service
            before.sudo().write(kept)

    def _price_fields(self):
        return {"price_unit", "quantity", "discount"}

    def _is_billed(self):
        self.ensure_one()
        # sudo: every billed period counts, whoever may see it
        return bool(
            self.env["recurring.period"]
            .sudo()
            .search_count([("line_id", "=", self.id), ("voided", "=", False), ("kind", "=", const.CHARGE)], limit=1)
        )

    def _changes(self, vals, names):
        """Of the names, those to which the values give another value than the line has."""
        self.ensure_one()
        return {
            name
            for name in names & vals.keys()
            if self._fields[name].convert_to_cache(vals[name], self) != self._fields[name].convert_to_cache(self[name], self)
        }

    def _check_write_on_billed(self, vals):
        names = {"product_id", "date_start", "subscription_id", "lineage_id", "opening_until"}
        if not names & vals.keys():
            return
        for line in self:
            changed = line._changes(vals, names)
            if not changed or not line._is_billed():
                continue
            raise UserError(
                self.env._(
                    'The line "%(line)s" was billed, so %(field)s cannot change any more. End it and add a new line instead.',
                    line=line.name,
                    field=self._fields[min(changed)]._description_string(self.env),
                )
            )

    def _check_growth(self, vals):
        """A line whose unused time was credited does not grow again, and an opening that was credited keeps its amount."""
        for line in self:
            # sudo: every credit counts, whoever may see it
            credits = line.sudo().lineage_id.period_ids.filtered(
                lambda period, line=line: period.credits_id.line_id == line and not period.voided
            )
            if not credits:
                continue
            end = fields.Date.to_date(vals["date_end"]) if "date_end" in vals else line.date_end
            if line._cannot_grow_to(end, credits):
                raise UserError(
                    self.env._(
                        'The time after the last day of "%(line)s" was credited, so its last day cannot move on. Use Change > Resume or '
                        "reopen, which continues it from the day you choose.",
                        line=line.name,
                    )
                )
            if line._changes(vals, {"opening_amount", "opening_until"}):
                raise UserError(
                    self.env._('What was billed elsewhere for "%(line)s" is credited already, so it stays as it is.', line=line.name)
                )

    def _cannot_grow_to(self, end, credits=None):
        """Whether the line was credited after its last day, and so cannot go on to a later one.

        :param end: a last day; False for none.
        """
        self.ensure_one()
        if not self.date_end or (end and end <= self.date_end):
            return False
        if credits is None:
            # sudo: every credit counts, whoever may see it
            credits = self.sudo().lineage_id.period_ids.filtered(lambda period: period.credits_id.line_id == self and not period.voided)
        return any(credit._gives_back_days() and credit.last_day > self.date_end for credit in credits)

    def _split_for_new_price(self, vals):
        """Lines whose price changes after they were billed: what is billed stays, the new price counts from the first day not billed.

        :return: the lines that were ended and continued by a successor; the values were given to the successor.
        """
        split = self.browse()
        if not self._price_fields() & vals.keys():
            return split
        for line in self:
            if not line._changes(vals, self._price_fields()) or not line._is_billed():
                continue
            last_day = self.env["recurring.coverage"].last_billed_day(line)
            if not last_day:
                continue  # what was billed was given back, and its time is free
            start = last_day + timedelta(days=1)
            if line.date_end and line.date_end < start:
                raise UserError(self.env._('The line "%s" is billed to its end, so its price cannot change any more.', line.name))
            split |= line
            values = line.copy_data({"date_start": start, "date_end": line.date_end, "lineage_id": line.lineage_id.id})[0]
            values.update(subscription_id=line.subscription_id.id, **vals)
            line.date_end = start - timedelta(days=1)
            # sudo: how a line ended is kept by the service
            line.sudo().ended_by = const.BY_REPRICE
            if line.date_end < line.date_start:
                raise UserError(self.env._('The line "%s" has no day left before the change.', line.name))
            self.create([values])
        return split
