from datetime import timedelta

from odoo import api, models

from .. import const


class RecurringSubscriptionChange(models.AbstractModel):
    _inherit = "recurring.subscription.change"

    @api.private
    @api.model
    def follow_catalogue(self, lines, day, known=None):
        """The prices of the catalogue from a day on, as far as no other price was agreed: a planned price stays as it was planned.

        :param known: prices asked already, see ``_catalogue_price``.
        :return: the changes, one for each subscription.
        """
        known = {} if known is None else known
        self._lineages(lines)
        reason = self.env._("The price of the product changed")
        with self._recording(const.CHANGE_PRICE, lines, day, {"reason": reason}) as story:
            for lineage in story.lineages:
                self._follow_catalogue(lineage, day, known)
            story.new_lines = story.lineages.line_ids - story.old_lines
        return story.changes

    def _lines_to_price(self, lineage, day):
        """The lines whose price counts on a day and later; none of a lineage that has ended by then."""
        later = self._known(lineage).filtered(lambda line: line.date_start >= day)
        at_day = self._price_line(lineage, day)
        runs = self._running(lineage).filtered(lambda line: self._runs_on(line, day)) and at_day._ends_after(day)
        return later | at_day if runs or self._last(lineage).ended_by == const.BY_PAUSE else later

    def _follow_catalogue(self, lineage, day, known):
        for line in self._lines_to_price(lineage, day):
            values = line._catalogue_values(day, known)
            if not values:
                continue
            end, kept = line.date_end, {"ended_by": line.ended_by, "planned_end": line.planned_end}
            if line.date_start >= day:
                self._empty(line, superseded=True)
                self._clone(line, line.date_start, end, values, **kept)
            elif self._runs_on(line, day):
                self._continue(line, day, end, values, **kept)
            else:
                # Nothing runs on the day: the price waits until the lineage goes on.
                self._clone(line, day, day - timedelta(days=1), values)
