import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..const import dunning as const
from ..services.payment_code import Wanted


class RecurringAgreement(models.Model):
    """A renegotiated debt: when which part of it is to be paid. Revenue and taxes stay as they were, nothing counts as paid before."""

    _name = "recurring.agreement"
    _description = "Payment Agreement"
    _inherit = ["recurring.service.written", "portal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    _written_by_people = frozenset({"activity_ids", "message_ids", "message_follower_ids", "message_main_attachment_id", "access_token"})

    name = fields.Char(required=True, readonly=True, default="/")
    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    day = fields.Date("Agreed On", readonly=True)
    user_id = fields.Many2one("res.users", "Agreed By", readonly=True)
    note = fields.Text("Also Agreed", readonly=True)
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    part_ids = fields.One2many("recurring.agreement.part", "agreement_id", "Parts", readonly=True)
    instalment_ids = fields.One2many("recurring.agreement.instalment", "agreement_id", "Instalments", readonly=True)
    entry_id = fields.Many2one("account.move", "Journal Entry", readonly=True, help="The entry that carries what an invoice could not.")
    fees_to_date = fields.Monetary("Late Fees That Day", readonly=True)
    fees_agreed = fields.Monetary("Late Fees Agreed", readonly=True)
    fees_waived = fields.Monetary("Discount of Fees", compute="_compute_amounts")
    amount = fields.Monetary("Total", compute="_compute_amounts")
    left = fields.Monetary("Still to Pay", compute="_compute_amounts")
    next_date = fields.Date("Next Instalment", compute="_compute_amounts")
    instalment_count = fields.Integer("Number of Instalments", compute="_compute_amounts")
    state = fields.Selection(const.AGREEMENT_STATES, required=True, readonly=True, default=const.DRAFT, index=True, tracking=True)
    kept_on = fields.Date(readonly=True)
    broken_on = fields.Date(readonly=True, help="The day its debts begin again: their reminders start anew.")

    @api.depends("instalment_ids.amount", "part_ids.line_id.amount_residual_currency", "fees_to_date", "fees_agreed")
    def _compute_amounts(self):
        for agreement in self:
            agreement.fees_waived = agreement.fees_to_date - agreement.fees_agreed
            agreement.amount = sum(agreement.instalment_ids.mapped("amount"))
            agreement.left = sum(agreement.instalment_ids.mapped("left"))
            agreement.next_date = agreement.instalment_ids.filtered(lambda each: not each.is_paid).sorted("date")[:1].date
            agreement.instalment_count = len(agreement.instalment_ids)

    def _compute_access_url(self):
        res = super()._compute_access_url()
        for agreement in self:
            agreement.access_url = f"/my/agreements/{agreement.id}"
        return res

    def _in_words(self):
        """The agreement in a sentence, for the invoice."""
        self.ensure_one()
        return self.env._(
            "Renegotiated in %(agreement)s: %(amount)s in %(count)s instalments, the last on %(day)s.",
            agreement=self.name,
            amount=format_amount(self.env, self.amount, self.currency_id),
            count=len(self.instalment_ids),
            day=format_date(self.env, max(self.instalment_ids.mapped("date"))),
        )

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Agreement %s", self.name)

    def _payment_code(self):
        """A payment code for what is due now, of the account that slips use; {} where there is none."""
        self.ensure_one()
        amount = self._amount_due_now()
        if not amount:
            return {}
        wanted = Wanted(
            amount=amount,
            currency=self.currency_id,
            payer=self.partner_id,
            txid=re.sub("[^A-Za-z0-9]", "", self.name),
            communication=self.name,
        )
        account = self.env["recurring.booklet"].default_bank_account(self.company_id, self.currency_id)
        return self.env["recurring.payment.code"].build(account, wanted)

    def _words(self):
        """The agreement as the customer reads it, see the template ``agreement_words``."""
        self.ensure_one()

        def money(amount):
            return format_amount(self.env, amount, self.currency_id)

        standings = dict(self.env["recurring.agreement.instalment"]._fields["standing"]._description_selection(self.env))
        debts = {}
        # sudo: who reads the agreement may read what it is about
        for part in self.sudo().part_ids:
            name, amount = debts.get(part.source_line_id, (format_date(self.env, part.date_before), 0.0))
            debts[part.source_line_id] = (name, amount + part.amount)
        return {
            "debts": [(line._recurring_debt_name(), day, money(amount)) for line, (day, amount) in debts.items()],
            "fees": money(self.fees_agreed) if self.fees_agreed else "",
            "waived": money(self.fees_waived) if self.currency_id.compare_amounts(self.fees_waived, 0.0) > 0 else "",
            "total": money(self.amount),
            "instalments": [
                (each.number, format_date(self.env, each.date), money(each.amount), standings.get(each.standing, ""))
                for each in self.instalment_ids
            ],
            "note": self.note or "",
        }

    def _due_instalments(self):
        """What is to be paid now: the instalments that are due, else the next one; not those for which money is there already."""
        self.ensure_one()
        today = self.company_id._recurring_today()
        open_ones = self.instalment_ids.filtered(lambda each: not each.is_paid).sorted("date") - self._covered_instalments()
        return open_ones.filtered(lambda each: each.date <= today) or open_ones[:1]

    def _covered(self):
        """Date of each instalment, and whether it is paid, or money that nobody allocated yet is there for it."""
        self.ensure_one()
        covered = self._covered_instalments()
        return [(each.date, each.is_paid or each in covered) for each in self.instalment_ids.sorted("date")]

    def _covered_instalments(self):
        """Those that are open, and for which money is there that nobody allocated yet."""
        counted = self.env["recurring.money.on.account"].counted(self.case_id)
        return self.instalment_ids.filtered(
            lambda each: not each.is_paid and self.currency_id.compare_amounts(float(counted.get(each, 0)), each.left) >= 0
        )

    def _amount_due_now(self):
        """What settles the instalments that are to be paid now, with the fees of the day."""
        self.ensure_one()
        return self.currency_id.round(sum(self._due_instalments().mapped("left"))) if self.state == const.RUNNING else 0.0

    def _invoices_to_pay(self):
        """The invoices an online payment of the instalments due now is for; none where an entry carries some of the debt.

        Odoo would give money of such a payment to the invoices first, whatever is due earlier.
        """
        self.ensure_one()
        if self.entry_id:
            return self.env["account.move"]
        moves = self._due_instalments().part_ids.line_id.move_id
        return moves.filtered(lambda move: move.is_invoice(include_receipts=True))

    def _recurring_under_way(self):
        """Online payments that were begun and are not booked yet: paying again would be paying twice."""
        self.ensure_one()
        # sudo: only whether there are any
        payments = self.env["payment.transaction"].sudo()
        mine = Domain("recurring_agreement_id", "=", self.id) | Domain("invoice_ids", "in", self.part_ids.line_id.move_id.ids)
        waiting = Domain("state", "in", ("pending", "authorized")) | Domain("state", "=", "done") & Domain("is_post_processed", "=", False)
        return payments.search(mine & waiting)._recurring_expected()

    def action_undo(self):
        """It was a mistake, or the customer changed his mind: the debts are as they were."""
        for agreement in self:
            self.env["recurring.agreement.signing"].undo(agreement)
        return True

    def action_break(self):
        """A person says that it is not kept, before the days of patience are over."""
        for agreement in self:
            agreement.case_id._check_may_collect()
            # sudo: agreements are written by services; who may work on the case was checked
            self.env["recurring.agreement.signing"].sudo().end_broken(agreement.sudo())
        return True

    def action_print(self):
        self.ensure_one()
        return self.env.ref("recurring_billing.action_report_recurring_agreement").report_action(self)

    def action_send(self):
        """Write to the customer, with the agreement as a PDF."""
        self.ensure_one()
        self.case_id._check_may_collect()
        template = self.env.ref("recurring_billing.mail_template_recurring_agreement", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send the Agreement"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id if template else False,
                "default_composition_mode": "comment",
                "force_email": True,
            },
        }

    def action_open_debts(self):
        return self.line_ids.move_id._get_records_action(name=self.env._("Renegotiated Debts"))

    def action_preview_page(self):
        """What the customer sees."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.get_portal_url(), "target": "self"}
