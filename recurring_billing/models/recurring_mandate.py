from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from ..rules import mandates
from .service_owned import refuse_service_owned


class RecurringMandate(models.Model):
    """A customer's lasting permission to debit the bank account, asked for once and used every period."""

    _name = "recurring.mandate"
    _description = "Mandate"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True, copy=False, default=lambda self: self.env._("New"))
    scheme_id = fields.Many2one("recurring.mandate.scheme", required=True, ondelete="restrict", check_company=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = fields.Many2one("res.partner", "Payer", required=True, index=True, ondelete="restrict", check_company=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    most = fields.Monetary("At Most per Debit", help="What the customer agreed to at most. 0: any amount.")
    expires_on = fields.Date("Until", help="The last day of the permission. Empty: until it is cancelled.")
    state = fields.Selection(const.MANDATE_STATES, required=True, readonly=True, default=mandates.DRAFT, copy=False, tracking=True)
    reference = fields.Char("Number at the Bank", copy=False, readonly=True, tracking=True)
    words = fields.Char("The Bank's Words", readonly=True, copy=False)
    is_unclear = fields.Boolean(
        "No Answer",
        readonly=True,
        default=False,
        copy=False,
        help="The bank was asked and did not answer: look there, then say what it is.",
    )
    subscription_ids = fields.One2many("recurring.subscription", "mandate_id", "Subscriptions")
    debit_ids = fields.One2many("recurring.mandate.debit", "mandate_id", "Debits")
    debit_count = fields.Integer(compute="_compute_debit_count")

    _reference_once = models.UniqueIndex(
        "(scheme_id, reference) WHERE reference IS NOT NULL", "Another mandate has this number at the bank already."
    )
    _most_valid = models.Constraint("CHECK(most >= 0)", "The most per debit cannot be negative.")

    def _compute_debit_count(self):
        counts = dict(self.env["recurring.mandate.debit"]._read_group([("mandate_id", "in", self.ids)], ["mandate_id"], ["__count"]))
        for mandate in self:
            mandate.debit_count = counts.get(mandate, 0)

    @api.model
    def _kept(self):
        return {"state", "reference", "words", "is_unclear"}

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, self._kept(), vals_list)
        for vals in vals_list:
            if vals.get("name", self.env._("New")) == self.env._("New"):
                # sudo: who makes a mandate need not read sequences
                vals["name"] = self.env["ir.sequence"].sudo().next_by_code("recurring.mandate") or self.env._("New")
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, self._kept(), [vals])
        fixed = {"scheme_id", "company_id", "partner_id", "most", "expires_on"} & vals.keys()
        if fixed and any(mandate.state != mandates.DRAFT for mandate in self) and not self.env.su:
            raise UserError(self.env._("What the customer agreed to stays as it is. Cancel this mandate and make another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(mandate.state != mandates.DRAFT for mandate in self):
            raise UserError(self.env._("Only drafts are deleted. Cancel the mandate instead: what was debited by it stays known."))

    def action_request(self):
        """Ask the customer's bank."""
        self.env["recurring.mandate.agreement"].request(self)
        return True

    def action_agreed(self):
        """A person saw that the customer agreed."""
        self.env["recurring.mandate.agreement"].become(self, mandates.ACTIVE)
        return True

    def action_suspend(self):
        self.env["recurring.mandate.agreement"].become(self, mandates.SUSPENDED)
        return True

    def action_resume(self):
        self.env["recurring.mandate.agreement"].become(self, mandates.ACTIVE)
        return True

    def action_cancel(self):
        """End it, here and at the bank."""
        self.env["recurring.mandate.agreement"].cancel(self)
        return True

    def action_open_debits(self):
        action = self.env["ir.actions.actions"]._for_xml_id("recurring_billing.action_recurring_mandate_debit")
        return dict(action, domain=[("mandate_id", "in", self.ids)], context={})

    def _recurring_learn(self, state, *, reference=None, words=""):
        """For banks: what became of the mandate. What ended stays ended, and news that come twice change nothing."""
        return self.env["recurring.mandate.agreement"].learn(self, state, reference=reference, words=words)
