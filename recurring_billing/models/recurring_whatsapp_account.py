import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules import whatsapp
from ..services.notification import notification
from ..services.whatsapp_errors import WhatsappProblem

ADDRESS = "https://graph.facebook.com/v23.0"
HERE = ("127.0.0.1", "localhost", "::1")
REST_MINUTES = 15
"""How long nothing is sent after WhatsApp said that the account is at fault."""


class RecurringWhatsappAccount(models.Model):
    """A company's number at WhatsApp's Cloud API. Administrators only."""

    _name = "recurring.whatsapp.account"
    _description = "WhatsApp Account"
    _order = "company_id, id"

    name = fields.Char(required=True, default=lambda self: self.env._("WhatsApp"))
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    address = fields.Char("API Address", required=True, default=ADDRESS)
    phone_number_id = fields.Char("Phone Number ID", required=True, help="Meta for Developers: your app, WhatsApp, API Setup.")
    business_account_id = fields.Char("Business Account ID", required=True, help="On the same page, below the phone number ID.")
    access_token = fields.Char(
        required=True, copy=False, help="A permanent token of a system user with the right whatsapp_business_messaging."
    )
    app_secret = fields.Char(
        required=True, copy=False, help="Meta for Developers: your app, Settings, Basic. It proves that what is told comes from WhatsApp."
    )
    user_id = fields.Many2one(
        "res.users",
        "Replies Go To",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        help="Where a case has no owner.",
    )
    sends = fields.Boolean("In Use", default=False, copy=False, readonly=True)
    per_second = fields.Integer("Messages per Second", default=10)
    number = fields.Char(readonly=True, copy=False)
    verified_name = fields.Char("Shown As", readonly=True, copy=False)
    quality = fields.Char(readonly=True, copy=False)
    webhook_token = fields.Char(copy=False, readonly=True)
    verify_token = fields.Char(copy=False, readonly=True)
    webhook_address = fields.Char("Callback URL", compute="_compute_webhook_address")
    heard_at = fields.Datetime("Last Heard", compute="_compute_heard_at", help="When WhatsApp last told of a delivery or a reply.")
    problem = fields.Char("Last Problem", copy=False, readonly=True)
    problem_at = fields.Datetime("Problem Since", copy=False, readonly=True)
    rests_until = fields.Datetime(copy=False, readonly=True)
    template_ids = fields.One2many("recurring.whatsapp.template", "account_id", "Registered Texts")
    template_count = fields.Integer(compute="_compute_template_count")

    _one_sends = models.UniqueIndex("(company_id) WHERE sends AND active", "Another WhatsApp account of this company is in use already.")
    _number_once = models.UniqueIndex("(phone_number_id) WHERE active", "There is an account for this phone number already.")
    _per_second_sensible = models.Constraint("CHECK (per_second BETWEEN 1 AND 80)", "Give 1 to 80 messages per second.")

    @api.depends("webhook_token")
    def _compute_webhook_address(self):
        for account in self:
            token = account.webhook_token
            account.webhook_address = f"{account.get_base_url()}/recurring_billing/whatsapp/{token}" if token else False

    def _compute_heard_at(self):
        # What is told is not written here: this row is written while messages leave, and nobody may be in the way then.
        found = self.env["recurring.whatsapp.notice"]._read_group([("account_id", "in", self.ids)], ["account_id"], ["create_date:max"])
        last = dict(found)
        for account in self:
            account.heard_at = last.get(account, False)

    def _compute_template_count(self):
        counts = dict(self.env["recurring.whatsapp.template"]._read_group([("account_id", "in", self.ids)], ["account_id"], ["__count"]))
        for account in self:
            account.template_count = counts.get(account, 0)

    @api.constrains("address")
    def _check_address(self):
        for account in self:
            parts = urlsplit(account.address or "")
            safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
            if not safe or not parts.hostname or parts.username or parts.query or parts.fragment:
                raise ValidationError(
                    self.env._("%s is no address of WhatsApp. It begins with https:// and has no question mark.", account.address)
                )

    @api.constrains("phone_number_id", "business_account_id")
    def _check_ids(self):
        for account in self:
            if not all((key or "").isdecimal() for key in (account.phone_number_id, account.business_account_id)):
                raise ValidationError(
                    self.env._("The two IDs are numbers. Copy them from the page API Setup of your app; they are not the phone number.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(webhook_token=secrets.token_urlsafe(32), verify_token=secrets.token_urlsafe(24))
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("active") is False:
            vals = {**vals, "sends": False}
        if "access_token" in vals or "address" in vals:
            vals = {"rests_until": False, **vals}
        return super().write(vals)

    # Buttons

    def action_test(self):
        """Ask WhatsApp about the number, and read the registered texts."""
        self.ensure_one()
        self.check_access("write")
        try:
            with self.env["recurring.whatsapp.api"].session(self) as service:
                told = service.number()
                self._read_templates(service)
        except WhatsappProblem as problem:
            self._remember(problem)
            return self._tell(self.env._("WhatsApp was not reached, or does not know us: %s", problem), "danger")
        self.write(
            {
                "number": str(told.get("display_phone_number") or "")[:64],
                "verified_name": str(told.get("verified_name") or "")[:128],
                "quality": str(told.get("quality_rating") or "")[:32],
                "rests_until": False,
            }
        )
        self._remember(None)
        return self._tell(self.env._("WhatsApp knows us as %(name)s, %(number)s.", name=self.verified_name, number=self.number), "success")

    def action_turn_on(self):
        """From now on messages leave through this account."""
        self.ensure_one()
        self.env["recurring.identity"].require()
        if not self.number:
            raise UserError(self.env._("Test the connection first: WhatsApp then tells the number and the registered texts."))
        self.sends = True

    def action_turn_off(self):
        """Nothing is sent any more; what customers write is still heard."""
        self.sends = False

    def action_read_templates(self):
        """Read the registered texts, and what became of those handed in."""
        self.ensure_one()
        self.check_access("write")
        try:
            with self.env["recurring.whatsapp.api"].session(self) as service:
                self._read_templates(service)
        except WhatsappProblem as problem:
            self._remember(problem)
            return self._tell(str(problem), "danger")
        return self._tell(self.env._("%s registered texts were read.", self.template_count), "success")

    def action_hand_in(self):
        """Hand our own texts in for approval, in the languages in use."""
        self.ensure_one()
        self.check_access("write")
        try:
            handed, problems = self.env["recurring.whatsapp.registering"].hand_in(self)
        except WhatsappProblem as problem:
            self._remember(problem)
            return self._tell(str(problem), "danger")
        words = self.env._("%s texts were handed in. WhatsApp decides within a day; then read the registered texts.", handed)
        return self._tell(" ".join([words, *problems[:3]]), "danger" if problems else "success")

    def action_templates(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_billing.action_recurring_whatsapp_template")
        return {**action, "domain": [("account_id", "=", self.id)], "context": {"default_account_id": self.id}}

    def _tell(self, message, kind):
        return notification(message, kind, sticky=kind == "danger")

    # For services

    @api.model
    def _of(self, company):
        """The account through which a company writes, or none."""
        # sudo: accounts hold secrets and are read by administrators only; what is needed of them here is whether there is one
        return self.sudo().search([("company_id", "=", company.id), ("sends", "=", True)], limit=1)

    def _read_templates(self, service):
        self.env["recurring.whatsapp.template"]._take_over(self, service.templates())

    def _remember(self, problem):
        """Keep the last problem, or that there is none; where the account is at fault it rests, instead of failing message by message."""
        words = str(problem)[:500] if problem else False
        for account in self:
            if account.problem != words:
                account.write({"problem": words, "problem_at": words and fields.Datetime.now()})
            if problem and problem.meaning == whatsapp.ACCOUNT:
                account.rests_until = fields.Datetime.now() + timedelta(minutes=REST_MINUTES)

    def _rests(self):
        """Whether nothing is to be sent for some minutes."""
        return bool(self.rests_until and self.rests_until > fields.Datetime.now())
