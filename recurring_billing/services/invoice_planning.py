from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import groupby

from .. import const
from ..rules import billing_dates
from ..rules.charges import Charge, Credit
from ..rules.periods import boundary
from ..rules.usage_account import UsageCharge
from .billing_plan import CREDIT_NOTE, INVOICE, BillingPlan, Moment, PlannedInvoice
from .billing_problem import Problem
from .planned_items import PlannedLine


class RecurringInvoicePlanning(models.AbstractModel):
    """Decides which invoices and credit notes are made of what is due. Writes nothing.

    Where a credit goes: while the invoice of the credited row is open, to a credit note for it, so that nobody is chased for the money;
    else on an invoice of this run that stays positive; else it waits for the next invoice where that is due within one period and stays
    positive; else to a credit note of its own.
    """

    _name = "recurring.invoice.planning"
    _description = "Planning of Recurring Invoices"

    @api.private
    @api.model
    def plan(self, subscriptions, horizon, today):
        """What is to be made for these subscriptions.

        :return: BillingPlan
        """
        due = self.env["recurring.coverage"].due_rows(subscriptions, horizon)
        drafts, problems = self._drafts_to_make_again(due)
        if drafts:
            touched = drafts.recurring_subscription_id & subscriptions
            periods = drafts.recurring_period_id | drafts.recurring_period_id.billed_together_ids
            due.update(self.env["recurring.coverage"].due_rows(touched, horizon, without=periods))
        moment = Moment(horizon, today, {company: self._default_journal(company) for company in subscriptions.company_id})
        extras = self.env["recurring.billing.extras"]
        beside = extras.waiting(subscriptions, also=drafts)
        able, more = {}, {}
        for subscription, (rows, ledger) in due.items():
            if subscription in problems:
                continue
            unknown = next((row for row in rows if row.amount is None), None)
            if unknown:
                problems[subscription] = self._opening_problem(subscription, unknown)
                continue
            able[subscription] = (rows, ledger)
            more[subscription] = extras.due(subscription, beside.get(subscription, ()), rows, ledger, moment.horizon)
        invoices, waiting = self.documents(able, moment, more)
        return BillingPlan(invoices, problems, waiting, drafts)

    @api.private
    @api.model
    def documents(self, due, moment, more=None):
        """The invoices and credit notes of what is due.

        :param due: dict subscription → (rows, the ledger rows read for it)
        :param more: dict subscription → items beside the rows, see ``billing_extras``.
        :return: list of PlannedInvoice, dict subscription → the day of the next invoice, which takes the credits that are due now
        """
        more = more or {}
        planned = {
            subscription: self._invoices_of(subscription, rows, moment, more.get(subscription, ()))
            for subscription, (rows, _ledger) in due.items()
        }
        invoices = {subscription: mine for subscription, (mine, _left) in planned.items()}
        waiting = {}
        for subscription, (_invoices, left) in planned.items():
            if left:
                self._place_credits(subscription, left, invoices, {each: ledger for each, (_rows, ledger) in due.items()}, moment, waiting)
        return [invoice for mine in invoices.values() for invoice in mine], waiting

    def _drafts_to_make_again(self, due):
        """Drafts are never credited: an untouched one is made again, one that a person changed waits for a person.

        :return: the invoice lines that go, dict subscription → Problem
        """
        periods = self._credited_periods(row for rows, _ledger in due.values() for row in rows)
        lines = self.env["account.move.line"]
        problems = {}
        if not periods:
            return lines, problems
        drafts = periods._billed_lines().move_id.filtered(lambda move: move.state == "draft" and move.move_type == INVOICE)
        frozen = drafts.filtered("recurring_frozen")
        for move in drafts - frozen:
            mine = move.line_ids.filtered(
                lambda line: line.recurring_subscription_id in due and (line.recurring_period_id or line.recurring_one_off_id)
            )
            standing = mine._recurring_shared_elsewhere()
            untouched = move._recurring_is_untouched()
            if untouched and not standing:
                lines |= mine
            else:
                for subscription in mine.recurring_subscription_id:
                    shared = untouched and standing
                    problems[subscription] = (
                        self._shared_draft_problem(subscription, move, standing) if shared else self._draft_problem(subscription, move)
                    )
        for subscription in frozen.line_ids.recurring_subscription_id:
            # Its charge is under way: what changed is credited once the invoice is posted, so it just stays due.
            due.pop(subscription, None)
        return lines.filtered(lambda line: line.recurring_subscription_id not in problems), problems

    def _draft_problem(self, subscription, move):
        return Problem(
            const.ISSUE_DRAFT,
            self.env._("A draft invoice of %s was changed by hand and does not fit any more", subscription.display_name),
            self.env._(
                "The subscription changed after the draft was made. Its amounts stay as the person left them. Post it to bill those "
                "amounts, or delete it to have it made anew; then retry."
            ),
            move,
        )

    def _shared_draft_problem(self, subscription, move, standing):
        return Problem(
            const.ISSUE_DRAFT,
            self.env._("A draft of one payer of %s does not fit any more", subscription.display_name),
            self.env._(
                "The subscription changed after the draft was made, and %(invoice)s of another payer was posted for the same time. Post "
                "the draft to credit it as well, or delete it to have its share made anew; then retry.",
                invoice=", ".join(standing.mapped("name")),
            ),
            move,
        )

    def _opening_problem(self, subscription, row):
        return Problem(
            const.ISSUE_OPENING,
            self.env._("It is not known what was billed elsewhere for %s", subscription.display_name),
            self.env._(
                "Service now ends within the time that was billed elsewhere, so some of it is to be credited. Enter the Billed Amount of "
                "the running period on the line, or choose a later last day, then retry."
            ),
            self.env["recurring.subscription.line"].browse(row.segment),
        )

    # From rows to invoice lines

    def _invoices_of(self, subscription, rows, moment, more=()):
        """The invoices of one subscription, the credit notes of open invoices, and the credits that have no place yet.

        :param more: items beside the rows: one-off charges and credits, shares of payers to be invoiced again.
        """
        items = [*self._lines_of(subscription, rows), *more]
        if not subscription.is_split:
            return self._invoices_of_items(subscription, items, moment)
        found, left = [], []
        for payer, mine in self.env["recurring.payer.split"].divide(subscription, items).items():
            invoices, without_place = self._invoices_of_items(subscription, mine, moment)
            found += [invoice._replace(payer=payer) for invoice in invoices]
            left += without_place
        return found, left

    def _invoices_of_items(self, subscription, items, moment):
        credits = [item for item in items if item.amount < 0 and not any(self._is_reduction(row) for row in item.rows)]
        credits += self._reductions_given_back(items, credits)
        invoices = self._group_charges(subscription, [item for item in items if item not in credits], moment)
        left = self._reductions_alone(invoices)
        for move, mine in groupby(credits, key=self._open_invoice_of):
            if move:
                invoices.append(self._credit_note(subscription, mine, moment, move))
            else:
                left += mine
        return invoices, left

    def _place_credits(self, subscription, left, invoices, ledgers, moment, waiting):
        """Find a place for credits: on an invoice of this run, of the subscription or of the one that continues it; on a near next one; or
        on a credit note.

        :param invoices: dict subscription → its planned invoices; what is placed is added to them.
        :param ledgers: dict subscription → its ledger rows.
        :param waiting: notes the day of the next invoice when credits wait for it.
        """
        heirs = self._heirs(subscription)
        left = self._carry(left, invoices[subscription])
        for heir in heirs:
            left = self._carry(left, invoices.get(heir, []))
        made = [invoice for each in (subscription, *heirs) for invoice in invoices.get(each, [])]
        # A one-off waits no longer; nor does a credit of several payers, which would be some of it now and some later.
        may_wait = [item for item in left if item.rows] if not any(each.is_split for each in (subscription, *heirs)) else []
        if may_wait and not any(invoice.move_type == INVOICE and not invoice.is_free for invoice in made):
            next_day = self._next_invoice_on(subscription, heirs, may_wait, ledgers, moment)
            if next_day:
                waiting[subscription] = next_day
                left = [item for item in left if item not in may_wait]
        for (payer, move), mine in groupby(left, key=lambda item: (getattr(item, "payer", None), item.origin.move_id)):
            invoices[subscription].append(self._credit_note(subscription, mine, moment, move)._replace(payer=payer))

    @api.model
    def _heirs(self, subscription):
        """The subscriptions on other plans that took its place, the next one first."""
        heirs = []
        while (subscription := subscription.successor_id) and subscription not in heirs:
            heirs.append(subscription)
        return heirs

    def _lines_of(self, subscription, rows):
        """Rows of one lineage, full period and price become one line; rows whose price is not known stand alone."""
        groups = defaultdict(list)
        for row in rows:
            groups[row.lineage, row.full, row.price if row.price is not None else row.row].append(row)
        found = []
        for mine in groups.values():
            # The invoice line points to a charge where there is one.
            mine.sort(key=lambda row: (isinstance(row, Credit), row.due_on))
            line = subscription.line_ids.browse([mine[0].segment]).with_prefetch(subscription.line_ids._prefetch_ids)
            found.append(PlannedLine(line, mine, self._origin_of(mine)))
        return found

    def _origin_of(self, rows, payer=None):
        """The invoice line of the first credited row; of one that a credit note or no document shows, that of what it was netted with.

        :param payer: the partner whose line is wanted, where several shared the row.
        """
        # sudo: a credit copies the line it reduces, whoever may see that invoice
        periods = self._credited_periods(rows).sudo()
        known = periods
        while periods:
            lines = periods._invoiced_lines().filtered(lambda line: line.parent_state == "posted" and line.move_id.move_type == INVOICE)
            if payer is not None:
                lines = lines.filtered(lambda line: (line.recurring_share_id.partner_id or line.move_id.partner_id) == payer)
            if lines:
                return lines.sorted("id")[:1].with_env(self.env)
            netted = periods | periods.billed_with_id
            periods = (netted | netted.billed_together_ids).credits_id - known
            known |= periods
        return self.env["account.move.line"]

    def _credited_periods(self, rows):
        """The ledger rows that credits, and usage below what was billed, take something back from."""
        return self.env["recurring.period"].browse(row.row for row in rows if not isinstance(row, Charge) and row.row)

    @api.model
    def _is_reduction(self, row):
        """A line sold at a negative price is a charge all the same."""
        return isinstance(row, Charge) and row.price.per_period < 0

    def _reductions_given_back(self, items, credits):
        """Lines sold at a negative price whose time is given back go on the credit note of what they reduced, as long as it stays one."""
        found = []
        for item in items:
            if item.amount <= 0 or not item.origin or not all(isinstance(row, Credit) for row in item.rows):
                continue
            beside = [other for other in [*credits, *found] if other.origin.move_id == item.origin.move_id]
            if beside and self._with_tax([*beside, item]) < 0:
                found.append(item)
        return found

    def _reductions_alone(self, invoices):
        """Take off lines sold at a negative price that would make an invoice negative, which Odoo refuses: they go the ways of credits."""
        found = []
        for invoice in [invoice for invoice in invoices if self._with_tax(invoice.items) < 0]:
            found += [item for item in invoice.items if item.amount < 0]
            invoice.items[:] = [item for item in invoice.items if item.amount >= 0]
            if not invoice.items:
                invoices.remove(invoice)
        return found

    def _group_charges(self, subscription, items, moment):
        """One invoice per due moment, or one for all where the plan says so."""
        if not items:
            return []
        plan = subscription.plan_id
        together = plan.catch_up == const.TOGETHER
        journal = subscription.journal_id or moment.journals[subscription.company_id]
        items = sorted(items, key=lambda item: item.due_on)
        planned = []
        for _due_on, group in groupby(items, key=lambda item: None if together else item.due_on):
            due_on = group[-1].due_on
            invoice_date = billing_dates.invoice_date(plan.invoice_date_policy, moment.today, due_on)
            planned.append(PlannedInvoice(subscription, journal, group, invoice_date, due_on))
        return planned

    def _default_journal(self, company):
        """The company's first sales journal."""
        journals = self.env["account.journal"]
        return journals.search([*journals._check_company_domain(company), ("type", "=", "sale")], limit=1)

    # The ways of credits

    @api.model
    def _open_invoice_of(self, item):
        """The posted invoice of what is credited, while it is not paid."""
        move = item.origin.move_id
        return move.filtered(lambda move: move.payment_state in ("not_paid", "partial") and move.amount_residual > 0)

    def _credit_note(self, subscription, items, moment, move):
        journal = move.journal_id or subscription.journal_id or moment.journals[subscription.company_id]
        return PlannedInvoice(subscription, journal, items, moment.today, moment.today, CREDIT_NOTE, move)

    @api.model
    def _carry(self, items, invoices):
        """Put credits on the first invoice that stays positive with them; those that fit nowhere are left."""
        left = []
        for item in items:
            fitting = next(
                (
                    invoice
                    for invoice in invoices
                    if invoice.move_type == INVOICE
                    and self._is_for(invoice, item)
                    and self._with_tax(invoice.items) + self._with_tax([item]) >= 0
                    and not invoice.is_free
                ),
                None,
            )
            if fitting:
                fitting.items.append(item)
            else:
                left.append(item)
        return left

    @api.model
    def _is_for(self, invoice, item):
        """Whether a credit may go on an invoice: what one of several payers gets back, only on an invoice of theirs."""
        payer = getattr(item, "payer", None)
        if not (payer or invoice.payer):
            return True
        return invoice.partner == (payer or self.env["recurring.billing.extras"].sold_by(item).subscription_id.partner_invoice_id)

    @api.model
    def _with_tax(self, items):
        """About what the items come to with their taxes."""
        total = Decimal(0)
        for item in items:
            line = item.line
            if not line:
                total += self.env["recurring.billing.extras"].with_tax(item)
                continue
            basis = float(line._price_of_the_day().per_period)
            factor = line.amount_total / basis if basis else 1.0
            if item.rows and isinstance(item.rows[0], UsageCharge):
                factor = line._usage_tax_factor()
            total += item.amount * Decimal(str(factor))
        return total

    def _next_invoice_on(self, subscription, heirs, left, ledgers, moment):
        """The day of the next invoice, when it is due within one period and takes the credits that are due now; else None."""
        if subscription.plan_id.credit_way != const.NEXT_INVOICE:
            return None
        coverage, latest = self.env["recurring.coverage"], boundary(moment.today, subscription.plan_id._interval(), 1)
        due_on, total = coverage.next_charge(subscription, ledgers[subscription], moment.horizon)
        for heir in heirs if not due_on else ():
            if heir.is_parked or heir.state not in const.BILLED_STATES:
                continue
            ledger = ledgers[heir] if heir in ledgers else coverage._rows_of(heir)
            due_on, total = coverage.next_charge(heir, ledger, moment.horizon)
            total += sum(item.amount for item in left)
            if due_on:
                break
        return due_on if due_on and due_on <= latest and total >= 0 else None

    @api.private
    @api.model
    def totals_by_currency(self, planned):
        """dict currency → untaxed or taxed total, in the basis of the lines' prices."""
        totals = defaultdict(Decimal)
        for invoice in planned:
            totals[invoice.subscription.currency_id] += invoice.amount
        return totals
