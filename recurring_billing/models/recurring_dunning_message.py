from odoo import fields, models

from ..const import dunning as const


class RecurringDunningMessage(models.Model):
    """One contact with a customer, in or out: a row of the time line of a case."""

    _name = "recurring.dunning.message"
    _description = "Collection Message"
    _order = "create_date desc, id desc"
    _rec_name = "subject"

    case_id = fields.Many2one("recurring.dunning.case", readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "To", required=True, readonly=True, index=True)
    channel = fields.Selection(const.MESSAGE_CHANNELS, required=True, readonly=True)
    direction = fields.Selection(const.DIRECTIONS, required=True, readonly=True, default=const.OUT)
    kind = fields.Selection(const.MESSAGE_KINDS, required=True, readonly=True, default=const.KIND_DUNNING)
    step_id = fields.Many2one("recurring.dunning.step", readonly=True, index="btree_not_null", ondelete="set null")
    template_id = fields.Many2one("recurring.dunning.template", "Text", readonly=True, ondelete="set null")
    lang = fields.Char("Language", readonly=True)
    address = fields.Char(readonly=True)
    address_masked = fields.Char("Sent To", compute="_compute_address_masked")
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize=True)
    state = fields.Selection(const.MESSAGE_STATES, required=True, readonly=True, default=const.QUEUED, index=True)
    day = fields.Date(required=True, readonly=True, index=True, help="The day it was made for.")
    unique_ref = fields.Char(readonly=True, help="The same message has the same reference, so it leaves once.")
    provider_ref = fields.Char(readonly=True, index="btree_not_null")
    sent_at = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)
    reason = fields.Char("Why", readonly=True)
    result = fields.Selection(const.CALL_RESULTS, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    action_ids = fields.One2many("recurring.dunning.action", "message_id", "Debts")
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")
    sms_id = fields.Many2one("sms.sms", readonly=True, ondelete="set null")

    _unique_ref = models.UniqueIndex("(unique_ref) WHERE unique_ref IS NOT NULL")

    def _compute_address_masked(self):
        for message in self:
            message.address_masked = message.address
