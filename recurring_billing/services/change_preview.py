from contextlib import contextmanager, suppress
from datetime import date
from typing import NamedTuple

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..rules.periods import boundary, index_at
from .billing_plan import CREDIT_NOTE

SHOWN = 3
FARTHEST_YEARS = 5
"""How far ahead invoices are imagined: the next ones stay as they are when a change comes later, also by a slip (2062 for 2026)."""


class _Imagined(Exception):
    """Ends what was only imagined: it is rolled back."""


class Document(NamedTuple):
    """An invoice or credit note as the preview shows it; amounts of credit notes are negative."""

    day: date
    name: str
    total: float
    lines: tuple


class RecurringChangePreview(models.AbstractModel):
    """What a change will do, before it is made: the next documents with and without it, the money, the monthly recurring revenue.

    The change is made inside a savepoint and taken back, so that the preview is what will happen; nothing is written.
    """

    _name = "recurring.change.preview"
    _description = "Preview of Changes"

    @api.private
    @api.model
    def compare(self, subscription, asked, day):
        """The next documents without the change and with it.

        :return: dict with ``before`` and ``after`` (lists of Document), ``credits`` in words, ``money_now``: what is billed more (or less)
            by today, ``mrr_before``, ``mrr_after``, ``successor``; or only ``problem``, in words.
        """
        # sudo: whoever may change a subscription may see what it costs
        service = self.with_context(recurring_preview=True, tracking_disable=True, mail_notrack=True, mail_create_nolog=True)
        subscription = subscription.with_env(service.env)
        subscription.check_access("write")
        with self._cache_kept():
            before = service._documents(subscription, service._horizon(subscription, day))
            found = {}
            try:
                with suppress(_Imagined), self.env.cr.savepoint():
                    found = service._imagine(subscription, asked, day)
                    raise _Imagined
            except (UserError, psycopg2.Error) as error:
                if isinstance(error, psycopg2.OperationalError):
                    raise
                return {"problem": str(error.args[0]) if isinstance(error, UserError) else self.env._("These values cannot be saved.")}
        return service._difference(subscription, before, found)

    def _imagine(self, subscription, asked, day):
        change = self.env["recurring.change.application"].apply(subscription, asked, day)
        # sudo: the change is recorded by services
        change = change.sudo()
        family = subscription | change.successor_id.with_env(subscription.env)
        horizon = max(self._horizon(each, change.date) for each in family)
        return {
            "documents": self._documents(family, horizon),
            "mrr_before": change.mrr_before,
            "mrr_after": change.mrr_after,
            "date": change.date,
            "description": change.description,
            "anchor": change.successor_id.anchor_date,
        }

    @contextmanager
    def _cache_kept(self):
        """Keep what the user has typed: rolling back empties the cache, also of records that are only in memory."""
        transaction = self.env.transaction
        kept = {field: dict(values) for field, values in transaction.field_data.items() if self.env.registry[field.model_name]._transient}
        try:
            yield
        finally:
            for field, values in kept.items():
                transaction.field_data[field].update(values)

    # Documents

    def _horizon(self, subscription, day):
        """Far enough for some documents after the day, as long as they are the next in any sense."""
        now = max(subscription.company_id._recurring_today(), subscription.start_date)
        day = min(max(day, now), fields.Date.add(now, years=FARTHEST_YEARS))
        anchor, interval = subscription.anchor_date, subscription.plan_id._interval()
        return boundary(anchor, interval, index_at(anchor, interval, day) + SHOWN + 1)

    def _documents(self, subscriptions, horizon):
        # sudo: whoever may change a subscription may see what it costs
        expected, _problems = self.env["recurring.billing.outlook"].sudo().expected(subscriptions.sudo(), horizon)
        words = self.env["recurring.billing.extras"]
        return sorted(
            (
                (
                    Document(
                        invoice.run_day,
                        self._name_of(invoice.planned),
                        invoice.total,
                        tuple((words.in_words(invoice.planned, line.item), line.total) for line in invoice.lines),
                    ),
                    self._credits_of(invoice),
                )
                for invoice in expected
            ),
            key=lambda found: found[0].day,
        )

    def _name_of(self, planned):
        if planned.move_type != CREDIT_NOTE:
            return self.env._("Invoice")
        return self.env._("Credit note for %s", planned.reverses.name) if planned.reverses else self.env._("Credit note")

    def _credits_of(self, invoice):
        """What is given back on a document, and in which words; None where nothing is."""
        given = -sum(line.total for line in invoice.lines if line.total < 0)
        if not given:
            return None
        words = {
            "amount": format_amount(self.env, given, invoice.subscription.currency_id),
            "day": format_date(self.env, invoice.run_day),
        }
        if invoice.planned.move_type != CREDIT_NOTE:
            return self.env._("%(amount)s for time that is not used is taken off the invoice of %(day)s.", **words)
        move = invoice.planned.reverses
        if move and move.amount_residual > 0:
            return self.env._(
                "%(amount)s is credited on %(day)s and reduces invoice %(invoice)s, which is not paid yet.", invoice=move.name, **words
            )
        return self.env._(
            "%(amount)s comes back as a credit note on %(day)s. It settles what the customer owes first; the rest stays as credit.", **words
        )

    # The difference

    def _difference(self, subscription, before, found):
        today = subscription.company_id._recurring_today()
        old, new = [document for document, _words in before], [document for document, _words in found["documents"]]
        same = 0
        while same < min(len(old), len(new)) and old[same] == new[same]:
            same += 1
        known = {words for _document, words in before}
        return {
            "before": old[same : same + SHOWN],
            "after": new[same : same + SHOWN],
            "credits": [words for _document, words in found["documents"] if words and words not in known],
            "money_now": sum(each.total for each in new if each.day <= today) - sum(each.total for each in old if each.day <= today),
            **{name: found[name] for name in ("mrr_before", "mrr_after", "date", "description")},
        }
