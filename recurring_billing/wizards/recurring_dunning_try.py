from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import dunning as const
from ..services.dunning_words import IMAGINED
from ..services.notification import CLOSE, notification

WAYS = [(const.EMAIL, "E-mail"), (const.SMS, "SMS"), (const.WHATSAPP, "WhatsApp"), (const.LETTER, "Letter")]


class RecurringDunningTry(models.TransientModel):
    """See what a customer will read, in any language, and send it to oneself."""

    _name = "recurring.dunning.try"
    _description = "Try a Text"

    template_id = fields.Many2one("recurring.dunning.template", "Text", required=True)
    channel = fields.Selection(WAYS, required=True, default=const.EMAIL)
    lang = fields.Selection("_languages", "Language", required=True, default=lambda self: self.env.lang or "en_US")
    case_id = fields.Many2one("recurring.dunning.case", "As For", help="Whose debts it tells; empty: a debt nobody has.")
    preview_subject = fields.Char("Subject", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    address = fields.Char("Sent To", compute="_compute_address")
    why_not = fields.Char(compute="_compute_address")

    @api.model
    def _languages(self):
        return self.env["res.lang"].get_installed()

    @api.depends("template_id", "channel", "lang", "case_id")
    def _compute_preview(self):
        words = self.env["recurring.dunning.words"].with_context(**{IMAGINED: True})
        for wizard in self:
            # sudo: messages are made by services only; this one is imagined and never written
            message = self.env["recurring.dunning.message"].sudo().with_context(**{IMAGINED: True}).new(wizard._values())
            if wizard.channel in (const.EMAIL, const.LETTER):
                told = words.mail(message) if wizard.channel == const.EMAIL else words.letter(message)
                wizard.preview_subject, wizard.preview = told["subject"], told["html"]
            else:
                wizard.preview_subject, wizard.preview = False, words.as_html(words.short(message))

    @api.depends("channel")
    def _compute_address(self):
        channels = self.env["recurring.channel"]
        for wizard in self:
            wizard.address, wizard.why_not = channels._of(wizard.channel)._address(self.env.user.partner_id)

    def _values(self):
        return self.env["recurring.message.dispatch"]._prepare_test(
            self.template_id, self.channel, self.lang, self.case_id, self.case_id.company_id or self.env.company
        )

    def action_send(self):
        """Send it to who presses."""
        self.ensure_one()
        if self.why_not:
            raise UserError(self.env._("It cannot be sent to you: %(why)s", why=self.why_not))
        # sudo: messages are written by services only
        message = self.env["recurring.dunning.message"].sudo().create(self._values())
        self.env["recurring.message.dispatch"].send_now(message.sudo(False))
        if message.state == const.FAILED:
            raise UserError(self.env._("It could not be sent: %(error)s", error=message.error))
        kind, words = "success", self.env._("It is on its way to %(address)s.", address=self.address)
        if message.state not in const.MESSAGES_LEFT:
            kind, words = "warning", self.env._("It waits: %(why)s", why=message.error or message.waits_for or "")
        if self.channel == const.LETTER:
            return message.sudo(False).action_print()
        return notification(words, kind, sticky=kind == "warning", then=CLOSE)
