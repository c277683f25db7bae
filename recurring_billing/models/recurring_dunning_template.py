from odoo import fields, models

from ..const import dunning as const


class RecurringDunningTemplate(models.Model):
    """What a message says, by way of sending it, in each language."""

    _name = "recurring.dunning.template"
    _description = "Collection Text"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for every company.")
    kind = fields.Selection(const.TEXT_KINDS, required=True, default=const.TEXT_OVERDUE)
    tone = fields.Selection(const.TONES, required=True, default=const.FRIENDLY)
    subject = fields.Char(translate=True)
    body = fields.Text("E-mail", translate=True)
    sms_text = fields.Char("SMS", translate=True)
    whatsapp_text = fields.Text("WhatsApp", translate=True)
    letter_text = fields.Text("Letter", translate=True)
