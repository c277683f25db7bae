from odoo import api, fields, models

from .. import const


class RecurringPayerShare(models.Model):
    """What one of several payers pays of a ledger row, or of a one-off: the shares in force add up to its amount.

    ``billed``: it is on an invoice of the payer. ``to_invoice``: that invoice was deleted or cancelled while others of the row stand, so
    the next run makes one again. ``void``: replaced, or the row is out of force. Written by services alone.
    """

    _name = "recurring.payer.share"
    _description = "Share of a Payer"
    _order = "id desc"

    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    period_id = fields.Many2one("recurring.period", "Billed Period", readonly=True, ondelete="cascade", index="btree_not_null")
    one_off_id = fields.Many2one("recurring.one.off", "One-Off Charge", readonly=True, ondelete="cascade", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", "Payer", required=True, readonly=True, ondelete="restrict", index=True)
    percent = fields.Float("Share %", readonly=True, help="0: in proportion to what was paid before.")
    amount = fields.Monetary(readonly=True, help="In the tax basis of the price; negative for a credit.")
    name = fields.Text("Description", readonly=True, help="As the invoice said.")
    state = fields.Selection(const.SHARE_STATES, required=True, readonly=True, default=const.SHARE_BILLED)
    joined = fields.Integer(required=True, readonly=True, default=0, help="Tells apart the shares of customers who became one.")
    due_on = fields.Date(readonly=True, help="Since when it is to be invoiced again.")
    replaces_id = fields.Many2one("recurring.payer.share", readonly=True, ondelete="cascade", index="btree_not_null")
    move_line_ids = fields.One2many("account.move.line", "recurring_share_id", "Invoice Lines")
    move_ids = fields.Many2many("account.move", string="Invoices", compute="_compute_move_ids")

    _one_in_force_of_a_period = models.UniqueIndex(
        "(period_id, partner_id, joined) WHERE period_id IS NOT NULL AND state != 'void'",
        "This payer's share of the period is invoiced already. Nothing was billed twice.",
    )
    _one_in_force_of_a_one_off = models.UniqueIndex(
        "(one_off_id, partner_id, joined) WHERE one_off_id IS NOT NULL AND state != 'void'",
        "This payer's share of the one-off charge is invoiced already. Nothing was billed twice.",
    )
    _of_one_thing = models.Constraint(
        "CHECK((period_id IS NULL) != (one_off_id IS NULL))", "A share is of a billed period or of a one-off charge."
    )
    _to_invoice_idx = models.Index("(subscription_id) WHERE state = 'to_invoice'")

    @api.depends("move_line_ids.move_id")
    def _compute_move_ids(self):
        for share in self:
            share.move_ids = share.move_line_ids.move_id

    @api.depends("partner_id", "percent")
    def _compute_display_name(self):
        for share in self:
            share.display_name = f"{share.partner_id.display_name}: {share.percent:g} %" if share.percent else share.partner_id.display_name

    def _holder(self):
        """Whose share it is: customers who became one keep those each of them had."""
        self.ensure_one()
        return self.partner_id, self.joined

    def _in_force(self):
        return self.filtered(lambda share: share.state != const.SHARE_VOID)

    def _of_same(self):
        """All shares of the rows and one-offs of these."""
        return self.search(["|", ("period_id", "in", self.period_id.ids), ("one_off_id", "in", self.one_off_id.ids)])

    def _replace(self):
        """These are not invoiced any more: what each payer owes waits to be invoiced again."""
        self.state = const.SHARE_VOID
        self.env.flush_all()
        return self.create(
            [
                {
                    **{
                        name: share[name].id
                        for name in ("subscription_id", "company_id", "currency_id", "period_id", "one_off_id", "partner_id")
                    },
                    **{name: share[name] for name in ("percent", "amount", "name", "joined")},
                    "state": const.SHARE_TO_INVOICE,
                    "due_on": share.period_id.due_on or share.one_off_id.date or share.company_id._recurring_today(),
                    "replaces_id": share.id,
                }
                for share in self
            ]
        )
