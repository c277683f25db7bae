from datetime import timezone
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import dunning as const

WRITTEN = (const.EMAIL, const.LETTER, const.WHATSAPP, const.SMS)
"""Ways in which a notice can be given: a task or a call is none."""

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
        found = [agreed]
        for company, mine in (lines - agreed).grouped("company_id").items():
            customers = self._customers(mine, company, company._recurring_today())
            owed = {item.key for customer in customers.values() for item in customer.items if item.amount > 0}
            found.append(mine.filtered(lambda line, owed=owed: line.id in owed))
        return lines.browse().union(*found).with_env(self.env)

    @api.private
    @api.model
    def given_up(self, lines):
        """Of debts, those that were written off, themselves or what an agreement made of them: no money came for them."""
        # sudo: see ``owed``
        lines = lines.sudo().exists()
        parts = self.env["recurring.agreement.part"].sudo().search([("source_line_id", "in", lines.ids)])
        carriers = {source: mine.line_id for source, mine in parts.grouped("source_line_id").items()}

        def is_given_up(line):
            settled_by = (line | carriers.get(line, line)).matched_credit_ids.credit_move_id.move_id
            return bool(settled_by.recurring_write_off_id)

        return lines.filtered(is_given_up).with_env(self.env)

    def _customers(self, lines, company, day):
        partners = lines.partner_id.commercial_partner_id
        # sudo: what is owed decides whether a service is withheld, whoever may see it
        return self.env["recurring.dunning.facts"].sudo().customers(company, day, partners.ids) if partners else {}

    def _agreed(self, lines):
        """Debts that an agreement re-dated and that are not paid by it yet."""
        # sudo: see ``owed``
        parts = self.env["recurring.agreement.part"].sudo()
        found = parts.search([("source_line_id", "in", lines.ids), ("agreement_id.state", "!=", const.DRAFT)])
        return found.filtered(lambda part: not part.line_id.reconciled).source_line_id

    @api.private
    @api.model
    def pressing(self, lines, day):
        """Which of the debts count on a day, and what the others wait for.

        :param lines: receivable items of one company.
        :return: Pressing
        """
        owed = self.owed(lines)
        agreed = self._running(owed)
        found, words = owed.browse(), [self.env._("Paid by agreement.")] if agreed else []
        silence = self.env["recurring.dunning.silence"]
        for customer in self._customers(owed, owed.company_id, day).values() if owed else ():
            if customer.hold_until and customer.hold_until >= day:
                words.append(self.env._("On hold until %s.", format_date(self.env, customer.hold_until)))
                continue
            for item in customer.items:
                line = (owed - agreed).filtered(lambda each, item=item: each.id == item.key)
                if line and item.waits:
                    words.append(silence.wait(item.waits, item.waits_until))
                elif line and item.due >= day:
                    # Somebody gave more time since the block was asked for.
                    words.append(self.env._("It is not due yet."))
                elif line:
                    found |= line
        return Pressing(owed, found, " ".join(dict.fromkeys(words)))

    def _running(self, lines):
        """Of debts, those that an agreement in force lets wait."""
        # sudo: see ``owed``
        return lines & self.env["recurring.agreement"].sudo().search(
            [("line_ids", "in", lines.ids), ("state", "=", const.RUNNING)]
        ).line_ids.with_env(self.env)

    @api.private
    @api.model
    def noticed_on(self, lines):
        """The day on which formal notice of these debts was really sent; None where none was. Of several the one noticed first counts.

        :param lines: receivable items.
        """
        # sudo: what was done counts, whoever asks
        actions, messages = self.env["recurring.dunning.action"].sudo(), self.env["recurring.dunning.message"].sudo()
        given = Domain("state", "in", NOTICE_GIVEN) & Domain("channel", "in", WRITTEN) & Domain("direction", "=", const.OUT)
        by_line = {}
        done = Domain([("line_id", "in", lines.ids), ("step_id.is_notice", "=", True), ("state", "=", const.DONE)])
        for action in actions.search(done & Domain("message_id", "any", given)):
            by_line.setdefault(action.line_id.id, []).append(self._day_of(action.message_id))
        # Also those that somebody wrote by hand.
        for message in messages.search(given & Domain("is_notice", "=", True) & Domain("line_ids", "in", lines.ids)):
            for line in message.line_ids & lines:
                by_line.setdefault(line.id, []).append(self._day_of(message))
        return min((max(days) for days in by_line.values()), default=None)

    def _day_of(self, message):
        sent = message.sent_at
        return message.company_id._recurring_local(sent.replace(tzinfo=timezone.utc)).date() if sent else message.day
