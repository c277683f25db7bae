from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .. import const
from ..rules import bank_book, bank_matching, pix
from ..rules.bank_book import SHORTEST_DOCUMENT, Book, Item, Payer
from ..rules.bank_matching import Cost, Reason, Registered, Row
from ..rules.bank_text import SHORTEST_REFERENCE, runs
from ..rules.creditor_reference import references_in
from ..rules.money import to_decimal

FEW = 20_000  # costs (invoices by days) that are worked out ahead, to look by the amount alone
RECENT_DAYS = 400  # so far back a reference to a settled invoice is recognised


class Costs(dict):
    """What invoices cost on the days of rows, worked out when it is asked for."""

    def __init__(self, dues, moves):
        super().__init__()
        self.dues, self.moves = dues, {move.id: move for move in moves}

    def __missing__(self, key):
        move_id, day = key
        self.fill(self.moves[move_id], day)
        return self[key]

    def fill(self, moves, day):
        for move, due in self.dues.of(moves, day).items():
            self[move.id, day] = Cost(to_decimal(due.residual), to_decimal(due.total))


class RecurringBankMatching(models.AbstractModel):
    """Finds what bank movements pay, and keeps it with them. Books nothing."""

    _name = "recurring.bank.matching"
    _description = "Matching of Bank Movements"

    @api.private
    @api.model
    def match(self, rows):
        """Say for each movement that is still to decide what it probably pays, how sure that is, and why."""
        self.env["recurring.bank.import"].check_may_work()
        # sudo: the rules look at every open invoice and payer of the company; who may work on bank files was checked
        rows = rows.sudo()
        service = self.sudo()
        for mine in rows.grouped(lambda row: (row.journal_id, row.currency_id)).values():
            mine -= service._link_received(mine)
            service._match(mine - service._match_slips(mine))

    @api.private
    @api.model
    def reached(self, row):
        """The customer's oldest open invoices that the money of a row reaches."""
        moves = self.open_invoices(row.company_id, row.currency_id).filtered(
            lambda move: move.commercial_partner_id == row.partner_id.commercial_partner_id
        )
        left, found = row.amount, moves.browse()
        for move, due in self.env["recurring.amount.due"].of(moves, row.date).items():
            if row.currency_id.compare_amounts(left, 0.0) <= 0:
                break
            found, left = found | move, left - due.total
        return found

    @api.private
    @api.model
    def open_invoices(self, company, currency, partner=None):
        """Posted customer invoices that wait for money, the oldest due first."""
        domain = Domain(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("company_id", "=", company.id),
                ("currency_id", "=", currency.id),
            ]
        )
        if partner:
            domain &= Domain("commercial_partner_id", "=", partner.commercial_partner_id.id)
        moves = self.env["account.move"].search(domain, order="invoice_date_due, id")
        return moves.filtered(lambda move: move.currency_id.compare_amounts(move.amount_residual, 0.0) > 0)

    def _match(self, rows):
        if not rows:
            return
        company, currency = rows[0].company_id, rows[0].currency_id
        moves = self.open_invoices(company, currency)
        booked = self._waiting_elsewhere(rows)
        texts = self._texts(rows)
        slips = self._slip_references(moves)
        book = Book(
            [self._item(move, slips) for move in moves - booked],
            self._payers(moves, texts, company),
            self._settled_references(texts, company),
        )
        costs = Costs(self.env["recurring.amount.due"], moves)
        days = set(rows.mapped("date"))
        unread = self._pix_unread_since(rows[0].journal_id)
        if len(moves) * len(days) <= FEW:
            for day in days:
                costs.fill(moves - booked, day)
        found = bank_matching.match_rows([self._row(row, unread) for row in rows], book, costs, self._registered(rows))
        for row in rows:
            self._keep(row, found[row.id])

    def _pix_unread_since(self, journal):
        """The first day whose Pix were not all read from the bank of an account, None where none are read."""
        accounts = self.env["recurring.pix.account"]._at_work().filtered(lambda account: account.journal_id == journal)
        read = accounts.mapped("read_until")
        return pix.day_of(min(read)) if read else None

    def _row(self, row, unread=None):
        suspicions = tuple(Reason(*each) for each in row.suspicions or ())
        if unread and row.date >= unread:
            suspicions += (Reason(bank_matching.PIX_UNREAD),)
        return Row(row.id, row.date, to_decimal(row.amount), row.name or "", row.payer_name or "", suspicions)

    def _item(self, move, slips):
        references = (move.name, move.payment_reference, move.recurring_txid, *slips.get(move, ()))
        return Item(
            move.id, move.commercial_partner_id.id, move.invoice_date_due or move.date, tuple(filter(None, dict.fromkeys(references)))
        )

    def _slip_references(self, moves):
        found = defaultdict(list)
        for slip in self.env["recurring.booklet.slip"].search([("move_ids", "in", moves.ids)]):
            for move in slip.move_ids:
                found[move].append(slip.reference)
        return found

    def _texts(self, rows):
        return {compacted for row in rows for compacted, _run in runs(row.name or "")}

    def _payers(self, moves, texts, company):
        """Who owes something, and who is named by a tax number without owing anything."""
        numbers = {text for text in texts if len(text) >= SHORTEST_DOCUMENT}
        others = self.env["res.partner"]
        if numbers:
            found = self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM res_partner
                     WHERE vat IS NOT NULL AND active AND regexp_replace(upper(vat), '[^A-Z0-9]', '', 'g') IN %s
                    """,
                    tuple(numbers),
                )
            )
            others = others.browse(each for (each,) in found).commercial_partner_id
            others = others.filtered(lambda partner: partner.company_id in (company, company.browse()))
        partners = moves.commercial_partner_id | others
        family = defaultdict(lambda: self.env["res.partner"])
        for move in moves:
            family[move.commercial_partner_id] |= move.partner_id | move.line_ids.recurring_subscription_id.beneficiary_id
        payers = []
        for partner in partners:
            mine = partner | family[partner] | partner.child_ids
            names = tuple(dict.fromkeys(each.name for each in mine if each.name))
            payers.append(Payer(partner.id, names, tuple(dict.fromkeys(each.vat for each in mine if each.vat))))
        return payers

    def _settled_references(self, texts, company):
        """The references among the texts of invoices that need no more money."""
        references = tuple(text for text in texts if len(text) >= SHORTEST_REFERENCE and not text.isalpha())
        if not references:
            return []
        since = company._recurring_today() - timedelta(days=RECENT_DAYS)
        found = self.env.execute_query(
            SQL(
                """
                SELECT name, payment_reference, recurring_txid FROM account_move
                 WHERE company_id = %(company)s AND move_type = 'out_invoice' AND state = 'posted'
                   AND payment_state NOT IN ('not_paid', 'partial') AND invoice_date >= %(since)s
                   AND (regexp_replace(upper(name), '[^A-Z0-9]', '', 'g') IN %(references)s
                        OR regexp_replace(upper(payment_reference), '[^A-Z0-9]', '', 'g') IN %(references)s
                        OR upper(recurring_txid) IN %(references)s)
                """,
                company=company.id,
                since=since,
                references=references,
            )
        )
        return [reference for each in found for reference in each if reference]

    def _waiting_elsewhere(self, rows):
        """Invoices that certain movements of other files will settle as soon as they are booked."""
        others = self.env["recurring.bank.row"].search(
            Domain("state", "in", (const.BANK_ROW_OPEN, const.BANK_ROW_QUEUED))
            & Domain("match", "=", bank_matching.CERTAIN)
            & Domain("company_id", "in", rows.company_id.ids)
            & Domain("id", "not in", rows.ids)
        )
        return others.move_ids

    def _registered(self, rows):
        """Payments in the books of the account that no movement is known to be."""
        days = rows.mapped("date")
        payments = self.env["account.payment"].search(
            Domain("journal_id", "=", rows[0].journal_id.id)
            & Domain("payment_type", "=", "inbound")
            & Domain("partner_type", "=", "customer")
            & Domain("state", "in", const.PAID_STATES)
            & Domain("currency_id", "=", rows[0].currency_id.id)
            & Domain("date", ">=", min(days) - timedelta(days=bank_matching.BOOKED_BEFORE))
            & Domain("date", "<=", max(days) + timedelta(days=bank_matching.BOOKED_AFTER))
        )
        known = self.env["recurring.bank.row"].search([("payment_id", "in", payments.ids)]).payment_id
        return [
            Registered(payment.id, payment.partner_id.commercial_partner_id.id or None, payment.date, to_decimal(payment.amount))
            for payment in payments - known
        ]

    def _link_received(self, rows):
        """Movements of Pix payments that are in the books already: the bank's number of a Pix says so beyond doubt."""
        numbers = {row: f"pix:{found}" for row in rows if (found := bank_book.pix_number(row.name or ""))}
        payments = self.env["account.payment"].search(
            [
                ("recurring_unique_ref", "in", list(numbers.values())),
                ("company_id", "in", rows.company_id.ids),
                ("state", "in", const.PAID_STATES),
            ]
        )
        by_number = payments.grouped("recurring_unique_ref")
        linked = rows.browse()
        for row, number in numbers.items():
            if payment := by_number.get(number):
                self.env["recurring.bank.booking"].settle(row, payment[:1], [["received", payment[:1].name]])
                linked |= row
        return linked

    def _match_slips(self, rows):
        """Movements that name a slip of a booklet whose invoice is still to come."""
        named = {row: found for row in rows if (found := references_in(row.name or ""))}
        slips = self.env["recurring.booklet.slip"].search(
            [("reference", "in", [each for found in named.values() for each in found]), ("company_id", "in", rows.company_id.ids)]
        )
        slips = slips.filtered(lambda slip: not slip._invoices()).grouped("reference")
        matched = rows.browse()
        for row, found in named.items():
            mine = self.env["recurring.booklet.slip"].union(*(slips[each] for each in found if each in slips))
            if len(mine) == 1 and mine.currency_id == row.currency_id and not any(slips.get(each) is None for each in found):
                self._keep(row, self._slip_match(row, mine))
                row.slip_id = mine
                matched |= row
        return matched

    def _slip_match(self, row, slip):
        """Certain for the right amount of a slip that nobody paid and no other movement pays."""
        taken = self.env["recurring.bank.row"].search_count(
            [("slip_id", "=", slip.id), ("state", "!=", const.BANK_ROW_IGNORED), ("id", "!=", row.id)], limit=1
        )
        suspicions = tuple(Reason(*each) for each in row.suspicions or ())
        registered = bank_matching.twin(self._row(row), slip.partner_id.commercial_partner_id.id, self._registered(row))
        if registered:
            suspicions += (Reason(bank_matching.REGISTERED, registered.id),)
        agrees = slip.state == const.SLIP_OPEN and not taken and row.currency_id.compare_amounts(row.amount, slip.residual) == 0
        verdict = bank_matching.CERTAIN if agrees and not suspicions else bank_matching.DOUBTFUL
        reasons = (Reason("slip", slip.display_name), Reason(bank_matching.AMOUNT) if agrees else Reason("slip_differs"), *suspicions)
        return bank_matching.Match(verdict, (), slip.partner_id.commercial_partner_id.id, reasons)

    def _keep(self, row, match):
        registered = [reason.value for reason in match.reasons if reason.code == bank_matching.REGISTERED]
        row.write(
            {
                "match": match.verdict,
                "reasons": [[reason.code, self._plain(reason.value)] for reason in match.reasons],
                "partner_id": match.payer or False,
                "slip_id": False,
                "move_ids": [Command.set(match.items)],
                "registered_payment_id": registered[0] if registered else False,
            }
        )

    def _plain(self, value):
        return value if value is None or isinstance(value, (int, str)) else str(value)
