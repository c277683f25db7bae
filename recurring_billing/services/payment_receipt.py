from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import SQL

from .. import const
from ..rules.money import to_decimal
from ..rules.receipts import split


class RecurringReceipt(models.AbstractModel):
    """Money that came becomes one native payment: it settles invoices, the oldest due first, with their fees of the day."""

    _name = "recurring.receipt"
    _description = "Receiving Money"

    @api.private
    @api.model
    def receive(self, moves, amount, journal, day, *, payment_method_line=None, memo="", unique_ref=None, partner=None, lines=None):
        """Receive money for invoices, or on account where there are none.

        :param moves: open customer invoices of one customer, company, currency and receivable account; may be empty.
        :param amount: in the currency of the invoices, of the journal where there are none.
        :param day: when it came, as the bank says: fees and discounts are those of that day, and so are the entries.
        :param unique_ref: names this money where it comes from, such as ``pix:E123``; the same again gives the payment that is there.
        :param partner: who pays, by default the customer of the invoices.
        :param lines: receivable items to settle instead of invoices: opening balances, single instalments. ``moves`` is empty then.
        :return: the payment, posted and reconciled; what is left over stays open on it
        :raises UserError: for what cannot be one payment.
        :raises ConcurrencyError: when another process receives the same money right now: start the transaction again.
        """
        self._check_may_receive(moves or lines or moves)
        # sudo: who may receive money may make its entries; whether the invoices may be read was checked
        service, moves, journal = self.sudo(), moves.sudo(), journal.sudo()
        if there := service._received_already(unique_ref, journal.company_id):
            return there.with_env(self.env)
        debts = lines.sudo() if lines else moves
        moves = lines.sudo().move_id if lines else moves
        service._hold(moves)
        service._check(debts, amount, journal, partner)
        items = service._items(moves, day, lines)
        shares, _over = split(to_decimal(amount), [item.owed for item in items])
        by_line = {item.line: item for item in items}
        values = {
            **service._prepare_payment(debts, amount, journal, day, partner),
            "memo": memo or ", ".join(debts.mapped(lambda debt: debt._recurring_debt_name() if lines else debt.name)),
            "recurring_unique_ref": unique_ref,
            "write_off_line_vals": service.write_offs(shares, by_line, day),
        }
        if payment_method_line:
            values["payment_method_line_id"] = payment_method_line.id
        payment = service._create(values)
        payment.action_post()
        service.keep_fees(shares, by_line, payment, day)
        service._reconcile(payment, [share.key for share in shares if share.debt])
        return payment.with_env(self.env)

    def _check_may_receive(self, moves):
        if self.env.su:
            return
        if not (self.env.user.has_group("recurring_billing.group_collections") or self.env.user.has_group("account.group_account_invoice")):
            raise AccessError(self.env._("Receiving payments is for the groups Collections and Billing."))
        moves.check_access("read")

    def _received_already(self, unique_ref, company):
        payments = self.env["account.payment"]
        if not unique_ref:
            return payments
        return payments.search([("recurring_unique_ref", "=", unique_ref), ("company_id", "child_of", company.root_id.id)], limit=1)

    def _hold(self, moves):
        """Wait for who receives money for the same invoices; whoever is second starts again, since the invoices changed."""
        if moves:
            moves.flush_recordset()
            self.env.execute_query(SQL("SELECT id FROM account_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", moves._ids))

    def _check(self, debts, amount, journal, partner):
        currency = debts.currency_id[:1] or journal.currency_id or journal.company_id.currency_id
        if currency.compare_amounts(amount, 0.0) <= 0:
            raise UserError(self.env._("Enter the amount received: it is more than 0."))
        if not debts and not partner:
            raise UserError(self.env._("Say whose money this is: choose invoices or a customer."))
        if len(debts.company_id) > 1 or len(debts.currency_id) > 1:
            raise UserError(self.env._("Receive invoices of several companies or currencies apart: one payment has one of each."))
        if debts and debts.company_id.root_id != journal.company_id.root_id:
            raise UserError(
                self.env._("%(journal)s belongs to another company than the invoices. Choose another one.", journal=journal.name)
            )
        if not partner and len(debts.partner_id.commercial_partner_id) > 1:
            raise UserError(self.env._("These invoices have several customers. Say who pays, or receive them apart."))

    def _items(self, moves, day, lines=None):
        service = self.env["recurring.amount.due"]
        if lines:
            # sudo: who takes money sees what is owed, without reading every journal item
            items = list(service.of_lines(lines.sudo(), day).values())
        else:
            items = [item for mine in service.items(moves, day).values() for item in mine]
        if len({item.line.account_id for item in items}) > 1:
            raise UserError(self.env._("These invoices are on different receivable accounts. Receive them apart."))
        return sorted(items, key=lambda item: (item.line.date_maturity or item.line.date, item.line.id))

    def _prepare_payment(self, debts, amount, journal, day, partner):
        partner = (partner or debts.partner_id).commercial_partner_id
        if debts._name == "account.move":
            accounts = debts.line_ids.filtered(lambda line: line.display_type == "payment_term").account_id
        else:
            accounts = debts.account_id
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "company_id": (debts.company_id or journal.company_id).id,
            "journal_id": journal.id,
            "currency_id": (debts.currency_id or journal.currency_id or journal.company_id.currency_id).id,
            "amount": amount,
            "date": day,
            **({"destination_account_id": accounts[0].id} if accounts else {}),
        }

    def _create(self, values):
        # Also where accounting would leave the entry to the bank statement: fees have their accounts now.
        payments = self.env["account.payment"].with_context(force_payment_move=True)
        try:
            return payments.create(values)
        except UniqueViolation as error:
            if error.diag.constraint_name == "account_payment__recurring_money_once":
                raise ConcurrencyError("the same money is received by another process") from error
            raise

    # Fees and discounts

    @api.private
    @api.model
    def write_offs(self, shares, by_line, day):
        """The journal items of a payment beside money and receivable: fees to their accounts, the discount from its own.

        :param shares: what the money is for, see ``rules.receipts.split``.
        :param by_line: dict item line → ItemDue.
        """
        amounts, native = {}, []
        for share in shares:
            item = by_line[share.key]
            if share.discount and item.is_native_discount:
                native += self._native_write_offs(item.line)
                share = share._replace(discount=0)
            for kind, amount in (("fine", -share.fine), ("interest", -share.interest), ("discount", share.discount)):
                if amount:
                    key = (item.policy._booking_account(kind), item.line.partner_id, item.line.currency_id, item.line.company_id, kind)
                    amounts[key] = amounts.get(key, 0) + amount
        return [*native, *(self._prepare_write_off(*key, amount, day) for key, amount in amounts.items())]

    def _native_write_offs(self, line):
        """Odoo's own entries for the early payment discount of a payment term, with its taxes."""
        values = [{"aml": line, "amount_currency": -line.amount_residual_currency, "balance": -line.balance}]
        open_balance = line.balance - line.discount_balance
        found = self.env["account.move"]._get_invoice_counterpart_amls_for_early_payment_discount(values, open_balance)
        return [{**each, "partner_id": line.partner_id.id} for mine in found.values() for each in mine]

    def _prepare_write_off(self, account, partner, currency, company, kind, amount, day):
        names = {
            "fine": self.env._("Fine for late payment"),
            "interest": self.env._("Interest for late payment"),
            "discount": self.env._("Discount for early payment"),
        }
        return {
            "name": names[kind],
            "account_id": account.id,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "amount_currency": float(amount),
            "balance": currency._convert(float(amount), company.currency_id, company, day),
        }

    @api.private
    @api.model
    def keep_fees(self, shares, by_line, payment, day):
        """Record which fees came with a payment, and which were waived because little was missing."""
        values = []
        for share in shares:
            item = by_line[share.key]
            common = {"move_line_id": item.line.id, "policy_id": item.policy.id, "payment_id": payment.id, "date": day}
            if share.fine or share.interest:
                values.append({**common, "fine": float(share.fine), "interest": float(share.interest), "way": const.FEE_PAID_WAY})
            if share.waived_fine or share.waived_interest:
                waived = {"fine": float(share.waived_fine), "interest": float(share.waived_interest), "way": const.FEE_WAIVED_WAY}
                values.append({**common, **waived})
        # sudo: kept by billing itself
        return self.env["recurring.late.fee"].sudo().create(values)

    def _reconcile(self, payment, lines):
        """Reconcile a payment with items one after the other: what the last one leaves stays open on the payment."""
        for line in lines:
            credit = payment.move_id.line_ids.filtered(
                lambda each, line=line: each.account_id == line.account_id and each.balance < 0 and not each.reconciled
            )
            if credit and not line.reconciled:
                (credit | line).reconcile()
