from odoo import Command, api, models
from odoo.exceptions import RedirectWarning, UserError

from .. import const
from ..rules.money import to_decimal


class RecurringLateFeeCharging(models.AbstractModel):
    """Fees of debts that are paid: on the next invoice, by a document of their own, or taken from money left over."""

    _name = "recurring.late.fee.charging"
    _description = "Charging Late Fees"

    @api.private
    @api.model
    def run_scheduled(self):
        """Charge the fees that are to be charged, one debt per transaction."""
        domain = self._domain_to_charge()
        tried = []
        while fee := self.env["recurring.late.fee"].search([*domain, ("id", "not in", tried)], order="id", limit=1):
            tried.append(fee.id)
            fee = fee.try_lock_for_update()
            try:
                with self.env.cr.savepoint():
                    self.charge(fee)
            except (UserError, RedirectWarning) as error:
                # One debt must not stop the others: a person decides what becomes of its fees.
                fee.way = False
                fee.move_id._message_log(body=self.env._("The late fees could not be charged: %s", error.args[0]))
            remaining = self.env["recurring.late.fee"].search_count([*domain, ("id", "not in", tried)])
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                return

    def _domain_to_charge(self):
        return [("state", "=", const.FEE_TO_CHARGE), ("one_off_ids", "=", False), ("entry_id", "=", False)]

    @api.private
    @api.model
    def charge(self, fees):
        """Make the one-off charges or documents of fees, as it was decided."""
        for fee in fees:
            if fee.way == const.FEE_NEXT_WAY and (subscription := self._next_subscription(fee)):
                self._charge_next(fee, subscription)
            elif fee.way in const.FEE_WAYS_LATER:
                fee.way = const.FEE_DOCUMENT_WAY
                self._charge_document(fee)

    def _next_subscription(self, fee):
        """The subscription whose next invoice takes the fees; none where several pay it: only one of them was late."""
        subscriptions = fee.move_id.line_ids.recurring_subscription_id or self._subscriptions_of_payer(fee)
        subscriptions = subscriptions.filtered(lambda subscription: subscription.state in const.BILLED_STATES and not subscription.is_split)
        return subscriptions.sorted(lambda subscription: (subscription.state == const.CLOSED, subscription.id))[:1]

    def _subscriptions_of_payer(self, fee):
        """What a debt that no subscription billed can go along with: what runs for the same payer, in the same currency."""
        return self.env["recurring.subscription"].search(
            [
                ("partner_invoice_id", "child_of", fee.partner_id.commercial_partner_id.id),
                ("company_id", "=", fee.company_id.id),
                ("currency_id", "=", fee.currency_id.id),
                ("state", "=", const.ACTIVE),
            ]
        )

    def _charge_next(self, fee, subscription):
        values = [
            {
                "subscription_id": subscription.id,
                "product_id": product.id,
                "name": words,
                "price_unit": amount,
                "reason": self.env._(
                    "%(invoice)s was due on %(due)s and paid on %(paid)s.",
                    invoice=fee.move_line_id._recurring_debt_name(),
                    due=self._day(fee, fee.date_due),
                    paid=self._day(fee, fee.date),
                ),
                "late_fee_id": fee.id,
            }
            for product, words, amount in self._parts(fee)
        ]
        self.env["recurring.one.off"].with_company(fee.company_id).create(values)

    def _charge_document(self, fee):
        move = fee.move_id
        lines = [
            Command.create(
                {
                    "product_id": product.id,
                    "name": words,
                    "quantity": 1.0,
                    "price_unit": amount,
                    "recurring_late_fee_id": fee.id,
                    "recurring_subscription_id": move.line_ids.recurring_subscription_id[:1].id,
                }
            )
            for product, words, amount in self._parts(fee)
        ]
        document = (
            self.env["account.move"]
            .with_company(move.company_id)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (move.partner_id or fee.partner_id).id,
                    "journal_id": self._document_journal(fee).id,
                    "currency_id": fee.currency_id.id,
                    "invoice_date": move.company_id._recurring_today(),
                    "invoice_origin": fee.move_line_id._recurring_debt_name(),
                    "invoice_line_ids": lines,
                }
            )
        )
        fee.entry_id = document
        document.action_post()

    def _document_journal(self, fee):
        journal = fee.move_id.journal_id
        if journal.type == "sale":
            return journal
        journals = self.env["account.journal"]
        found = journals.search([*journals._check_company_domain(fee.company_id), ("type", "=", "sale")], order="sequence, id", limit=1)
        if not found:
            raise UserError(self.env._("%s has no journal for sales. Please make one, then charge the fees again.", fee.company_id.name))
        return found

    @api.private
    @api.model
    def charge_open(self, lines, day):
        """Charge now, by a document of their own, the fees until a day of debts that are still open; asking again charges what grew since.

        :param lines: receivable items.
        :return: the records of fees; none for items without fees
        """
        found = self.env["recurring.amount.due"].of_lines(lines, day)
        fees = self.env["recurring.late.fee"].create(
            [
                {
                    "move_line_id": line.id,
                    "policy_id": item.policy.id,
                    "date": day,
                    "fine": float(item.fees.fine),
                    "interest": float(item.fees.interest),
                    "way": const.FEE_DOCUMENT_WAY,
                }
                for line, item in found.items()
                if item.fees.total
            ]
        )
        for fee in fees:
            self._charge_document(fee)
        return fees

    def _parts(self, fee):
        """Product, words and amount of the fine and of the interest."""
        spoken = self.with_context(lang=fee.partner_id.lang or self.env.lang)
        policy = fee.policy_id
        name, due = fee.move_line_id._recurring_debt_name(), self._day(fee, fee.date_due or fee.move_line_id.date)
        words = {"invoice": name, "due": due, "paid": self._day(fee, fee.date)}
        if fee.move_line_id.reconciled:
            fine = spoken.env._("Fine for late payment of %(invoice)s, due on %(due)s, paid on %(paid)s", **words)
            interest = spoken.env._("Interest for late payment of %(invoice)s, due on %(due)s, paid on %(paid)s", **words)
        else:
            fine = spoken.env._("Fine for late payment of %(invoice)s, due on %(due)s, still open on %(paid)s", **words)
            interest = spoken.env._("Interest for late payment of %(invoice)s, due on %(due)s, until %(paid)s", **words)
        found = [(policy.fine_product_id, fine, fee.fine), (policy.interest_product_id, interest, fee.interest)]
        return [part for part in found if part[2]]

    def _day(self, fee, day):
        lang = self.env["res.lang"]._get_data(code=fee.partner_id.lang or self.env.lang or "en_US")
        return day.strftime(lang.date_format) if lang else str(day)

    # Money left over

    @api.private
    @api.model
    def book_surplus(self, fee):
        """Take fees from the money left over of the payments that settled the debt: one journal entry, dated as the money.

        What the money does not cover is waived when it is little, else it waits on.
        """
        settlement = self.env["recurring.late.fee.settlement"]
        credits = settlement.surplus_lines(fee.move_line_id)
        money = min(settlement.surplus(fee.move_line_id), to_decimal(fee.fine) + to_decimal(fee.interest))
        if money <= 0:
            raise UserError(self.env._("Nothing is left over of the money that paid %s.", fee.move_line_id._recurring_debt_name()))
        fine = min(to_decimal(fee.fine), money)
        interest = money - fine
        missing = {"fine": to_decimal(fee.fine) - fine, "interest": to_decimal(fee.interest) - interest}
        entry = self._surplus_entry(fee, credits, fine, interest)
        fee.write({"fine": float(fine), "interest": float(interest), "way": const.FEE_SURPLUS_WAY, "entry_id": entry.id})
        fee.flush_recordset()
        if any(missing.values()):
            waived = sum(missing.values()) < fee.policy_id._waived_below(fee.currency_id)
            rest = {name: float(amount) for name, amount in missing.items()}
            fee.copy({**rest, "way": const.FEE_WAIVED_WAY if waived else False, "entry_id": False})
        return entry

    def _surplus_entry(self, fee, credits, fine, interest):
        item, policy, day = fee.move_line_id, fee.policy_id, max(credits.mapped("date"))
        receipt = self.env["recurring.receipt"]
        shared = (item.partner_id, item.currency_id, item.company_id)
        lines = [
            receipt._prepare_write_off(policy._booking_account(kind), *shared, kind, -amount, day)
            for kind, amount in (("fine", fine), ("interest", interest))
            if amount
        ]
        debit = {
            "name": self.env._("Late fees of %s", fee.move_line_id._recurring_debt_name()),
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "amount_currency": float(fine + interest),
            "balance": -sum(line["balance"] for line in lines),
        }
        journal = self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(item.company_id), ("type", "=", "general")], order="sequence, id", limit=1
        )
        entry = (
            self.env["account.move"]
            .with_company(item.company_id)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": day,
                    "ref": debit["name"],
                    "line_ids": [Command.create(line) for line in (debit, *lines)],
                }
            )
        )
        entry.action_post()
        (entry.line_ids.filtered(lambda line: line.account_id == item.account_id) | credits).reconcile()
        return entry
