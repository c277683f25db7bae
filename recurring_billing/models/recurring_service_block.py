from odoo import api, fields, models
from odoo.tools import format_date

from ..const import dunning
from ..const import service as const

NAMED = 3
"""Debts that are told by name."""


class RecurringServiceBlock(models.Model):
    """A service that is withheld, or will be, because of a debt: since when, for what, until when. Written by services only."""

    _name = "recurring.service.block"
    _inherit = ["recurring.service.written"]
    _description = "Withheld Service"
    _order = "id desc"
    _rec_name = "subscription_id"

    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="subscription_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True, help="Who owes.")
    case_id = fields.Many2one("recurring.dunning.case", readonly=True, index="btree_not_null", ondelete="set null")
    step_id = fields.Many2one("recurring.dunning.step", readonly=True, index="btree_not_null", ondelete="set null")
    policy_id = fields.Many2one("recurring.dunning.policy", readonly=True, ondelete="set null")
    line_ids = fields.Many2many("account.move.line", string="Debts", readonly=True)
    is_charge = fields.Boolean("After a Card", readonly=True, default=False, help="No try to charge the card is left.")
    effect = fields.Selection(const.EFFECTS, "Service", required=True, readonly=True)
    billing = fields.Selection(const.BLOCK_BILLINGS, required=True, readonly=True, default=const.BILLED_IN_FULL)
    state = fields.Selection(const.BLOCK_STATES, required=True, readonly=True, default=const.BLOCK_WAITING, index=True)
    asked_on = fields.Date(required=True, readonly=True, help="The day the step was done, or the last try of the card failed.")
    planned_on = fields.Date("Planned For", readonly=True)
    waits_for = fields.Char(readonly=True)
    began_on = fields.Date("Since", readonly=True)
    ended_on = fields.Date("Until", readonly=True)
    ended_by = fields.Selection(const.BLOCK_ENDS, readonly=True)
    trusted_until = fields.Date("On Trust Until", readonly=True)
    change_id = fields.Many2one("recurring.change", "Not Billed", readonly=True, ondelete="set null")
    words = fields.Char("How It Stands", compute="_compute_words")
    debts = fields.Char("Because of", compute="_compute_debts")

    _one_open = models.UniqueIndex(
        "(subscription_id, effect, is_charge, COALESCE(case_id, 0)) WHERE state IN ('waiting', 'in_force')",
        "This service is withheld for this debt already.",
    )

    @api.depends("state", "effect", "began_on", "planned_on", "ended_on", "trusted_until", "waits_for")
    @api.depends_context("lang")
    def _compute_words(self):
        for block in self:
            block.words = block._in_words()

    @api.depends("line_ids")
    def _compute_debts(self):
        for block in self:
            # sudo: what a debt is called is told to whoever may see the block
            names = [line._recurring_debt_name() or "" for line in block.sudo().line_ids.sorted("date_maturity")]
            block.debts = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")

    def _in_words(self):
        """How the block stands today, in one sentence."""
        self.ensure_one()
        is_blocked = self.effect == dunning.SERVICE_BLOCKED
        day = {
            name: format_date(self.env, self[name]) if self[name] else ""
            for name in ("began_on", "planned_on", "ended_on", "trusted_until")
        }
        if self.state == const.BLOCK_CANCELLED:
            return self.env._("It did not come to it.")
        if self.state == const.BLOCK_ENDED:
            return self.env._("From %(start)s to %(end)s.", start=day["began_on"], end=day["ended_on"])
        if self.state == const.BLOCK_WAITING:
            if not self.planned_on:
                return self.waits_for or ""
            words = self.env._("Will be blocked on %s.") if is_blocked else self.env._("Will be reduced on %s.")
            return " ".join(filter(None, [words % day["planned_on"], self.waits_for]))
        if self._is_trusted():
            return self.env._("Runs on trust until %s.", day["trusted_until"])
        return self.env._("Blocked since %s.", day["began_on"]) if is_blocked else self.env._("Reduced since %s.", day["began_on"])

    def _is_trusted(self):
        """Whether the service runs today although the debt stands."""
        self.ensure_one()
        return bool(self.trusted_until) and self.trusted_until >= self.company_id._recurring_today()

    def action_end(self):
        """A person lets the service run again, whatever is owed."""
        self.env["recurring.service.state"].end_by_hand(self)
        return True

    def action_open_case(self):
        self.ensure_one()
        return self.case_id._get_records_action()
