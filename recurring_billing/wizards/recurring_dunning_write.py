from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..const import dunning as const

WAYS = [way for way in const.STEP_CHANNELS if way[0] in (const.EMAIL, const.SMS, const.WHATSAPP, const.LETTER)]
SPOKEN = (const.KIND_DUNNING, const.KIND_MANUAL, const.KIND_STATEMENT)


class RecurringDunningWrite(models.TransientModel):
    """A person writes to the customer of a case: chooses the way and the text, sees what the customer will see, and sends it."""

    _name = "recurring.dunning.write"
    _inherit = ["recurring.case.contact"]
    _description = "Write a Message"

    partner_id = fields.Many2one(string="Recipient")
    channel = fields.Selection(WAYS, "By", compute="_compute_channel", store=True, readonly=False, required=True)
    template_id = fields.Many2one(
        "recurring.dunning.template",
        "Text",
        compute="_compute_template_id",
        store=True,
        readonly=False,
        required=True,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    is_own = fields.Boolean("Change the Words", help="For this message only; the text itself stays as it is.")
    subject = fields.Char(compute="_compute_words", store=True, readonly=False)
    text = fields.Text("Words", compute="_compute_words", store=True, readonly=False)
    preview = fields.Html("What the Customer Sees", compute="_compute_preview", sanitize=False)
    why_not = fields.Char(compute="_compute_why_not")
    contacted_words = fields.Char(compute="_compute_contacted_words")
    hole_words = fields.Char(compute="_compute_hole_words")
    anyway = fields.Boolean("Write All the Same")

    @api.depends("partner_id")
    def _compute_channel(self):
        """The first way that is open to this person."""
        for wizard in self:
            codes = [code for code in const.CHANNEL_ORDER if code in dict(WAYS) and f"recurring.channel.{code}" in self.env]
            wizard.channel = next((code for code in codes if not wizard._no_address(code)), const.EMAIL)

    @api.depends("case_id")
    def _compute_template_id(self):
        """Friendly at first; after a formal notice nobody reads that it "slipped your mind"."""
        for wizard in self:
            case = wizard.case_id
            kind = const.TEXT_COMING if case.amount_due <= 0 else const.TEXT_OVERDUE
            tone = const.FIRM if case.stage in (const.STAGE_NOTICE, const.STAGE_BLOCKED) else const.FRIENDLY
            wizard.template_id = self.env["recurring.dunning.template"]._of(kind, tone, case.company_id)

    @api.depends("template_id", "channel", "partner_id")
    def _compute_words(self):
        """The words as the text has them, in the customer's language, with its names in braces."""
        for wizard in self:
            message, service = self.env["recurring.dunning.words"].in_language(wizard._imagined(plain=True))
            wizard.subject = message.template_id.subject
            wizard.text = service.text_of(message)

    @api.depends("template_id", "channel", "partner_id", "is_own", "subject", "text")
    def _compute_preview(self):
        words = self.env["recurring.dunning.words"]
        for wizard in self:
            if not wizard.template_id or not wizard.partner_id:
                wizard.preview = False
                continue
            message = wizard._imagined()
            if wizard.channel in (const.EMAIL, const.LETTER):
                page = words.mail(message) if wizard.channel == const.EMAIL else words.letter(message)
                wizard.preview = page["html"]
            else:
                wizard.preview = words.as_html(words.short(message))

    @api.depends("partner_id", "channel")
    def _compute_why_not(self):
        for wizard in self:
            wizard.why_not = wizard._no_address(wizard.channel) if wizard.partner_id and wizard.channel else False

    @api.depends("case_id")
    def _compute_contacted_words(self):
        for wizard in self:
            message = wizard._contact_today()
            wizard.contacted_words = (
                self.env._("%(customer)s was already contacted today: %(what)s.", customer=message.partner_id.name, what=message.headline)
                if message
                else False
            )

    @api.depends("template_id", "channel", "partner_id", "is_own", "subject", "text")
    def _compute_hole_words(self):
        """Words that name what there is not, as a promise of who promised nothing, would have a hole."""
        for wizard in self:
            missing = self.env["recurring.dunning.words"].missing(wizard._imagined()) if wizard.template_id and wizard.partner_id else []
            words = self.env._(
                "The words name %(names)s, which this customer has not. Choose another text, or change the words.",
                names=", ".join(f"{{{name}}}" for name in missing),
            )
            wizard.hole_words = words if missing else False

    def action_send(self):
        """Let it leave."""
        self._send()
        return {"type": "ir.actions.act_window_close"}

    def action_send_next(self):
        """Let it leave and go on with the next case."""
        self._send()
        return self.case_id.action_next()

    def _send(self):
        self.ensure_one()
        self.env["recurring.dunning.work"]._check_may_work(self.case_id)
        self.env["recurring.dunning.work"].check_contact(self.case_id, self.partner_id)
        if self.why_not:
            raise UserError(self.env._("%(why)s Choose another way to write.", why=self.why_not))
        if self.contacted_words and not self.anyway:
            raise UserError(self.env._("%(words)s Tick that you write all the same.", words=self.contacted_words))
        if not html2plaintext(self.preview or "").strip():
            raise UserError(self.env._("The message is empty. Choose a text, or write the words yourself."))
        if self.hole_words:
            raise UserError(self.hole_words)
        own = {"subject": self.subject, "text": self.text} if self.is_own else {}
        if own:
            self._check_own()
        self.env["recurring.message.dispatch"]._enqueue(
            self.case_id,
            const.KIND_MANUAL,
            channel=self.channel,
            partner=self.partner_id,
            template=self.template_id,
            user=self.env.user,
            reason=self.env._("%(user)s wrote to the customer.", user=self.env.user.name),
            words=self._told(),
            **own,
        )

    def _check_own(self):
        """Own words use the same names in braces as texts do, and tell no debt where others may read along."""
        field = {const.SMS: "sms_text", const.WHATSAPP: "whatsapp_text", const.LETTER: "letter_text"}.get(self.channel, "body")
        self.env["recurring.dunning.template"].new({"subject": self.subject, field: self.text})._check_names()

    def _no_address(self, code):
        """Why the person cannot be reached this way, in words; empty where they can."""
        return self.env["recurring.message.check"].no_address(self._imagined(plain=True), code)

    def _imagined(self, plain=False):
        """The message as it would be made, which nobody keeps.

        :param plain: without own words.
        """
        own = {"own_subject": self.subject, "own_text": self.text} if self.is_own and not plain else {}
        # sudo: what the customer will see is shown to who writes it
        return (
            self.env["recurring.dunning.message"]
            .sudo()
            .new(
                {
                    "case_id": self.case_id.id,
                    "company_id": self.case_id.company_id.id,
                    "partner_id": self.partner_id.id,
                    "channel": self.channel or const.EMAIL,
                    "kind": const.KIND_MANUAL,
                    "template_id": self.template_id.id,
                    "lang": self.partner_id.lang or self.case_id.partner_id.lang,
                    "told": self._told(),
                    "day": self.case_id.company_id._recurring_today() if self.case_id else False,
                    **own,
                }
            )
        )

    def _told(self):
        """What texts may name of the customer beside the debts: what was promised last, is not kept, and is owed still."""
        waited_for = (const.OPEN, const.PARTLY, const.BROKEN)
        # sudo: whether debts of the case are paid; the case itself is read with the user's own rights
        owed = self.case_id.promise_ids.filtered(
            lambda each: each.state in waited_for and not all(each.sudo().line_ids.mapped("reconciled"))
        )
        promise = owed.sorted("date")[-1:]
        return {"promise_date": fields.Date.to_string(promise.date), "promise_amount": promise.amount} if promise else {}

    def _contact_today(self):
        """What was said to the customer today, or is about to be."""
        case = self.case_id
        if not case:
            return self.env["recurring.dunning.message"]
        spoken = [
            ("case_id", "=", case.id),
            ("day", "=", case.company_id._recurring_today()),
            ("direction", "=", const.OUT),
            ("kind", "in", SPOKEN),
            ("channel", "not in", (const.PHONE, const.TASK)),
            ("state", "not in", (const.CANCELLED, const.FAILED)),
        ]
        return self.env["recurring.dunning.message"].search(spoken, limit=1)
