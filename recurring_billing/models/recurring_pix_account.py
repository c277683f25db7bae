import base64
import secrets
from datetime import date, datetime, time
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const.pix import APPLIES_TO, OPEN, SUBSCRIPTIONS
from ..services.notification import notification
from ..services.pix_certificate import read_certificate
from ..services.pix_errors import PixProblem

SCOPES = "cob.write cob.read cobv.write cobv.read pix.write pix.read webhook.write webhook.read"


class RecurringPixAccount(models.Model):
    """The contract with a bank for Pix that confirms itself: where its API is, and who we are. Administrators only."""

    _name = "recurring.pix.account"
    _description = "Pix Account"
    _check_company_auto = True
    _order = "company_id, id"

    name = fields.Char(required=True, default=lambda self: self.env._("Pix"))
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    journal_id = fields.Many2one(
        "account.journal",
        "Bank Journal",
        required=True,
        check_company=True,
        domain="[('type', '=', 'bank')]",
        help="Where the payments are booked.",
    )
    pix_key = fields.Char(required=True, help="The key of the account that receives, as registered at the bank.")
    address = fields.Char("API Address", required=True, help="As the bank gives it, for example https://pix.example.com/api/v2")
    token_address = fields.Char(required=True, help="As the bank gives it, for example https://pix.example.com/oauth/token")
    scopes = fields.Char(default=SCOPES, help="What the token shall allow, as the contract says.")
    client = fields.Char("Client ID", required=True)
    secret = fields.Char("Client Secret", required=True, copy=False)
    certificate = fields.Binary(attachment=False, copy=False, help="PEM, or PKCS #12 (.p12, .pfx) with the key in it.")
    certificate_name = fields.Char("Certificate File", copy=False)
    private_key = fields.Binary(attachment=False, copy=False, help="PEM; not needed with PKCS #12.")
    private_key_name = fields.Char("Private Key File", copy=False)
    password = fields.Char("Password of the Key", copy=False)
    authority = fields.Binary(
        "Bank's Authority", attachment=False, copy=False, help="PEM; only where the bank's own certificate is not publicly trusted."
    )
    authority_name = fields.Char("Authority File", copy=False)
    certificate_until = fields.Date("Certificate Valid Until", compute="_compute_certificate_until", store=True)
    registers = fields.Boolean("Register Charges", default=False, copy=False, help="Invoices get a Pix code that confirms itself.")
    applies_to = fields.Selection(APPLIES_TO, "For", required=True, default=SUBSCRIPTIONS)
    days_after = fields.Integer("Payable After the Due Date", default=60, help="Days; afterwards the code is made again.")
    webhook_token = fields.Char(copy=False, readonly=True)
    webhook_address = fields.Char("Address for Notifications", compute="_compute_webhook_address")
    webhook_since = fields.Datetime("Notified Since", copy=False, readonly=True)
    read_until = fields.Datetime("Payments Read Until", copy=False, readonly=True)
    problem = fields.Char("Last Problem", copy=False, readonly=True)
    problem_at = fields.Datetime("Problem Since", copy=False, readonly=True)

    _one_registers = models.UniqueIndex(
        "(company_id) WHERE registers AND active", "Another Pix account of this company registers charges already."
    )
    _days_after_sensible = models.Constraint("CHECK (days_after BETWEEN 0 AND 365)", "Give 0 to 365 days after the due date.")

    @api.depends("certificate", "password")
    def _compute_certificate_until(self):
        for account in self:
            found = read_certificate(account._file("certificate"), account._file("private_key"), account.password, quiet=True)
            account.certificate_until = found.until if found else False

    @api.depends("webhook_token")
    def _compute_webhook_address(self):
        for account in self:
            token = account.webhook_token
            account.webhook_address = f"{account.get_base_url()}/recurring_billing/pix/{token}" if token else False

    @api.constrains("certificate", "private_key", "password")
    def _check_certificate(self):
        for account in self:
            if account.certificate:
                read_certificate(account._file("certificate"), account._file("private_key"), account.password)

    @api.constrains("address", "token_address")
    def _check_addresses(self):
        for account in self:
            for address in (account.address, account.token_address):
                parts = urlsplit(address or "")
                if parts.scheme != "https" or not parts.hostname or parts.username or parts.query or parts.fragment:
                    raise ValidationError(
                        self.env._("%s is no address of a bank. It begins with https:// and has no question mark.", address)
                    )

    @api.constrains("journal_id", "company_id")
    def _check_currency(self):
        for account in self:
            currency = account.journal_id.currency_id or account.company_id.currency_id
            if currency.name != "BRL":
                raise ValidationError(self.env._("Pix is paid in reais: choose a bank journal in BRL, not in %s.", currency.name))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["webhook_token"] = secrets.token_urlsafe(32)
        accounts = super().create(vals_list)
        accounts._begin_reading()
        return accounts

    def write(self, vals):
        if vals.get("active") is False:
            # Codes that are out are still withdrawn, and their payments read: see ``_at_work``.
            vals = {**vals, "registers": False}
        res = super().write(vals)
        if vals.get("registers"):
            self._begin_reading()
        return res

    def _begin_reading(self):
        """Payments are read from the moment on which codes are registered."""
        for account in self.filtered(lambda account: account.registers and not account.read_until):
            account.read_until = account._now()

    def _file(self, name):
        """The bytes of a file; the size of it is what ``bin_size`` would give."""
        return base64.b64decode(self.with_context(bin_size=False)[name] or b"")

    # Buttons

    def action_test(self):
        """Ask the bank for a token, and for the notifications it sends."""
        self.ensure_one()
        self.check_access("write")
        self.env["recurring.identity"].require()
        try:
            with self.env["recurring.pix.api"].session(self) as bank:
                bank.payments(self._now(), self._now(), 0)
        except PixProblem as problem:
            self._remember(problem)
            return self._tell(self.env._("The bank was not reached: %s", problem), "danger")
        self._remember(None)
        return self._tell(self.env._("The bank answers, and knows us."), "success")

    def action_turn_on(self):
        """From now on invoices get a code."""
        self.ensure_one()
        self.env["recurring.identity"].require()
        if not self.certificate:
            raise UserError(self.env._("Give the certificate the bank knows you by, then test the connection."))
        self.registers = True
        self._trigger()

    def action_turn_off(self):
        """No new codes; those that are out stay payable, and their payments are still read."""
        self.registers = False

    def action_receive_notifications(self):
        """Let the bank tell us of each payment."""
        self.ensure_one()
        self.check_access("write")
        self.env["recurring.identity"].require()
        if not self.webhook_address.startswith("https://"):
            raise UserError(
                self.env._("Banks notify only addresses that begin with https://. Set the address of this system first; until then we ask.")
            )
        try:
            with self.env["recurring.pix.api"].session(self) as bank:
                bank.set_webhook(self.pix_key, self.webhook_address)
        except PixProblem as problem:
            self._remember(problem)
            return self._tell(self.env._("The bank did not accept it: %s", problem), "danger")
        self.webhook_since = fields.Datetime.now()
        self._remember(None)
        return self._tell(self.env._("The bank will tell of each payment at once."), "success")

    def action_work_now(self):
        """Register and read now instead of in some minutes."""
        self.check_access("write")
        self._trigger()
        return self._tell(self.env._("Codes are registered and payments are read in the background now."), "info")

    def _tell(self, message, kind):
        return notification(message, kind, sticky=kind == "danger")

    # For services

    def _now(self):
        """This moment in universal time; a story that is told by date is at the end of its day."""
        told = self.env.context.get("recurring_today")
        return datetime.combine(told, time(23, 30)) if type(told) is date else fields.Datetime.now()

    def _remember(self, problem):
        """Keep the bank's last problem, or that there is none."""
        words = str(problem)[:500] if problem else False
        for account in self:
            if account.problem != words:
                account.write({"problem": words, "problem_at": words and fields.Datetime.now()})

    def _trigger(self):
        """Let the background register and read now."""
        self._trigger_register()
        # sudo: see ``_trigger_register``
        self.env.ref("recurring_billing.cron_pix_read").sudo()._trigger()

    def _trigger_register(self):
        """Let the background compare codes with their invoices now, where there is an account."""
        if self:
            # sudo: whoever posts or settles an invoice lets the background work on it, and need not read scheduled actions
            self.env.ref("recurring_billing.cron_pix_register").sudo()._trigger()

    @api.model
    def _at_work(self):
        """The accounts whose bank is asked: those in use, and archived ones as long as money may still come by their codes."""
        accounts = self.with_context(active_test=False).search([("read_until", "!=", False)])
        archived = accounts.filtered(lambda account: not account.active)
        open_codes = self.env["recurring.pix.charge"]._read_group(
            [("account_id", "in", archived.ids), ("state", "in", OPEN)], aggregates=["account_id:recordset"]
        )[0][0]
        return accounts - (archived - open_codes)

    @api.model
    def _of(self, company):
        """The account that registers charges for a company, or none."""
        # sudo: accounts hold secrets and are read by administrators only; what is needed of them here is whether there is one
        return self.sudo().search([("company_id", "=", company.id), ("registers", "=", True)], limit=1)
