from typing import Any, NamedTuple

from odoo import api, models
from odoo.tools import format_date

from .. import const
from ..rules.money import to_decimal


class Paragraph(NamedTuple):
    """Some sentences under a heading.

    :param invoices: the invoices they speak of, as records, for whoever can link them.
    """

    title: str
    lines: list
    invoices: Any = ()


class RecurringAmountExplanation(models.AbstractModel):
    """Why an invoice line has the amount it has, in words: period, days, policy, price, discounts, formula, and the rows before it.

    Speaks the language of the context, and links nothing: the dialog of the staff and the portal show the same paragraphs.
    """

    _name = "recurring.amount.explanation"
    _description = "Why This Amount?"

    @api.private
    @api.model
    def of_line(self, line):
        """The explanation of an invoice line of a subscription.

        :return: list of Paragraph
        """
        # sudo: who may read an invoice line may read why, whoever may see the subscription and its ledger
        line = line.sudo()
        rows = self.rows_of(line)
        if line.recurring_one_off_id:
            return self.env["recurring.one.off.words"].of_line(line)
        if not rows:
            return self._of_reversal(line)
        found = [self._subject(rows), *(self._of_row(row) for row in rows)]
        if len(rows) > 1:
            found.append(self._sum(rows))
        if line.recurring_share_id:
            found.append(self.env["recurring.one.off.words"].of_share(line.recurring_share_id))
        return [*found, self._shown(line, rows)]

    @api.private
    @api.model
    def of_row(self, row):
        """The explanation of a ledger row, without its invoice line."""
        # sudo: as above; who may read the row may read what it was computed from
        row = row.sudo()
        return [self._subject(row), self._of_row(row)]

    @api.private
    @api.model
    def rows_of(self, line):
        """The ledger rows of an invoice line: what it charges, after what it gives back."""
        rows = line.recurring_period_id | line.recurring_period_id.billed_together_ids
        return rows.sorted(self.env["recurring.amount.history"]._position)

    def _subject(self, rows):
        row = rows[:1]
        plan = row.subscription_id.plan_id
        timings = dict(plan._fields["timing"]._description_selection(self.env))
        what = self.env._(
            "%(what)s, %(interval)s, %(timing)s. Subscription %(subscription)s.",
            what=row.line_id.name.split("\n")[0],
            interval=plan.interval_label,
            timing=timings[plan.timing].lower(),
            subscription=row.subscription_id.name,
        )
        return Paragraph("", [what])

    # One row

    def _of_row(self, row):
        words = self.env["recurring.amount.words"]
        span = words.span(row.start, row.end)
        extra = row._recurring_explanation_parts()
        if row.kind == const.OPENING:
            return self._of_opening(row, span)
        if row.kind == const.CREDIT:
            return self._of_credit(row, span, extra)
        title = self.env._("Charge: %s", span)
        if not row.price_known:
            return Paragraph(title, [*words.days(row), self.env._("The amount %s was given by a person.", self._money(row)), *extra])
        return Paragraph(title, [*words.days(row), *words.share(row), words.price(row), *self._formula(row), *extra])

    def _of_opening(self, row, span):
        lines = [self.env._("Billed elsewhere before this subscription came here, so it is not billed again.")]
        if row.amount:
            lines.append(self.env._("The amount %s was given when the subscription came.", self._money(row)))
        else:
            lines.append(self.env._("How much it was is not known; it is needed only if some of it is to be given back."))
        return Paragraph(self.env._("Opening position: %s", span), lines)

    def _of_credit(self, row, span, extra):
        words = self.env["recurring.amount.words"]
        invoices = row.credits_id._billed_lines().move_id
        billed_on = self.env._("It was billed with %s.", ", ".join(invoices.mapped("name"))) if invoices else ""
        if row.start == row.end and not row.price_known:
            told = self.env._("A person wrote this amount on the document; no day of service explains it: %s.", self._money(row))
            return Paragraph(self.env._("By hand"), [line for line in (told, *extra, billed_on) if line], invoices)
        if row.start == row.end:
            full = words.span(row.full_start, row.full_end)
            lines = [
                self.env._("Days of this period were changed elsewhere, which alters what its other days are worth."),
                *self._formula(row),
            ]
            return Paragraph(self.env._("Correction: %s", full), [line for line in (*lines, *extra, billed_on) if line], invoices)
        lines = [*words.days(row), self._why_given_back(row), billed_on]
        if row.price_known:
            lines += [*words.share(row), words.price(row), *self._formula(row)]
        else:
            lines.append(self._by_proportion(row))
        return Paragraph(self.env._("Credit: %s", span), [line for line in (*lines, *extra) if line], invoices)

    def _why_given_back(self, row):
        """The last change that ends the line where the credit begins, if it is known."""
        words, line = self.env["recurring.amount.words"], row.line_id
        if row._billed_lines().recurring_credits_period_id:
            return self.env._("The invoice was reversed.")
        if line.date_end and (row.start - line.date_end).days == 1:
            return words._why_ended(line)
        return self.env._("Service is not wanted, or not at this price, from %s on.", format_date(self.env, row.start))

    def _by_proportion(self, row):
        """A credit of an amount that has no price."""
        charge = row.credits_id
        return self.env._(
            "It has no price, only the amount %(amount)s for %(days)s days: %(kept)s of them stay, in proportion. Credit: %(credit)s.",
            amount=self._money(charge),
            days=(charge.end - charge.start).days,
            kept=(row.start - charge.start).days,
            credit=self._money(row),
        )

    def _formula(self, row):
        """The amount as round(price × share billed after this row) − what was billed before."""
        words, currency = self.env["recurring.amount.words"], row.currency_id
        history = self.env["recurring.amount.history"].of(row)
        price = words.money(row._price().per_period, currency)
        values = {
            "price": price,
            "share": history.after,
            "worth": words.money(history.worth, currency),
            "before": words.money(history.before, currency),
            "amount": self._money(row),
        }
        if not history.earlier and history.is_exact:
            return [f"{price} × {values['share']} = {values['amount']}"] if history.after != 1 else []
        if history.is_exact:
            return [
                self.env._("Of this period, %(before)s was billed at this price before.", **values),
                self._left(row, history.after, values),
                f"{values['worth']} − {values['before']} = {values['amount']}",
            ]
        values["after"] = words.money(history.before + to_decimal(row.amount), currency)
        return [
            self.env._(
                "Together with the %(before)s that were billed before, this period costs %(after)s at this price: %(amount)s now.", **values
            )
        ]

    def _left(self, row, share, values):
        """What of the period is billed once the row counts."""
        if row.kind == const.CREDIT and not share:
            return self.env._("Nothing of it stays.")
        if row.kind == const.CREDIT:
            return self.env._("%(share)s of it stays: %(price)s × %(share)s = %(worth)s.", **values)
        if share == 1:
            return self.env._("With this, all of it is billed: %(worth)s.", **values)
        return self.env._("With this, %(share)s of it is billed: %(price)s × %(share)s = %(worth)s.", **values)

    # The invoice line

    def _sum(self, rows):
        currency = rows.currency_id
        total = sum(to_decimal(row.amount) for row in rows)
        terms = " ".join(("+ " if index and row.amount >= 0 else "") + self._money(row) for index, row in enumerate(rows))
        return Paragraph(self.env._("Together"), [f"{terms} = {self.env['recurring.amount.words'].money(total, currency)}"])

    def _shown(self, line, rows):
        """How the invoice shows it, and whether a person changed it."""
        words, currency = self.env["recurring.amount.words"], line.currency_id
        mine, share = rows.move_line_ids.filtered(lambda other: other.move_id == line.move_id), line.recurring_share_id
        terms = f"{words.number(line.quantity)} × {words.money(line.price_unit, currency)}"
        if line.discount:
            terms += f" − {words.number(line.discount)} %"
        lines = [self.env._("%(terms)s, %(amount)s without tax.", terms=terms, amount=words.money(line.price_subtotal, currency))]
        if len(mine) > 1:
            lines.append(self.env._("Money taken off stands on a line of its own."))
        sign = -1 if line.move_id.move_type == "out_refund" else 1
        shown = sign * sum(each.quantity * each.price_unit * (1 - each.discount / 100) for each in mine)
        billed = share.amount if share else sum(rows.mapped("amount"))
        if currency.compare_amounts(shown, billed):
            lines.append(
                self.env._(
                    "A person changed the line: by the rules above it would be %(rules)s, it is %(shown)s.",
                    rules=words.money(billed, currency),
                    shown=words.money(shown, currency),
                )
            )
        if line.move_id.move_type == "out_refund" and line.move_id.reversed_entry_id:
            lines.append(self.env._("It reduces %s.", line.move_id.reversed_entry_id.name))
        given_back = line.move_id.move_type == "out_refund"
        title = self.env._("On the credit note") if given_back else self.env._("On the invoice")
        return Paragraph(title, lines, line.move_id.reversed_entry_id - rows.credits_id._billed_lines().move_id)

    def _of_reversal(self, line):
        """A credit note that a person made: it gives back lines of the invoice it reverses."""
        origin = line.move_id.reversed_entry_id
        mine = origin.invoice_line_ids.filtered(
            lambda other: (
                (other.product_id, other.recurring_subscription_id, other.recurring_start)
                == (line.product_id, line.recurring_subscription_id, line.recurring_start)
            )
        )[:1]
        if not mine or not mine.recurring_period_id:
            return [Paragraph("", [self.env._("A person wrote this line. Billing did not compute it.")])]
        given_back = self.env._("A person made this credit note. It gives back what %s charged:", origin.name)
        return [Paragraph("", [given_back], origin), *self.of_line(mine)]

    def _money(self, row):
        return self.env["recurring.amount.words"].money(row.amount, row.currency_id)
