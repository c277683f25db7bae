from odoo import api, models
from odoo.tools import format_amount, format_date

from .. import const
from ..rules.charges import Credit
from ..rules.terms import ImaginedEnds

SHOWN = 60
WITH_DOCUMENTS = 3


class RecurringClosingPreview(models.AbstractModel):
    """What closing subscriptions will do to service and money, as values of a template. Writes nothing: the ends are imagined."""

    _name = "recurring.closing.preview"
    _description = "Preview of Closing Subscriptions"

    @api.private
    @api.model
    def values(self, subscriptions, choice):
        """What happens to each, those that cannot be closed first, and the totals.

        :param choice: Choice
        """
        planned = self.env["recurring.closing.plan"].plan(subscriptions, choice)
        closable = [each for each in planned if not each.refusal and (choice.override or not each.exception)]
        refused = [each for each in planned if each not in closable]
        shown = [*refused, *closable][:SHOWN]
        credits = self._credits([each for each in shown if each in closable])
        return {
            "rows": [self._row(each, choice, each in closable, credits) for each in shown],
            "documents": self._documents(closable) if len(planned) <= WITH_DOCUMENTS else [],
            "more": len(planned) - len(shown),
            "closable": len(closable),
            "refused": len(refused),
            "mrr": self._mrr(closable),
            "has_fee": any(each.fee for each in planned),
            "waived": choice.waive_fee,
            "single": len(planned) == 1,
            "has_exception": any(each.exception for each in planned),
        }

    def _row(self, planned, choice, is_closable, credits):
        subscription = planned.subscription
        credit = credits.get(subscription)
        return {
            "subscription": subscription.display_name,
            "customer": subscription.partner_id.display_name,
            "last_day": self._last_day_in_words(planned, choice),
            "credit": credit and format_amount(self.env, credit, subscription.currency_id),
            "fee": planned.fee and format_amount(self.env, float(planned.fee), subscription.currency_id),
            "mrr": format_amount(self.env, subscription.mrr, subscription.company_currency_id),
            "problem": None if is_closable else planned.refusal or planned.exception,
            "exception": planned.exception if is_closable else None,
        }

    def _last_day_in_words(self, planned, choice):
        if choice.withdrawal:
            return self.env._("None: everything is given back")
        if not planned.last_day or planned.last_day < planned.subscription.start_date:
            return self.env._("None: it never ran")
        return format_date(self.env, planned.last_day)

    def _mrr(self, planned):
        """MRR lost, by currency of the companies."""
        totals = {}
        for each in planned:
            currency = each.subscription.company_currency_id
            totals[currency] = totals.get(currency, 0.0) + each.subscription.mrr
        return [format_amount(self.env, amount, currency) for currency, amount in totals.items()]

    # The ends imagined

    def _imagined(self, planned):
        """The subscriptions as if they ended so, by company, and the day up to which to look."""
        ends = ImaginedEnds({lineage.id: day for each in planned for lineage, day in each.days.items()})
        # sudo: whoever may close a subscription may see what it costs
        env = self.sudo().with_context(recurring_imagined_ends=ends).env
        subscriptions = env["recurring.subscription"].browse([each.subscription.id for each in planned])
        for company, mine in subscriptions.grouped("company_id").items():
            last = max(each.first_day_off for each in planned if each.subscription.company_id.id == company.id)
            yield mine, max(last, company._recurring_today())

    def _credits(self, planned):
        """By subscription, what of the billed time is given back, as its prices are, with or without tax."""
        running = [each for each in planned if each.subscription.state in const.BILLED_STATES]
        found = {}
        for mine, horizon in self._imagined(running):
            for subscription, (rows, _ledger) in mine.env["recurring.coverage"].due_rows(mine, horizon).items():
                given = -sum(row.amount for row in rows if isinstance(row, Credit) and row.amount)
                found[self.env["recurring.subscription"].browse(subscription.id)] = float(given)
        return found

    def _documents(self, planned):
        """The invoices and credit notes up to the end, in words."""
        running = [each for each in planned if each.subscription.state in const.BILLED_STATES]
        found = []
        for mine, horizon in self._imagined(running):
            expected, _problems = mine.env["recurring.billing.outlook"].expected(mine, horizon)
            for invoice in expected:
                found.append(
                    {
                        "name": self._name_of(invoice.planned),
                        "day": format_date(self.env, invoice.run_day),
                        "amount": format_amount(self.env, invoice.total, invoice.subscription.currency_id),
                        "lines": [
                            (line.text, format_amount(self.env, line.total, invoice.subscription.currency_id)) for line in invoice.lines
                        ],
                    }
                )
        return found

    def _name_of(self, invoice):
        if invoice.move_type != "out_refund":
            return self.env._("Invoice")
        return self.env._("Credit note for %s", invoice.reverses.name) if invoice.reverses else self.env._("Credit note")
