from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import dunning as const
from ..rules import dunning, dunning_steps
from ..rules.money import to_decimal

DAY_HOURS = 24


class RecurringDunningPolicy(models.Model):
    """When a customer who owes is spoken to, how, and what follows. RULES "Dunning"."""

    _name = "recurring.dunning.policy"
    _description = "Collection Policy"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    step_ids = fields.One2many("recurring.dunning.step", "policy_id", "Steps", copy=True)
    customer_type = fields.Selection(const.CUSTOMER_TYPES, "Customers", required=True, default=const.EVERYBODY)
    category_ids = fields.Many2many("res.partner.category", string="With Tags", help="Empty: with any tag or none.")
    segment = fields.Selection(const.STEP_RISKS, "Risk", required=True, default=const.ANY_RISK)
    hour_from = fields.Float("From", default=8.0, help="Nothing is sent earlier, in the company's time zone.")
    hour_to = fields.Float("Until", default=20.0, help="Nothing is sent later, in the company's time zone.")
    business_days_only = fields.Boolean(default=True)
    min_interval_days = fields.Integer("Days Between Contacts", default=1, help="A customer is not written to again earlier.")
    min_amount = fields.Float("From an Amount of", default=0.0, help="Smaller debts wait, in the company's currency.")
    bank_wait_days = fields.Integer(
        "Wait for the Bank", default=0, help="Nothing is sent while the newest bank entry is older than so many days. 0: does not wait."
    )
    approve = fields.Boolean("A Person Approves", default=False, help="Messages wait until somebody approves them.")
    reply_pause_days = fields.Integer("Pause After a Reply", default=3, help="Days without further messages after the customer wrote.")

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for policy in self:
            if not 0 <= policy.hour_from < policy.hour_to <= DAY_HOURS:
                raise ValidationError(self.env._("Messages are sent between two hours of a day: choose an earlier first hour."))

    @api.constrains("min_interval_days", "min_amount", "bank_wait_days", "reply_pause_days")
    def _check_numbers(self):
        for policy in self:
            if min(policy.min_interval_days, policy.min_amount, policy.bank_wait_days, policy.reply_pause_days) < 0:
                raise ValidationError(self.env._("Days and amounts of a collection policy cannot be less than 0."))

    def copy(self, default=None):
        """The steps of the copy need each other, not those of the first one."""
        copies = super().copy(default)
        for policy, copied in zip(self, copies, strict=True):
            steps = policy.step_ids.sorted("id")
            if len(steps) == len(copied.step_ids):
                twins = dict(zip(steps, copied.step_ids.sorted("id"), strict=True))
                for step in steps.filtered("requires_step_id"):
                    twins[step].requires_step_id = twins.get(step.requires_step_id)
        return copies

    @api.model
    def _for(self, partners, company=None, risks=None, usual=None):
        """The policy of customers: their own, else the first that is made for such as them, else the company's.

        :param risks: dict id of a customer → risk, where it is known. ``usual``: another usual policy than the company's.
        :return: dict partner → policy, empty where there is none
        """
        company = company or self.env.company
        # sudo: the policy of a customer counts, whoever asks
        partners, risks = partners.sudo().with_company(company), risks or {}
        offered = self.sudo().search([("company_id", "in", (False, company.id))])
        special = offered.filtered(lambda policy: policy._is_special())
        default = usual or company.sudo().recurring_dunning_policy_id
        usual = default if default.active else (offered - special)[:1]
        found = {}
        for partner in partners:
            own = partner.recurring_dunning_policy_id
            about = self._about(partner, risks.get(partner.id))
            made_for = next((policy for policy in special if policy._is_for(about)), usual)
            found[partner] = own if own.active and own.company_id in (company, company.browse()) else made_for
        return found

    @api.model
    def _about(self, partner, risk=None):
        return dunning_steps.About(segment=risk or const.GOOD, tags=frozenset(partner.category_id.ids), is_company=partner.is_company)

    def _is_special(self):
        self.ensure_one()
        return self.customer_type != const.EVERYBODY or self.segment != const.ANY_RISK or bool(self.category_ids)

    def _is_for(self, about):
        self.ensure_one()
        return dunning_steps.applies(
            dunning_steps.Step(
                None,
                0,
                segment=None if self.segment == const.ANY_RISK else self.segment,
                tags=frozenset(self.category_ids.ids),
                who=self.customer_type,
            ),
            about,
        )

    def _terms(self, company, entry=None):
        """The policy as the rules know it, in a company.

        :param entry: how older debts would enter, where that is only imagined; by default as the company has it.
        """
        self.ensure_one()
        # sudo: the policy counts, whoever asks
        mine = self.sudo()
        holidays = self.env["recurring.invoice.preparation"]._holidays(company, {}) if mine.business_days_only else ()
        return dunning.Terms(
            steps=tuple(step._rule() for step in mine.step_ids),
            min_interval=max(1, mine.min_interval_days),
            min_amount=to_decimal(mine.min_amount),
            reply_pause=mine.reply_pause_days,
            calendar=dunning_steps.Calendar(mine.business_days_only, frozenset(holidays)),
            entry=entry or self._entry(company.sudo().recurring_dunning_from, company.sudo().recurring_dunning_enter_step_id),
        )

    @api.model
    def _entry(self, since, enter):
        """How debts from before the first day of collections enter; None where there is no such day."""
        return dunning_steps.Entry(since, enter.offset_days if enter else None) if since else None
