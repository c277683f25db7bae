from odoo import api, fields, models
from odoo.fields import Domain

from ..const import SETTLED
from ..rules import wording


class RecurringDunningCase(models.Model):
    """What is open of a case today, item by item, and what settles it."""

    _inherit = "recurring.dunning.case"

    item_ids = fields.Many2many("account.move.line", string="What Is Owed", compute="_compute_item_ids")
    item_count = fields.Integer("Open Items", compute="_compute_item_ids")
    fees_today = fields.Monetary("Late Fees", compute="_compute_today", help="Fine and interest until today, in the company's currency.")
    pay_today = fields.Monetary("To Pay Today", compute="_compute_today", help="What settles everything that is late today.")
    badge = fields.Selection(related="partner_id.recurring_badge", string="Standing")
    documents = fields.Char(compute="_compute_documents", search="_search_documents", help="Numbers of the open invoices.")
    phone = fields.Char(compute="_compute_reach")
    phone_masked = fields.Char("Masked Number", compute="_compute_reach", help="In lists; the case shows the whole number.")
    email = fields.Char(compute="_compute_reach")

    @api.depends("partner_id", "company_id")
    def _compute_item_ids(self):
        found = self._items()
        for case in self:
            mine = found.get((case.company_id.id, case.partner_id.id), self.env["account.move.line"])
            case.item_ids = mine._filtered_access("read")
            case.item_count = len(case.item_ids)

    def _items(self):
        """The open receivable items of these customers, oldest first.

        :return: dict (company id, customer id) → lines
        """
        domain = Domain.AND(
            [
                Domain("company_id", "in", self.company_id.ids),
                Domain("partner_id", "child_of", self.partner_id.ids),
                Domain("account_id.account_type", "=", "asset_receivable"),
                Domain("parent_state", "=", "posted"),
                Domain("reconciled", "=", False),
                Domain("amount_residual", "!=", 0.0),
                Domain("move_id.payment_state", "not in", SETTLED),
            ]
        )
        # sudo: who may see a case may see what is owed in it, salespeople too, who read no other journal items
        lines = self.env["account.move.line"].sudo().search(domain, order="date_maturity, id") if self else []
        found = {}
        for line in lines:
            key = (line.company_id.id, line.partner_id.commercial_partner_id.id)
            found[key] = found.get(key, self.env["account.move.line"]) | line.with_env(self.env)
        return found

    @api.depends("partner_id", "company_id")
    def _compute_documents(self):
        found = self._items()
        for case in self:
            mine = found.get((case.company_id.id, case.partner_id.id), self.env["account.move.line"])
            case.documents = ", ".join(mine.sudo().move_id.mapped("name"))  # sudo: see ``_items``

    @api.model
    def _search_documents(self, operator, value):
        """Whose invoice has this number, paid or not: customers name it on the telephone."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        domain = Domain("name", operator, value) & Domain("move_type", "in", self.env["account.move"].get_sale_types(True))
        # sudo: who may see the case may find it by what is owed in it; which cases are seen follows from their own rules
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(domain & Domain("company_id", "in", self.env.companies.ids), ["commercial_partner_id"])
        )
        return Domain("partner_id", "in", [partner.id for (partner,) in groups])

    @api.depends("item_ids", "amount_due")
    def _compute_today(self):
        for case in self:
            # sudo: see ``_items``
            late = case.item_ids.sudo().filtered(lambda line: line.recurring_days_late > 0)
            company, day = case.company_id, case.company_id._recurring_today() if case.company_id else None
            fees = asked = 0.0
            for currency, lines in late.grouped("currency_id").items():
                total = sum(lines.mapped("recurring_fees_today"))
                more = sum(lines.mapped("recurring_pay_today")) - sum(lines.mapped("amount_residual_currency"))
                fees += currency._convert(total, company.currency_id, company, day)
                asked += currency._convert(more, company.currency_id, company, day)
            case.fees_today = fees
            # Fees that are charged later, once the debt is paid, are told, not asked for.
            case.pay_today = case.amount_due + asked

    @api.depends("partner_id")
    def _compute_reach(self):
        for case in self:
            # sudo: whom to phone is part of the case
            contact = case._contact().sudo()
            case.phone = contact.phone or case.partner_id.sudo().phone
            case.phone_masked = wording.mask(case.phone)
            case.email = contact.email or case.partner_id.sudo().email

    def _contact(self):
        """Who is spoken to: the contact for reminders, else the invoice address, else the customer."""
        self.ensure_one()
        # sudo: the contact for reminders is read for everybody who may see the case
        partner = self.partner_id.sudo()
        if not partner:
            return partner
        chosen = partner.recurring_dunning_contact_id
        return chosen.filtered("active") or partner.browse(partner.address_get(["invoice"])["invoice"])
