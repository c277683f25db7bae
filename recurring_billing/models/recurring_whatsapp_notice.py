from odoo import api, fields, models

from ..const.whatsapp import NEW, NOTICE_KINDS, NOTICE_STATES
from ..rules import wording


class RecurringWhatsappNotice(models.Model):
    """One thing WhatsApp told us, a delivery or what a customer wrote: kept once, however often told, and read in the background."""

    _name = "recurring.whatsapp.notice"
    _inherit = ["recurring.service.written"]
    _description = "WhatsApp Notice"
    _order = "id desc"
    _rec_name = "key"

    account_id = fields.Many2one("recurring.whatsapp.account", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id", store=True, index=True)
    key = fields.Char(required=True, readonly=True)
    kind = fields.Selection(NOTICE_KINDS, required=True, readonly=True)
    sender = fields.Char("From", readonly=True)
    sender_masked = fields.Char("Masked Number", compute="_compute_sender_masked", help="In lists; open it to see the whole number.")
    words = fields.Text("Text", readonly=True)
    content = fields.Json(readonly=True, help="As it was told; emptied once it was read.")
    state = fields.Selection(NOTICE_STATES, required=True, readonly=True, default=NEW, index=True)
    tries = fields.Integer(readonly=True)
    problem = fields.Char(readonly=True)
    message_id = fields.Many2one("recurring.dunning.message", readonly=True, index="btree_not_null", ondelete="set null")

    _once = models.UniqueIndex("(account_id, key)", "This was told already.")

    @api.depends("sender")
    def _compute_sender_masked(self):
        for notice in self:
            notice.sender_masked = wording.mask(notice.sender)
