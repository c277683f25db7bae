from odoo import api, fields, models

from .. import const


class RecurringCardNotice(models.Model):
    """What a customer was told of a card that expires, or cannot be charged any more. Each card is told of once per stage."""

    _name = "recurring.card.notice"
    _inherit = ["recurring.service.written"]
    _description = "Card Notice"
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade")
    token_id = fields.Many2one("payment.token", "Saved Card", required=True, readonly=True, index=True, ondelete="cascade")
    card_name = fields.Char("Card", compute="_compute_card_name", compute_sudo=True)
    kind = fields.Selection(const.CARD_NOTICE_KINDS, "Told", required=True, readonly=True)
    expiry = fields.Date("Usable Until", readonly=True)
    subscription_ids = fields.Many2many("recurring.subscription", string="Subscriptions", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", compute="_compute_user_id", store=True, precompute=True, index="btree_not_null")
    date = fields.Date("Told on", required=True, readonly=True)

    _told_once = models.UniqueIndex(
        "(token_id, partner_id, kind, COALESCE(expiry, '1900-01-01'::date))", "The customer was told of this card already."
    )

    @api.depends("token_id")
    def _compute_card_name(self):
        for notice in self:
            notice.card_name = f"{notice.token_id.payment_method_id.name or ''} {notice.token_id.display_name or ''}".strip()

    @api.depends("subscription_ids.user_id")
    def _compute_user_id(self):
        for notice in self:
            notice.user_id = notice.subscription_ids.user_id[:1]

    @api.depends("card_name", "partner_id")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = f"{notice.partner_id.display_name}: {notice.card_name}"

    def _keys(self):
        """What makes a notice the same as another."""
        return {(each.partner_id.id, each.token_id.id, each.kind, each.expiry or False) for each in self}

    def _send(self):
        """Put the e-mails into Odoo's queue, each in the customer's language; the subscriptions tell of it."""
        template = self.env.ref("recurring_billing.mail_template_card_notice")
        # sudo: templates read what the customer is told, whoever sends it
        template.sudo().send_mail_batch(self.ids, force_send=False)
        for notice in self:
            words = notice.env._("%(customer)s was told of the card %(card)s.", customer=notice.partner_id.name, card=notice.card_name)
            notice.subscription_ids._message_log_batch(bodies={each.id: words for each in notice.subscription_ids})

    # What the message says

    def _subject(self):
        self.ensure_one()
        spoken = self.with_context(lang=self.partner_id.lang or self.env.lang)
        if self.kind == const.NOTICE_CARD_UNUSABLE:
            return spoken.env._("%s: please save another card", self.company_id.name)
        return spoken.env._("%s: your card expires soon", self.company_id.name)

    def _what_for(self):
        return ", ".join(dict.fromkeys(each.product_summary for each in self.subscription_ids if each.product_summary))

    def _page_link(self):
        return self.subscription_ids[:1]._card_page_link()

    def _open_invoices(self):
        """What its subscriptions have open, to be paid another way meanwhile."""
        self.ensure_one()
        lines = self.env["account.move.line"].search(
            [("recurring_subscription_id", "in", self.subscription_ids.ids), ("move_id.partner_id", "=", self.partner_id.id)]
        )
        return lines.move_id.filtered(lambda move: move._recurring_is_payable()).sorted("invoice_date_due")
