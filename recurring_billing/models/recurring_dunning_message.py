from odoo import api, fields, models

from ..const import dunning as const
from ..rules import wording
from ..services.message_outcome import Outcome


class RecurringDunningMessage(models.Model):
    """One contact with a customer, in or out: a row of the time line of a case. Services write it (``recurring.message.dispatch``)."""

    _name = "recurring.dunning.message"
    _description = "Collection Message"
    _inherit = ["recurring.service.written"]
    _order = "create_date desc, id desc"
    _rec_name = "subject"

    case_id = fields.Many2one("recurring.dunning.case", readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Recipient", required=True, readonly=True, index=True)
    channel = fields.Selection(const.MESSAGE_CHANNELS, required=True, readonly=True)
    direction = fields.Selection(const.DIRECTIONS, required=True, readonly=True, default=const.OUT)
    kind = fields.Selection(const.MESSAGE_KINDS, required=True, readonly=True, default=const.KIND_DUNNING)
    step_id = fields.Many2one("recurring.dunning.step", readonly=True, index="btree_not_null", ondelete="set null")
    template_id = fields.Many2one("recurring.dunning.template", "Text", readonly=True, ondelete="set null")
    is_notice = fields.Boolean("Formal Notice", readonly=True, default=False, help="No opt-out silences it, and it is kept longer.")
    lang = fields.Char("Language", readonly=True)
    address = fields.Char(readonly=True)
    address_masked = fields.Char("Sent To", compute="_compute_address_masked")
    own_subject = fields.Char("Subject in Own Words", readonly=True, help="Instead of the text's, with the same names in braces.")
    own_text = fields.Text("Own Words", readonly=True, help="Instead of the text's, with the same names in braces.")
    told = fields.Json("Said Besides", readonly=True, help="What the text says besides what is owed: the day promised, the amount paid…")
    example_id = fields.Many2one("recurring.dunning.case", readonly=True, ondelete="set null", help="Of a test: whose debts it tells.")
    line_ids = fields.Many2many("account.move.line", string="About", readonly=True, help="Empty: everything that is due when it leaves.")
    amount = fields.Monetary("Amount Told", readonly=True, help="What was to be paid when it left, in the company's currency.")
    subject = fields.Char(readonly=True)
    body = fields.Html("What Was Said", readonly=True, sanitize=True, sanitize_style=True)
    is_body_erased = fields.Boolean("Erased", readonly=True, default=False, help="What it said is not kept any more.")
    attachment_ids = fields.Many2many("ir.attachment", string="Enclosed", readonly=True)
    message_file_id = fields.Many2one("ir.attachment", "Letter", readonly=True, ondelete="set null")
    state = fields.Selection(const.MESSAGE_STATES, required=True, readonly=True, default=const.QUEUED, index=True)
    day = fields.Date(required=True, readonly=True, index=True, help="The day it was made for.")
    not_before = fields.Datetime("Leaves", readonly=True, help="Empty: as soon as possible.")
    first_tried_at = fields.Datetime(readonly=True, help="When it could not leave for the first time.")
    waits_for = fields.Char(readonly=True)
    unique_ref = fields.Char(readonly=True, help="The same message has the same reference, so it leaves once.")
    provider_ref = fields.Char(readonly=True, index="btree_not_null")
    sent_at = fields.Datetime("Sent", readonly=True)
    error = fields.Char("What Went Wrong", readonly=True)
    is_address_wrong = fields.Boolean(readonly=True, default=False)
    reason = fields.Char("Why", readonly=True)
    result = fields.Selection(const.CALL_RESULTS, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    approved_by_id = fields.Many2one("res.users", readonly=True)
    follows_id = fields.Many2one("recurring.dunning.message", "Instead Of", readonly=True, index="btree_not_null", ondelete="set null")
    action_ids = fields.One2many("recurring.dunning.action", "message_id", "Debts")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null", index="btree_not_null")
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null", index="btree_not_null")
    sms_id = fields.Many2one("sms.sms", readonly=True, ondelete="set null")

    _unique_ref = models.UniqueIndex("(unique_ref) WHERE unique_ref IS NOT NULL")
    _waiting_idx = models.Index("(company_id, not_before, id) WHERE state IN ('queued', 'sending')")
    _address_idx = models.Index("(channel, address, id) WHERE address IS NOT NULL")

    @api.depends("address", "state", "channel", "partner_id")
    def _compute_address_masked(self):
        """Where it went; until then, where it will go."""
        channels = self.env["recurring.channel"]
        for message in self:
            address = message.address
            if not address and message.state in (const.TO_APPROVE, const.QUEUED) and message.direction == const.OUT:
                # sudo: who may read the message may know where it goes
                address = channels._of(message.channel)._address(message.sudo().partner_id)[0]
            message.address_masked = wording.mask(address)

    @api.depends("subject", "template_id", "kind", "channel")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for message in self:
            message.display_name = message.subject or message.template_id.name or kinds.get(message.kind)

    # What channels and notices tell

    @api.private
    def _delivery(self, state, error="", is_address_wrong=False):
        """What a provider tells later of a message that left: delivered, read, failed. What is older news changes nothing.

        :param is_address_wrong: it came back because of the address, which is then not tried again.
        """
        outcome = Outcome(state, error=error, is_address_wrong=is_address_wrong)
        # sudo: notices of providers come from nobody in particular
        self.env["recurring.message.outcome"].sudo().told_later(self.sudo(), outcome)

    def _letter_name(self):
        """The name of the file of a letter."""
        self.ensure_one()
        return self.env._("Letter %(customer)s %(day)s", customer=self.partner_id.display_name, day=self.day).replace("/", "-")
