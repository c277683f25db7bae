from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..const import dunning as const
from ..rules import agreements
from ..rules.money import to_decimal

NOTHING = Decimal(0)


class Terms(NamedTuple):
    """What is agreed.

    :param lines: the open receivable items, in one currency.
    :param instalments: list of (due date, amount in that currency), fees included.
    :param fees: how much of the late fees to date is agreed; the rest is the discount.
    """

    lines: object
    instalments: list
    fees: float
    note: str = ""


class Before(NamedTuple):
    """How a receivable item was before it was renegotiated: its due date, and what the payment terms take off for paying early."""

    due: object
    discount_date: object
    discount_amount: float
    discount_balance: float

    @classmethod
    def of(cls, line):
        return cls(line.date_maturity or line.date, line.discount_date, line.discount_amount_currency, line.discount_balance)

    def as_values(self, is_source):
        discount = {
            "discount_date_before": self.discount_date,
            "discount_amount_before": self.discount_amount,
            "discount_balance_before": self.discount_balance,
        }
        return {"date_before": self.due, **(discount if is_source else {})}


class RecurringAgreementSigning(models.AbstractModel):
    """A debt is renegotiated: its receivable gets the due dates of the instalments. Undone, or not kept, it has its own again."""

    _name = "recurring.agreement.signing"
    _description = "Agreements"

    # Before: what is owed, and what would be

    @api.private
    @api.model
    def debts(self, lines, day):
        """The debts with their late fees to date, as the rules take them.

        :return: list of ``rules.agreements.Debt``, oldest first; the key is the receivable item
        """
        items = self.env["recurring.amount.due"].of_lines(lines, day)
        found = [agreements.Debt(line, item.residual, item.fees.fine, item.fees.interest) for line, item in items.items()]
        return sorted(found, key=lambda debt: (debt.key.date_maturity or debt.key.date, debt.key.id))

    @api.private
    @api.model
    def parts(self, terms, day):
        """Which instalment pays what of which debt.

        :raises UserError: for what cannot be agreed.
        """
        rounding = to_decimal(terms.lines.currency_id.rounding)
        debts = agreements.waive(self.debts(terms.lines, day), to_decimal(terms.fees), rounding)
        parts = agreements.allocate(debts, [to_decimal(amount) for _day, amount in terms.instalments], rounding)
        if any(part.residual <= 0 for part in parts):
            raise UserError(self.env._("The instalments are too small: choose fewer."))
        return parts

    @api.private
    @api.model
    def check(self, case, terms):
        """Refuse what cannot be agreed, saying why.

        :raises UserError: naming what to do.
        """
        company, lines = case.company_id, terms.lines
        today = company._recurring_today()
        if not lines:
            raise UserError(self.env._("Choose at least one debt."))
        if lines - case._open_items():
            raise UserError(self.env._("Some of these debts are paid, or are not this customer's. Open the agreement again."))
        if len(lines.currency_id) > 1:
            raise UserError(self.env._("Debts of several currencies are agreed apart: choose those of one currency."))
        self._check_free(lines)
        self._check_instalments(company, terms, today)
        owed = sum((debt.total for debt in self.debts(lines, today)), NOTHING)
        fees = sum((debt.fine + debt.interest for debt in self.debts(lines, today)), NOTHING)
        agreed = to_decimal(terms.fees)
        if not NOTHING <= agreed <= fees:
            raise UserError(self.env._("The late fees agreed are between 0 and those to date."))
        total = sum((to_decimal(amount) for _day, amount in terms.instalments), NOTHING)
        if total != owed - fees + agreed:
            currency = lines.currency_id
            raise UserError(
                self.env._(
                    "The instalments are %(total)s, the debts with the agreed fees %(owed)s. Make them the same.",
                    total=format_amount(self.env, float(total), currency),
                    owed=format_amount(self.env, float(owed - fees + agreed), currency),
                )
            )

    def _check_free(self, lines):
        # sudo: what was arranged counts, whoever may see it
        lines = lines.sudo()
        running = lines.recurring_part_ids.agreement_id.filtered(lambda agreement: agreement.state == const.RUNNING)
        if running:
            raise UserError(self.env._("Some of it is part of the agreement %s. Take that one back first.", running[0].name))
        if const.OPEN in lines.recurring_dispute_ids.mapped("state"):
            raise UserError(self.env._("Some of it is contested. Answer the dispute first."))
        under_way = lines.move_id.transaction_ids._recurring_expected()
        if under_way:
            raise UserError(self.env._("An online payment (%s) is under way. Wait for it first.", under_way[0].reference))

    def _check_instalments(self, company, terms, today):
        days = [day for day, _amount in terms.instalments]
        most = company.recurring_agreement_max
        if not days or len(days) > most:
            raise UserError(self.env._("Choose between 1 and %s instalments, as the settings say.", most))
        if any(not day for day in days) or days != sorted(set(days)):
            raise UserError(self.env._("Every instalment needs a date of its own, one after the other."))
        if days[0] < today:
            raise UserError(self.env._("The first instalment is due today or later. Choose another date."))
        if any(amount <= 0 for _day, amount in terms.instalments):
            raise UserError(self.env._("Every instalment is more than 0."))

    # The agreement itself

    @api.private
    @api.model
    def sign(self, case, terms):
        """Make the agreement: from now on its instalments are what is due.

        :return: the agreement, running
        :raises UserError: see ``check``.
        """
        case._check_may_collect()
        # sudo: due dates and agreements are written by services; who may work on the case was checked
        service, mine = self.sudo(), case.sudo()
        terms = terms._replace(lines=terms.lines.sudo())
        service.env["recurring.receipt"]._hold(terms.lines.move_id)
        terms.lines._recurring_meet_payments()
        service.check(mine, terms)
        today = mine.company_id._recurring_today()
        parts = service.parts(terms, today)
        before = {line: Before.of(line) for line in terms.lines}
        agreement = service._create(mine, terms, parts, today)
        carriers = service._place(agreement, parts)
        service._keep_parts(agreement, parts, carriers, before)
        agreement.state = const.RUNNING
        service._replace_promises(agreement)
        agreement.line_ids.move_id._recurring_refresh_charge_wait()
        for move in terms.lines.move_id:
            move._message_log(body=agreement._in_words())
        mine._arrangement_made(agreement._in_words())
        return agreement.with_env(self.env)

    def _create(self, case, terms, parts, today):
        fees = sum((debt.fine + debt.interest for debt in self.debts(terms.lines, today)), NOTHING)
        sequence = self.env["ir.sequence"].with_company(case.company_id)
        return self.env["recurring.agreement"].create(
            {
                "name": sequence.next_by_code("recurring.agreement") or "/",
                "case_id": case.id,
                "currency_id": terms.lines.currency_id.id,
                "day": today,
                "user_id": self.env.uid,
                "note": terms.note,
                "fees_to_date": float(fees),
                "fees_agreed": terms.fees,
                "line_ids": terms.lines.ids,
                "instalment_ids": [
                    (0, 0, {"number": number, "date": day, "amount": amount})
                    for number, (day, amount) in enumerate(terms.instalments, start=1)
                ],
            }
        )

    def _place(self, agreement, parts):
        """Give each part a receivable item with its date: by dividing its item, else by one journal entry.

        :return: list of items, in the order of the parts
        """
        redating = self.env["recurring.receivable.redating"]
        instalments = agreement.instalment_ids.sorted("number")
        by_line = {}
        for index, part in enumerate(parts):
            by_line.setdefault(part.key, []).append((index, instalments[part.instalment].date, part.residual))
        carriers, apart = {}, {}
        for line, mine in by_line.items():
            if len(mine) == 1:
                redating.redate(line, mine[0][1])
                carriers[mine[0][0]] = line
            elif self._is_divided(line):
                items = redating.divide(line, [(day, amount) for _index, day, amount in mine])
                carriers.update(zip((index for index, _day, _amount in mine), items, strict=True))
            else:
                apart[line] = mine
        if apart:
            carriers.update(self.env["recurring.agreement.entry"].make(agreement, apart))
        return [carriers[index] for index in range(len(parts))]

    def _is_divided(self, line):
        """Whether an item is divided where it is: invoices, which stay payable online, and whatever has a tax that is due when paid."""
        redating = self.env["recurring.receivable.redating"]
        has_tax = redating.has_cash_basis_tax(line.move_id)
        why_not = redating.why_not_divided(line)
        if why_not and has_tax:
            raise UserError(
                self.env._(
                    "%s Its tax is due when it is paid, so it cannot be moved by a journal entry either. "
                    "Agree on one date for it, or let your accountant open the period.",
                    why_not,
                )
            )
        return not why_not and (has_tax or line.move_id.is_invoice(include_receipts=True))

    def _keep_parts(self, agreement, parts, carriers, before):
        instalments = agreement.instalment_ids.sorted("number")
        known = self.env["recurring.amount.due"]._known(agreement.line_ids).booked
        values = []
        for part, carrier in zip(parts, carriers, strict=True):
            # Kept once for each debt, with its first part.
            source, dealt = part.key, known.pop(part.key, ())
            values.append(
                {
                    "instalment_id": instalments[part.instalment].id,
                    "line_id": carrier.id,
                    "source_line_id": source.id,
                    **before[source].as_values(carrier == source),
                    "amount": float(part.residual),
                    "fine": float(part.fine),
                    "interest": float(part.interest),
                    "fine_before": float(sum((fees.fine for fees in dealt), NOTHING)),
                    "interest_before": float(sum((fees.interest for fees in dealt), NOTHING)),
                }
            )
        self.env["recurring.agreement.part"].create(values)
        agreement.line_ids |= self.env["account.move.line"].union(*carriers)

    def _replace_promises(self, agreement):
        promises = self.env["recurring.promise"].search([("state", "=", const.OPEN), ("line_ids", "in", agreement.line_ids.ids)])
        promises.state = const.CANCELLED

    # After: taken back, not kept, paid

    @api.private
    @api.model
    def undo(self, agreement):
        """Take an agreement back: what is open of it has its own dates again, and is in its own documents."""
        agreement.case_id._check_may_collect()
        if agreement.state != const.RUNNING:
            raise UserError(self.env._("Only an agreement that is running can be taken back."))
        # sudo: see ``sign``
        mine = agreement.sudo()
        service = self.sudo()
        mine.state = const.CANCELLED
        service._restore_dates(mine)
        service._join(mine)
        if mine.entry_id:
            service.env["recurring.agreement.entry"].undo(mine)
        mine.line_ids.move_id._recurring_refresh_charge_wait()
        mine.case_id._arrangement_made(self.env._("The agreement %s was taken back.", mine.name))

    @api.private
    @api.model
    def end_broken(self, agreement):
        """It was not kept: what is open of it is due as before, with all its late fees, and is spoken of anew from tomorrow on."""
        if agreement.state != const.RUNNING:
            raise UserError(self.env._("Only an agreement that is running can end."))
        today = agreement.company_id._recurring_today()
        agreement.write({"state": const.BROKEN, "broken_on": today})
        self._restore_dates(agreement)
        agreement.line_ids.move_id._recurring_refresh_charge_wait()
        words = self.env._("The agreement %s was not kept.", agreement.name)
        agreement.case_id._arrangement_made(words)
        agreement.case_id._ask_owner(words, today)

    @api.private
    @api.model
    def refresh(self, agreement_records, is_daily=True):
        """Say which agreements are paid by now, and which are not kept.

        :param is_daily: the day's own look: only then an agreement can be broken, when all money of the day is in.
        """
        for agreement in agreement_records.filtered(lambda agreement: agreement.state == const.RUNNING):
            today = agreement.company_id._recurring_today()
            rows = [(each.date, each.is_paid) for each in agreement.instalment_ids]
            if all(is_paid for _day, is_paid in rows):
                agreement.write({"state": const.KEPT, "kept_on": today})
                moves = agreement.line_ids.move_id
                moves._recurring_refresh_charge_wait()
                agreement.case_id._arrangement_made(self.env._("The agreement %s is paid.", agreement.name))
                moves.filtered(lambda move: move.move_type == "out_invoice")._recurring_tell_settlement()
            elif is_daily and agreements.is_broken(agreement._covered(), today, agreement.company_id.recurring_agreement_grace_days):
                self.end_broken(agreement)

    def _restore_dates(self, agreement):
        redating = self.env["recurring.receivable.redating"]
        for part in agreement.part_ids.filtered(lambda part: not part.line_id.reconciled):
            redating.redate(part.line_id, part.date_before)

    def _join(self, agreement):
        """Put divided items together again, as far as nothing was paid of the parts."""
        redating = self.env["recurring.receivable.redating"]
        for source, parts in agreement.part_ids.grouped("source_line_id").items():
            lines = parts.line_id
            untouched = lines.filtered(lambda line: not (line.matched_credit_ids or line.matched_debit_ids)) - source
            if untouched and source in lines and not source.reconciled and not redating.why_not_divided(source):
                agreement.line_ids -= untouched
                gone = parts.filtered(lambda part, ended=untouched: part.line_id in ended)
                kept = parts.filtered(lambda part, first=source: part.line_id == first)
                kept.amount += sum(gone.mapped("amount"))
                gone.unlink()
                redating.join(source, untouched, kept._discount_before() if untouched == lines - source else {})
