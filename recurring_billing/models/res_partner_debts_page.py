from odoo import api, fields, models
from odoo.tools import consteq, hmac

PAGE = "recurring_billing.debts_page"
SIGNATURE = 32
"""Hexadecimal digits of a signature: 128 bits nobody guesses, and short enough for an SMS."""


class ResPartner(models.Model):
    """The page on which a customer sees what is owed and pays, without a login."""

    _inherit = "res.partner"

    recurring_debts_salt = fields.Integer(
        readonly=True, default=0, copy=False, groups="base.group_system", help="Changes with every new link, so that old ones show nothing."
    )

    @api.private
    def _recurring_debts_signature(self, company):
        # sudo: the database's secret signs it, whoever sends the link
        payer = self.sudo().commercial_partner_id
        return hmac(payer.env, PAGE, (payer.id, company.id, payer.recurring_debts_salt or 0))[:SIGNATURE]

    @api.private
    def _is_recurring_debts_signature(self, company, signature):
        return bool(signature) and consteq(self._recurring_debts_signature(company), signature)

    @api.private
    def _recurring_debts_path(self, company):
        self.ensure_one()
        return f"/recurring/debts/{self.commercial_partner_id.id}-{company.id}-{self._recurring_debts_signature(company)}"

    @api.private
    def _recurring_debts_link(self, company):
        """The absolute address where the customer sees what is owed to a company, pays, and says what was paid."""
        return f"{company.get_base_url()}{self._recurring_debts_path(company)}"

    def action_recurring_debts_page(self):
        """The page as the customer sees it."""
        self.ensure_one()
        self.check_access("read")
        if not self.env["recurring.dunning.case"].search_count([("partner_id", "=", self.commercial_partner_id.id)], limit=1):
            self.env["recurring.customer.statement"]._check_may_see(self.commercial_partner_id, self.env.company)
        return {"type": "ir.actions.act_url", "url": self._recurring_debts_link(self.env.company), "target": "new"}

    def action_recurring_debts_new_link(self):
        """A link that came into wrong hands shows nothing any more."""
        self.check_access("write")
        for partner in self.commercial_partner_id:
            # sudo: the salt is nobody's to read
            partner.sudo().recurring_debts_salt += 1
            partner._message_log(body=self.env._("The links to the page of debts that were sent so far show nothing any more."))
        return True
