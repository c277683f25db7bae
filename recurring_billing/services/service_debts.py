from datetime import timezone
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_date

from ..const import dunning as const
from ..models.account_move_stage import SETTLED
from ..rules.money import to_decimal

NOTHING = Decimal(0)
NOTICE_GIVEN = (const.SENT, const.DELIVERED, const.READ, const.DONE)


class Pressing(NamedTuple):
    """Why a service may be withheld, or not.

    :param owed: the debts that are not paid, as receivable items.
    :param lines: those of them that nothing speaks for waiting about.
    :param waits_for: in words, what the others wait for.
    """

    owed: object
    lines: object
    waits_for: str = ""


class RecurringServiceDebts(models.AbstractModel):
    """Of the debts a service is withheld for: which are still owed, which wait for something, and when notice was given. Writes nothing."""

    _name = "recurring.service.debts"
    _description = "Debts a Service Is Withheld For"

    @api.private
    @api.model
    def owed(self, lines):
        """Of debts, those that are not paid: open credits and payments on account pay the oldest first, what an agreement re-dated is owed
        until its instalments are paid.
        """
        # sudo: what is owed counts, whoever asks
        lines = lines.sudo().exists()
        agreed = self._agreed(lines)
        still_open = lines.filtered(self._is_open) - agreed
        found = lines.browse()
        for (partner, company), mine in still_open.grouped(lambda line: (line.partner_id.commercial_partner_id, line.company_id)).items():
            found |= mine & self._not_covered(partner, company)
        return (found | agreed).with_env(self.env)

    def _is_open(self, line):
        return line.parent_state == "posted" and line.amount_residual > 0 and line.move_id.payment_state not in SETTLED

    def _not_covered(self, partner, company):
        """The open items of a customer that open credits do not pay, as if each went to the oldest debt."""
        items = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partner.id),
                ("company_id", "=", company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("amount_residual", "!=", 0),
            ]
        )
        debts = items.filtered(self._is_open).sorted(lambda line: (line.date_maturity or line.date, line.id))
        left = sum((to_decimal(-line.amount_residual) for line in items if line.amount_residual < 0), NOTHING)
        uncovered = debts.browse()
        for line in debts:
            amount = to_decimal(line.amount_residual)
            uncovered |= line if amount > left else line.browse()
            left = max(left - amount, NOTHING)
        return uncovered

    def _agreed(self, lines):
        """Debts that an agreement re-dated and that are not paid by it yet."""
        # sudo: see ``owed``
        agreements = self.env["recurring.agreement"].sudo()
        found = agreements.search([("line_ids", "in", lines.ids), ("state", "in", (const.RUNNING, const.BROKEN))])
        return found.line_ids & lines

    @api.private
    @api.model
    def pressing(self, case, lines, day):
        """Which of the debts count on a day, and what the others wait for.

        :param case: may be empty.
        :return: Pressing
        """
        owed = self.owed(lines)
        if not owed:
            return Pressing(owed, owed)
        waits = self._waits(case, owed, day)
        waiting = owed.browse().union(*(mine for mine, _words in waits))
        return Pressing(owed, owed - waiting, " ".join(words for _mine, words in waits))

    def _waits(self, case, lines, day):
        """Groups of debts that wait on a day, each with the words why."""
        found = []
        if case.hold_until and case.hold_until >= day:
            found.append((lines, self.env._("On hold until %s.", format_date(self.env, case.hold_until))))
        for model, domain, words in self._kinds_of_waiting(day):
            # sudo: what was agreed counts, whoever asks
            records = self.env[model].sudo().search([("line_ids", "in", lines.ids), *domain])
            if records:
                found.append((records.line_ids.with_env(self.env) & lines, words))
        return found

    def _kinds_of_waiting(self, day):
        return (
            ("recurring.dispute", [("state", "=", const.OPEN)], self.env._("Disputed.")),
            ("recurring.promise", [("state", "=", const.OPEN), ("date", ">=", day)], self.env._("Promised.")),
            ("recurring.agreement", [("state", "=", const.RUNNING)], self.env._("Paid by agreement.")),
            (
                "recurring.payment.claim",
                [("state", "in", (const.OPEN, const.ACCEPTED)), ("holds_until", ">=", day)],
                self.env._("Said to be paid."),
            ),
        )

    @api.private
    @api.model
    def noticed_on(self, lines):
        """The day on which formal notice of these debts was really sent; None where none was. Of several debts the one noticed first counts.

        :param lines: receivable items.
        """
        # sudo: what was done counts, whoever asks
        actions = self.env["recurring.dunning.action"].sudo()
        found = actions.search(
            [
                ("line_id", "in", lines.ids),
                ("step_id.is_notice", "=", True),
                ("state", "=", const.DONE),
                ("message_id.state", "in", NOTICE_GIVEN),
            ]
        )
        by_line = {}
        for action in found:
            by_line.setdefault(action.line_id, []).append(self._day_of(action))
        return min((max(days) for days in by_line.values()), default=None)

    def _day_of(self, action):
        sent = action.message_id.sent_at
        return (
            action.company_id._recurring_local(fields.Datetime.to_datetime(sent).replace(tzinfo=timezone.utc)).date()
            if sent
            else action.day
        )
