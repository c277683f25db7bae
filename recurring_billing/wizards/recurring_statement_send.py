from odoo import api, fields, models
from odoo.tools import format_amount

from ..const import statement as const

SHOWN = 80


class RecurringStatementSend(models.TransientModel):
    """Send statements, or print them: who gets one is seen first."""

    _name = "recurring.statement.send"
    _description = "Send Statements"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_ids = fields.Many2many("res.partner", string="Only These Customers", help="Empty: all customers.")
    who = fields.Selection(const.WHO, required=True, default=const.LATE_ONLY)
    minimum = fields.Monetary("From an Amount of", default=0.0)
    way = fields.Selection(const.WAYS, required=True, default=const.BY_EMAIL)
    line_ids = fields.One2many("recurring.statement.send.line", "wizard_id", "Customers", compute="_compute_line_ids", store=True)
    summary = fields.Char(compute="_compute_line_ids", store=True)
    count = fields.Integer(compute="_compute_line_ids", store=True)
    tomorrow_words = fields.Char(compute="_compute_tomorrow_words")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        active = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        if active == "res.partner" and ids:
            values["partner_ids"] = self.env["res.partner"].browse(ids).commercial_partner_id.ids
            values["who"] = const.WHATEVER_OPEN
        elif active == "recurring.dunning.case" and ids:
            values["partner_ids"] = self.env[active].browse(ids).partner_id.ids
            values["who"] = const.WHATEVER_OPEN
        return values

    @api.depends("company_id", "partner_ids", "who", "minimum")
    def _compute_line_ids(self):
        for wizard in self:
            payers = wizard._payers()
            shown = list(payers.items())[:SHOWN]
            wizard.count = len(payers)
            wizard.summary = wizard._in_words(payers)
            wizard.line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create({"partner_id": payer.id, "amount_open": amounts[0], "amount_overdue": max(0.0, amounts[1])})
                    for payer, amounts in shown
                ),
            ]

    def _payers(self):
        # Stored fields are computed in sudo: whose dialog it is counts.
        self.company_id.sudo(False)._recurring_check_works_here()
        self.env["recurring.statement.batch"].sudo(False)._check_may_work()
        among = self.partner_ids._origin if self.partner_ids else None
        return self.env["recurring.statement.sending"].payers(self.company_id, self.who, self.minimum, among)

    def _in_words(self, payers):
        total = format_amount(self.env, sum(amounts[0] for amounts in payers.values()), self.company_id.currency_id)
        if len(payers) == 1:
            return self.env._("One customer, %(total)s open.", total=total)
        if len(payers) > SHOWN:
            return self.env._(
                "%(count)s customers, %(total)s open. The %(shown)s largest are shown.", count=len(payers), total=total, shown=SHOWN
            )
        return self.env._("%(count)s customers, %(total)s open.", count=len(payers), total=total)

    @api.depends("company_id", "partner_ids", "who", "minimum", "way")
    def _compute_tomorrow_words(self):
        """Who was written to today gets the statement tomorrow: said before it is sent."""
        for wizard in self:
            customers = self.env["res.partner"].union(*wizard._payers()) if wizard.way == const.BY_EMAIL else self.env["res.partner"]
            written = self.env["recurring.message.check"].written_today(wizard.company_id, customers)
            wizard.tomorrow_words = wizard._tomorrow_in_words(written) if written else False

    def _tomorrow_in_words(self, written):
        if len(written) == 1:
            return self.env._("%(customer)s was written to today: this statement leaves tomorrow.", customer=written.name)
        return self.env._("%(count)s of them were written to today: their statements leave tomorrow.", count=len(written))

    def action_start(self):
        """Make them in the background, and look on."""
        self.ensure_one()
        batch = self.env["recurring.statement.sending"].start(self.company_id, self._payers(), self.way)
        return batch._get_records_action(name=self.env._("Statements"))


class RecurringStatementSendLine(models.TransientModel):
    """One customer who gets a statement."""

    _name = "recurring.statement.send.line"
    _description = "Customer Who Gets a Statement"

    wizard_id = fields.Many2one("recurring.statement.send", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    email = fields.Char(related="partner_id.email", related_sudo=False)
    amount_open = fields.Monetary("Open", readonly=True)
    amount_overdue = fields.Monetary("Overdue", readonly=True)
