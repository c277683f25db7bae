from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date, split_every

from .. import const
from .billing_plan import CREDIT_NOTE

BATCH_SIZE = 300


class RecurringBillingPreview(models.AbstractModel):
    """What will be billed up to a day, line by line, with what to know before: by the rules of billing itself, without writing anything."""

    _name = "recurring.billing.preview"
    _description = "Billing Preview"

    @api.private
    @api.model
    def lines(self, subscriptions, horizon):
        """The values of a preview line for each line of each invoice of the runs up to the horizon.

        What would be parked is among them: with its lines where they can be planned, else as one line without money.

        :return: list of dicts of ``recurring.preview.line``, for as many subscriptions at a time as a run takes
        """
        found = []
        due = subscriptions.filtered_domain(self.env["recurring.invoice.generation"]._due_domain(horizon))
        for ids in split_every(BATCH_SIZE, due.ids):
            batch = due.browse(ids)
            expected, problems = self.env["recurring.billing.outlook"].expected(batch, horizon)
            found += self._lines_of_batch(batch, expected, problems)
        return found

    def _lines_of_batch(self, subscriptions, expected, problems):
        drafts = self._drafts_waiting(subscriptions)
        issues = self._open_issues(subscriptions)
        locks = {}
        by_subscription = defaultdict(list)
        for invoice in expected:
            by_subscription[invoice.subscription.id].append(invoice)
        by_id = {subscription.id: problem for subscription, problem in problems.items()}
        found = []
        for subscription in subscriptions:
            shared = {
                **self._prepare_shared(subscription),
                **self._prepare_warnings(subscription, by_id.get(subscription.id), issues, drafts),
            }
            invoices = by_subscription[subscription.id]
            for n, invoice in enumerate(invoices, 1):
                locked = self._locked_until(invoice, locks)
                found += [{**shared, **self._prepare_line(invoice, line, n, locked)} for line in invoice.lines]
            if not invoices and (shared["has_problem"] or shared["is_catch_up"] or shared["is_parked"]):
                found.append({**shared, "kind": const.PREVIEW_NOTHING})
        for values in found:
            self._sum_up(values)
        return found

    def _prepare_shared(self, subscription):
        return {
            "subscription_id": subscription.id,
            "partner_id": subscription.partner_invoice_id.id,
            "plan_id": subscription.plan_id.id,
            "company_id": subscription.company_id.id,
            "currency_id": subscription.currency_id.id,
            "user_id": subscription.user_id.id,
        }

    def _prepare_warnings(self, subscription, problem, issues, drafts):
        issue = issues.get(subscription.id)
        draft = drafts.get(subscription.id)
        catch_up = bool(problem) and problem.kind == const.ISSUE_CATCH_UP
        words = []
        if issue:
            words.append(self.env._("Parked: %s", issue.name))
        elif problem:
            words.append(problem.name)
        if draft:
            words.append(self.env._("A draft invoice of %s waits for review", format_date(self.env, draft.invoice_date or draft.date)))
        return {
            "is_parked": bool(issue),
            "is_catch_up": catch_up,
            "has_problem": bool(problem) and not catch_up,
            "has_draft": bool(draft),
            "remark": "\n".join(words),
        }

    def _prepare_line(self, invoice, line, number, locked):
        planned, extras = invoice.planned, self.env["recurring.billing.extras"]
        start, last_day = extras.days_of(line.item, invoice.run_day)
        return {
            "kind": const.PREVIEW_CREDIT if planned.move_type == CREDIT_NOTE else const.PREVIEW_INVOICE,
            "number": number,
            "partner_id": planned.partner.id,
            "product_id": extras.product_of(line.item).id,
            "name": line.text,
            "start": start,
            "last_day": last_day,
            "due_on": planned.due_on,
            "bill_on": min((row.bill_on for row in line.item.rows), default=invoice.run_day),
            "run_date": invoice.run_day,
            "invoice_date": planned.invoice_date,
            "due_date": invoice.due_date,
            "amount": line.amount,
            "amount_untaxed": line.untaxed,
            "amount_total": line.total,
            "locked_until": locked,
        }

    def _sum_up(self, values):
        """The gravest warning, for grouping; and the lock date in words."""
        locked_until = values.pop("locked_until", False)
        values["is_locked"] = bool(locked_until)
        if locked_until:
            words = self.env._("Locked until %s: the accounting date moves after it", format_date(self.env, locked_until))
            values["remark"] = "\n".join(filter(None, [values["remark"], words]))
        order = (
            (const.PREVIEW_PARKED, "is_parked"),
            (const.PREVIEW_PROBLEM, "has_problem"),
            (const.PREVIEW_CATCH_UP, "is_catch_up"),
            (const.PREVIEW_LOCKED, "is_locked"),
            (const.PREVIEW_DRAFT, "has_draft"),
        )
        values["attention"] = next((attention for attention, name in order if values[name]), False)

    def _drafts_waiting(self, subscriptions):
        """By subscription id, its oldest draft invoice."""
        # sudo: whether a draft waits counts, whoever may read invoices
        lines = self.env["account.move.line"].sudo()
        domain = Domain([("recurring_subscription_id", "in", subscriptions.ids), ("parent_state", "=", "draft")])
        groups = lines._read_group(domain, ["recurring_subscription_id"], ["move_id:recordset"])
        return {subscription.id: moves.sorted("id")[:1] for subscription, moves in groups}

    def _open_issues(self, subscriptions):
        """By subscription id, the issue it is parked with."""
        parked = subscriptions.filtered("is_parked")
        # sudo: the reason is part of the preview of a subscription that the user may read
        issues = self.env["recurring.billing.issue"].sudo()
        found = issues.search([("subscription_id", "in", parked.ids), ("state", "=", const.ISSUE_OPEN)]) if parked else issues
        return {issue.subscription_id.id: issue for issue in found}

    def _locked_until(self, invoice, locks):
        """The last locked day, where the accounting date of the invoice will be moved past a lock date."""
        planned = invoice.planned
        taxed = any(self.env["recurring.billing.extras"].sold_by(line.item).tax_ids for line in invoice.lines)
        key = (planned.journal, planned.invoice_date, taxed)
        if key not in locks:
            found = planned.journal.company_id._get_violated_lock_dates(planned.invoice_date, taxed, planned.journal)
            locks[key] = found[-1][0] if found else False
        return locks[key]
