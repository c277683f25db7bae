from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from ..const import dunning as const
from ..rules import dunning
from ..rules.dunning_steps import Entry

SHOWN_DOCUMENTS = 3


class RecurringDunningPreview(models.TransientModel):
    """Who gets what on a day, and why, and why not: looked at before collections are switched on, and on any day after.

    Nothing is written but these rows.
    """

    _name = "recurring.dunning.preview"
    _description = "Who Gets What"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_on = fields.Boolean(compute="_compute_is_on")
    since = fields.Date(compute="_compute_is_on")
    may_switch = fields.Boolean(compute="_compute_is_on")
    day = fields.Date(required=True, default=lambda self: self.env.company._recurring_today() + timedelta(days=1))
    policy_id = fields.Many2one(
        "recurring.dunning.policy",
        "Usual Policy",
        domain="[('company_id', 'in', (False, company_id))]",
        default=lambda self: self._default_policy(),
    )
    enter_step_id = fields.Many2one(
        "recurring.dunning.step",
        "Older Debts Begin At",
        domain="[('policy_id', '=', policy_id), ('offset_days', '>', 0)]",
        help="Debts due before the first day. Empty: they are left to people, and no message is ever sent for them by itself.",
    )
    shown_for = fields.Json(help="For which choices the rows below were made.")
    is_shown = fields.Boolean(compute="_compute_is_shown")
    summary = fields.Char(readonly=True)
    left_words = fields.Char(readonly=True)
    bank_words = fields.Text("Newest Bank Entries", readonly=True)
    contact_ids = fields.One2many("recurring.dunning.preview.line", "wizard_id", domain=[("is_contact", "=", True)], readonly=True)
    quiet_ids = fields.One2many("recurring.dunning.preview.line", "wizard_id", domain=[("is_contact", "=", False)], readonly=True)

    @api.model
    def _default_policy(self):
        policies = self.env["recurring.dunning.policy"]
        found = policies.search([("company_id", "in", (False, self.env.company.id))])
        return self.env.company.recurring_dunning_policy_id or found.filtered(lambda policy: not policy._is_special())[:1]

    @api.depends("company_id")
    def _compute_is_on(self):
        for wizard in self:
            wizard.is_on = wizard.company_id.recurring_dunning
            wizard.since = wizard.company_id.recurring_dunning_from
            wizard.may_switch = self.env.user.has_group("recurring_billing.group_manager")

    @api.depends("day", "policy_id", "enter_step_id", "shown_for")
    def _compute_is_shown(self):
        for wizard in self:
            wizard.is_shown = wizard.shown_for == wizard._choices()

    def _choices(self):
        return {"day": fields.Date.to_string(self.day), "policy": self.policy_id.id, "enter": self.enter_step_id.id}

    @api.depends("day")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._("Who gets what on %s", format_date(self.env, wizard.day)) if wizard.day else False

    # Buttons

    @api.model
    def action_open(self):
        """Show tomorrow; where collections are off, what they would do if that were their first day."""
        wizard = self.create({})
        wizard._check_may_look()
        if wizard.is_on or wizard.policy_id:
            wizard._show()
        return wizard._reopened()

    def action_show(self):
        """Show the chosen day."""
        self.ensure_one()
        self._check_may_look()
        self._show()
        return self._reopened()

    def action_today(self):
        """Show today."""
        self.day = self.company_id._recurring_today()
        return self.action_show()

    def action_tomorrow(self):
        """Show tomorrow."""
        self.day = self.company_id._recurring_today() + timedelta(days=1)
        return self.action_show()

    def action_list(self):
        """All rows in one list that can be searched and grouped."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_dunning_preview_line")
        return dict(action, domain=[("wizard_id", "=", self.id)], display_name=self.display_name)

    def action_switch_on(self):
        """From the chosen day on customers are reminded as shown."""
        self.ensure_one()
        self._check_manager()
        if not self.policy_id:
            raise UserError(self.env._("Choose the usual policy: who has no other one is reminded as it says."))
        if self.day < self.company_id._recurring_today():
            raise UserError(self.env._("Choose today or a later day: nothing is sent for days that are over."))
        if not self.is_shown:
            raise UserError(self.env._("Look at who gets what first: press Show. Nothing is sent before somebody has seen it."))
        # sudo: managers of recurring billing may decide this, without being administrators of companies
        self.company_id.sudo().write(
            {
                "recurring_dunning": True,
                "recurring_dunning_from": self.day,
                "recurring_dunning_policy_id": self.policy_id.id,
                "recurring_dunning_enter_step_id": self.enter_step_id.id,
            }
        )
        # sudo: who switches it on need not be allowed to start scheduled actions
        self.env.ref("recurring_billing.cron_dunning").sudo()._trigger()
        return self._reopened()

    def action_switch_off(self):
        """Nobody is reminded by itself any more; what waits to leave waits."""
        self.ensure_one()
        self._check_manager()
        # sudo: see ``action_switch_on``
        self.company_id.sudo().recurring_dunning = False
        return self._reopened()

    def action_run(self):
        """Do now what is due today."""
        self.ensure_one()
        self._check_manager()
        self.env["recurring.dunning.run"].run_now(self.company_id)
        return self.action_today()

    def _reopened(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Gets What"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "main",
        }

    def _check_may_look(self):
        groups = ("group_collections", "group_manager", "group_auditor")
        user = self.env.user
        if not any(user.has_group(f"recurring_billing.{group}") for group in groups) and not user.has_group(
            "account.group_account_invoice"
        ):
            raise AccessError(self.env._("Only Collections, Invoicing and managers see who gets what."))
        self._check_company()

    def _check_manager(self):
        if not self.env.user.has_group("recurring_billing.group_manager"):
            raise AccessError(self.env._("Only managers of Recurring Billing switch collections on or off, or start them."))
        self._check_company()

    def _check_company(self):
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("This is not one of your companies."))

    # Rows

    def _show(self):
        """Make the rows of the chosen day and choices."""
        if not self.policy_id and not self.is_on:
            raise UserError(self.env._("Choose the usual policy first."))
        imagined = None if self.is_on else (self.policy_id, Entry(self.day, self.enter_step_id.offset_days if self.enter_step_id else None))
        plans = self.env["recurring.dunning.run"].plans(self.company_id, self.day, imagined=imagined)
        owing = [plan for plan in plans if self._is_told(plan)]
        (self.contact_ids | self.quiet_ids).unlink()
        self.env["recurring.dunning.preview.line"].create(list(self._lines(owing)))
        contacts = [plan for plan in plans if isinstance(plan.decision, dunning.Contact)]
        self.write(
            {
                "shown_for": self._choices(),
                "summary": self._summary(contacts, len(owing)),
                "left_words": self._left_words(plans),
                "bank_words": "\n".join(self._banks()) or False,
            }
        )

    def _is_told(self, plan):
        """Whoever is spoken to, and whoever owes something late or waits for a reason; not who only has invoices to come."""
        if isinstance(plan.decision, dunning.Contact) or plan.decision.why != dunning.NOTHING_REACHED:
            return True
        return any(item.amount > 0 and item.due < self.day for item in plan.customer.items)

    def _lines(self, plans):
        silence = self.env["recurring.dunning.silence"]
        # sudo: whoever may look sees what is owed by whom, without reading every journal item
        lines = self.env["account.move.line"].sudo().browse({item.key for plan in plans for item in plan.customer.items})
        names = {line.id: line.move_id.name for line in lines}
        for plan in plans:
            found = plan.decision
            is_contact = isinstance(found, dunning.Contact)
            step = found.step if is_contact else found.postponed
            owed = [item for item in plan.customer.items if item.amount > 0]
            items = found.items or owed
            oldest = min((item.due for item in items or plan.customer.items), default=None)
            yield {
                "wizard_id": self.id,
                "is_contact": is_contact,
                "partner_id": plan.partner_id,
                "policy_id": plan.policy.id,
                "step_id": step.id if step else False,
                "channel": step.channel if step else False,
                "amount": float(sum(item.amount for item in items)),
                "oldest_due": oldest,
                "days_late": max((self.day - oldest).days, 0) if oldest else 0,
                "documents": self._documents([names[item.key] for item in items]),
                "why": silence.reached(step.name, found.reached[0].item.due, self.day) if is_contact else silence.decision(found),
            }

    def _documents(self, names):
        names = list(dict.fromkeys(name for name in names if name))
        shown = ", ".join(names[:SHOWN_DOCUMENTS])
        return (
            self.env._("%(names)s and %(count)s more", names=shown, count=len(names) - SHOWN_DOCUMENTS)
            if len(names) > SHOWN_DOCUMENTS
            else shown
        )

    def _summary(self, contacts, count):
        if not contacts:
            return self.env._("Nobody gets anything on %(day)s.", day=format_date(self.env, self.day))
        amount = format_amount(self.env, float(sum(plan.decision.amount for plan in contacts)), self.currency_id)
        labels = dict(self.env["recurring.dunning.step"]._fields["channel"]._description_selection(self.env))
        ways = {}
        for plan in contacts:
            ways[plan.decision.step.channel] = ways.get(plan.decision.step.channel, 0) + 1
        return self.env._(
            "On %(day)s %(count)s of %(all)s customers are contacted about %(amount)s: %(ways)s.",
            day=format_date(self.env, self.day),
            count=len(contacts),
            all=count,
            amount=amount,
            ways=", ".join(f"{number} × {labels[way]}" for way, number in ways.items()),
        )

    def _left_words(self, plans):
        """What the list cannot show: debts of nobody, and debts that are left to people."""
        words = []
        left = [plan for plan in plans if isinstance(plan.decision, dunning.Silence) and plan.decision.why == dunning.LEFT_TO_PEOPLE]
        if left:
            words.append(self.env._("%s customers owe only what is older than the first day: it is left to people.", len(left)))
        nobodys = self.env["recurring.dunning.facts"].sudo().nobodys(self.company_id)  # sudo: see ``_lines``
        if nobodys:
            words.append(self.env._("%s open items have no customer: nobody can be asked for them.", nobodys))
        return " ".join(words) or False

    def _banks(self):
        """The newest entry of each bank journal, in words: do we know of payments?"""
        return self.env["recurring.dunning.bank"].in_words(self.company_id, self.company_id._recurring_today())


class RecurringDunningPreviewLine(models.TransientModel):
    """One customer on one day: what is done, or why nothing is."""

    _name = "recurring.dunning.preview.line"
    _description = "Customer on a Day"
    _order = "is_contact desc, amount desc, id"
    _rec_name = "partner_id"

    wizard_id = fields.Many2one("recurring.dunning.preview", required=True, ondelete="cascade", index=True)
    is_contact = fields.Boolean("Is Contacted")
    partner_id = fields.Many2one("res.partner", "Customer")
    company_id = fields.Many2one(related="wizard_id.company_id")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    policy_id = fields.Many2one("recurring.dunning.policy")
    step_id = fields.Many2one("recurring.dunning.step")
    channel = fields.Selection(const.STEP_CHANNELS, "How")
    amount = fields.Monetary("Owed")
    oldest_due = fields.Date("Due Date")
    days_late = fields.Integer(aggregator="max")
    documents = fields.Char("About")
    why = fields.Char()

    def action_open_case(self):
        """The customer's case, else the customer."""
        self.ensure_one()
        domain = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id), ("state", "=", const.CASE_OPEN)]
        record = self.env["recurring.dunning.case"].search(domain, limit=1) or self.partner_id
        return {"type": "ir.actions.act_window", "res_model": record._name, "res_id": record.id, "views": [(False, "form")]}
