from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import SETTLED, SLIP_PAID
from ..const import dunning as const


class RecurringDunningCase(models.Model):
    """What is arranged with a customer who owes: promises, agreements, disputes, holds, write-offs."""

    _inherit = "recurring.dunning.case"

    promise_ids = fields.One2many("recurring.promise", "case_id", "Promises", readonly=True)
    agreement_ids = fields.One2many("recurring.agreement", "case_id", "Agreements", readonly=True)
    dispute_ids = fields.One2many("recurring.dispute", "case_id", "Disputes", readonly=True)
    write_off_ids = fields.One2many("recurring.write.off", "case_id", "Write-Offs", readonly=True)
    arrangement_words = fields.Char("Arranged", compute="_compute_arrangement_words", help="What holds back reminders now.")

    @api.depends("promise_ids.state", "agreement_ids.state", "dispute_ids.state", "hold_until")
    @api.depends_context("lang", "recurring_today")
    def _compute_arrangement_words(self):
        for case in self:
            words = [
                self.env._("Promised: %s", promise.display_name)
                for promise in case.promise_ids.filtered(lambda promise: promise.state == const.OPEN)
            ]
            words += [
                self.env._("Agreement %s", agreement.display_name)
                for agreement in case.agreement_ids.filtered(lambda agreement: agreement.state == const.RUNNING)
            ]
            words += [
                self.env._("Disputed: %s", dispute.reason)
                for dispute in case.dispute_ids.filtered(lambda dispute: dispute.state == const.OPEN)
            ]
            if case._is_on_hold():
                words.append(self.env._("On hold until %s", format_date(self.env, case.hold_until)))
            case.arrangement_words = " · ".join(words)

    def _is_on_hold(self):
        self.ensure_one()
        return bool(self.hold_until and self.hold_until >= self.company_id._recurring_today())

    # What people press

    def action_promise(self):
        return self._arrange("recurring_billing.action_recurring_promise_make")

    def action_agreement(self):
        return self._arrange("recurring_billing.action_recurring_agreement_make")

    def action_dispute(self):
        return self._arrange("recurring_billing.action_recurring_dispute_open")

    def action_hold(self):
        return self._arrange("recurring_billing.action_recurring_case_hold")

    def action_write_off(self):
        return self._arrange("recurring_billing.action_recurring_write_off_make")

    def action_end_hold(self):
        """Reminders go on as the policy says."""
        for case in self:
            case._hold(False, "")
        return True

    def _arrange(self, action):
        self.ensure_one()
        self._check_may_collect()
        return {**self.env["ir.actions.actions"]._for_xml_id(action), "context": {"default_case_id": self.id}}

    # For services

    def _check_may_collect(self):
        """Whether the user works on collection cases at all, and on these.

        :raises AccessError: else
        """
        if self.env.su:
            return
        user = self.env.user
        if not (user.has_group("recurring_billing.group_collections") or user.has_group("account.group_account_invoice")):
            raise AccessError(self.env._("Arranging something with a customer who owes is for the groups Collections and Billing."))
        self.check_access("write")

    def _open_items(self):
        """The open receivable items of the customer, the oldest first."""
        lines = self.env["account.move.line"].search(self._open_domain() & Domain("amount_residual", ">", 0))
        return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))

    def _open_credit(self):
        """What the customer has open against the debts: credit notes, payments on account."""
        lines = self.env["account.move.line"].search(self._open_domain() & Domain("amount_residual", "<", 0))
        return -sum(lines.mapped("amount_residual"))

    def _money_on_account(self, since):
        """The journal items of money that came on a day or later and is for nothing in particular yet; not of slips paid ahead."""
        lines = self.env["account.move.line"].search(self._open_domain() & Domain("amount_residual", "<", 0) & Domain("date", ">=", since))
        # sudo: what money is for counts, whoever may see slips
        slips = lines.sudo().move_id.origin_payment_id.recurring_slip_id.filtered(lambda slip: slip.state == SLIP_PAID)
        ahead = slips.payment_ids.move_id.line_ids
        return (lines - ahead).filtered(lambda line: line._recurring_is_money())

    def _open_domain(self):
        """Open receivable items. What Odoo calls paid, or in payment, is none, whatever it keeps on the item until the bank's entry."""
        self.ensure_one()
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("move_id.payment_state", "not in", SETTLED),
            ]
        )

    def _late_items(self):
        """Those of them that are late; all where none is."""
        today = self.company_id._recurring_today()
        items = self._open_items()
        return items.filtered(lambda line: (line.date_maturity or line.date) < today) or items

    def _owed(self, lines, day):
        """What settles debts on a day, late fees included, in the company's currency."""
        company = self.company_id
        total = 0.0
        for line, item in self.env["recurring.amount.due"].of_lines(lines, day).items():
            total += line.currency_id._convert(float(item.to_pay), company.currency_id, company, company._recurring_today())
        return company.currency_id.round(total)

    def _hold(self, until, reason):
        """Let reminders wait until a day (inclusive), or no longer."""
        self.ensure_one()
        self._check_may_collect()
        # sudo: kept by services; who may work on the case was checked
        self.sudo().write({"hold_until": until, "hold_reason": reason})
        if until:
            self._arrangement_made(self.env._("Reminders wait until %(day)s: %(reason)s", day=until, reason=reason))
        else:
            self._arrangement_made(self.env._("Reminders go on."))

    def _arrangement_made(self, words):
        """Something was arranged, or ended: it is told in the case, and what is shown of the case follows."""
        for case in self:
            # sudo: what happens to a case is told whoever does it
            case.sudo()._message_log(body=words)
        self.sudo()._refresh()

    def _ask_owner(self, words, day):
        """A task for who owns the case, else for who is responsible for billing."""
        for case in self:
            # sudo: tasks are made whoever causes them
            owner = case.user_id or case.company_id.recurring_responsible_id
            case.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=day,
                summary=words,
                user_id=(owner or self.env.user).id,
            )

    def _refresh_holds(self):
        """Holds always end: those that are over are told, and forgotten."""
        for case in self:
            words = self.env._("The hold (%s) is over: reminders go on.", case.hold_reason or "")
            case.write({"hold_until": False, "hold_reason": False})
            case._arrangement_made(words)
            case._ask_owner(words, case.company_id._recurring_today())
