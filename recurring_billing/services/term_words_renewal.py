from odoo import models
from odoo.tools import format_date

from .. import const
from ..rules.periods import Period, boundary


class RecurringTermWords(models.AbstractModel):
    _inherit = "recurring.term.words"

    def _term(self, plan, start):
        """A term that is renewed by quotation only is told as such."""
        term = plan._term()
        if not term or plan.renewal != const.RENEW_QUOTE:
            return super()._term(plan, start)
        length = plan._count_in_words(plan.term_count, plan.term_unit)
        last_day = format_date(self.env, Period(start, boundary(start, term, 1)).last_day)
        return self.env._("It runs for %(length)s, until %(day)s, and then ends, unless it is renewed.", length=length, day=last_day)
