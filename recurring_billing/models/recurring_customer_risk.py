from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..const import dunning as const
from ..rules import risk as rule


class RecurringCustomerRisk(models.Model):
    """How likely a customer pays a company late, with the reasons; a person may know better."""

    _name = "recurring.customer.risk"
    _inherit = ["recurring.service.written"]
    _description = "Risk of Late Payment"
    _rec_name = "partner_id"
    _order = "segment, partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    segment = fields.Selection(const.RISKS, "Risk", compute="_compute_segment", store=True, index=True)
    found = fields.Selection(const.RISKS, "By the Rule", required=True, readonly=True, default=const.GOOD)
    factors = fields.Json(readonly=True)
    words = fields.Char("Why", compute="_compute_words")
    day = fields.Date("Since", readonly=True)
    looked_on = fields.Date(readonly=True, index=True)
    override = fields.Selection(const.RISKS, "Decided", readonly=True, help="What a person decided instead of the rule.")
    override_reason = fields.Char("Reason", readonly=True)
    override_user_id = fields.Many2one("res.users", "Decided By", readonly=True)

    _once = models.UniqueIndex("(partner_id, company_id)", "The risk of this customer is known already.")

    @api.depends("found", "override")
    def _compute_segment(self):
        for each in self:
            each.segment = each.override or each.found

    @api.depends("factors", "override", "override_reason")
    @api.depends_context("lang")
    def _compute_words(self):
        for each in self:
            each.words = each._in_words()

    def _in_words(self):
        if self.override:
            return self.env._("Decided by %(user)s: %(reason)s", user=self.override_user_id.name or "", reason=self.override_reason or "")
        return " ".join(self._factor_in_words(rule.Factor(*factor)) for factor in self.factors or ())

    def _factor_in_words(self, factor):
        number, of = factor.number, factor.of
        words = {
            rule.OPEN_LATE: lambda: self.env._("Something is %s days late.", number),
            rule.WRITTEN_OFF: lambda: self.env._("Debts written off in the last year: %s.", number),
            rule.BROKEN: lambda: self.env._("Promises or agreements not kept in the last year: %s.", number),
            rule.OFTEN_LATE: lambda: self.env._("%(number)s of the last %(of)s debts were paid late.", number=number, of=of),
            rule.ON_TIME: lambda: self.env._("%(number)s of the last %(of)s debts were paid in time.", number=number, of=of),
            rule.NO_HISTORY: lambda: self.env._("No earlier payments to judge by."),
        }
        return words[factor.code]()

    def _decide(self, segment, reason):
        """A person decides the risk, or gives it back to the rule.

        :param segment: one of ``const.RISKS``; empty: as the rule says.
        """
        self._check_may_decide()
        if segment and not (reason or "").strip():
            raise UserError(self.env._("Say why: whoever reads it later will ask."))
        for each in self:
            said = dict(const.RISKS)[segment] if segment else self.env._("as the rule says")
            each.partner_id.sudo().message_post(  # sudo: who may decide was checked; the note follows from it
                body=self.env._(
                    "Risk of late payment: %(segment)s. %(reason)s (%(day)s)",
                    segment=said,
                    reason=reason or "",
                    day=format_date(self.env, each.company_id._recurring_today()),
                )
            )
        # sudo: kept by services; who may decide was checked
        self.sudo().write(
            {"override": segment or False, "override_reason": reason or False, "override_user_id": self.env.uid if segment else False}
        )
        self.env["recurring.risk.assessment"].sudo().tell_cases(self.sudo())

    def _check_may_decide(self):
        if not self.env.su and not any(
            self.env.user.has_group(group) for group in ("recurring_billing.group_collections", "account.group_account_invoice")
        ):
            raise AccessError(self.env._("The risk of customers is decided by the groups Collections and Billing."))
