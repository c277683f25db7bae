from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from ..rules.charges import Row
from ..rules.money import Price, to_decimal
from ..rules.periods import Period


class RecurringPeriod(models.Model):
    """The ledger: one billed share of a lineage's period, ``[start, end)`` within a full period.

    Append-only. A row keeps for ever what was charged; only ``live_end`` (how far the charge is still in force) and ``voided``
    change. A PostgreSQL exclusion constraint makes it impossible that two rows in force cover the same day of a lineage.
    """

    _name = "recurring.period"
    _description = "Billed Period"
    _order = "start desc, id desc"

    lineage_id = fields.Many2one("recurring.lineage", required=True, readonly=True, ondelete="restrict", index=True)
    line_id = fields.Many2one("recurring.subscription.line", required=True, readonly=True, ondelete="restrict", index=True)
    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True, ondelete="restrict", index=True)
    partner_id = fields.Many2one(related="subscription_id.partner_id", store=True, precompute=True, index=True)
    plan_id = fields.Many2one(related="subscription_id.plan_id", store=True, precompute=True)
    product_id = fields.Many2one(related="line_id.product_id")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    kind = fields.Selection(const.PERIOD_KINDS, required=True, readonly=True, default=const.CHARGE)

    full_start = fields.Date("Full Period From", required=True, readonly=True)
    full_end = fields.Date("Full Period To (excluded)", required=True, readonly=True)
    start = fields.Date("From", required=True, readonly=True)
    end = fields.Date("To (excluded)", required=True, readonly=True)
    last_day = fields.Date("To", compute="_compute_last_day")
    live_end = fields.Date(
        "In Force Until (excluded)", required=True, readonly=True, help="How far the charge is still in force: a credit shortens it."
    )
    due_on = fields.Date("Became Due", readonly=True)
    share_numerator = fields.Integer(readonly=True, default=1)
    share_denominator = fields.Integer(readonly=True, default=1)
    share_label = fields.Char("Share", compute="_compute_share_label")
    price_unit = fields.Float("Unit Price", digits="Product Price", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    discount = fields.Float("Disc.%", digits="Discount", readonly=True)
    price_known = fields.Boolean(readonly=True, default=True)
    amount = fields.Monetary(readonly=True, help="In the tax basis of the line's price.")
    voided = fields.Boolean(
        readonly=True, default=False, required=True, help="Not in force any more: its invoice was deleted or cancelled."
    )
    run_id = fields.Many2one("recurring.billing.run", "Billing Run", readonly=True, ondelete="set null", index="btree_not_null")
    move_line_ids = fields.One2many("account.move.line", "recurring_period_id", "Invoice Lines")
    move_ids = fields.Many2many("account.move", string="Invoices", compute="_compute_move_ids")

    _no_double_billing = models.Constraint(
        "EXCLUDE USING gist (lineage_id WITH =, daterange(start, live_end) WITH &&) "
        "WHERE (kind IN ('charge', 'opening') AND voided IS NOT TRUE)",
        "This time is billed already. Nothing was billed twice; open the subscription's billed periods to see which invoice holds it.",
    )
    _dates_ordered = models.Constraint(
        'CHECK(full_start <= start AND start < "end" AND "end" <= full_end AND start <= live_end AND live_end <= "end")',
        "A billed period starts before it ends and lies inside its full period.",
    )
    _in_force_idx = models.Index("(lineage_id, full_end) WHERE voided IS NOT TRUE")

    @api.depends("end")
    def _compute_last_day(self):
        for period in self:
            period.last_day = period.end and fields.Date.subtract(period.end, days=1)

    @api.depends("share_numerator", "share_denominator")
    def _compute_share_label(self):
        for period in self:
            whole = period.share_numerator == period.share_denominator
            period.share_label = "1" if whole else f"{period.share_numerator}/{period.share_denominator}"

    @api.depends("move_line_ids.move_id")
    def _compute_move_ids(self):
        for period in self:
            period.move_ids = period.move_line_ids.move_id

    @api.depends("start", "end", "subscription_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for period in self:
            first, last = format_date(self.env, period.start), format_date(self.env, period.last_day)
            period.display_name = f"{period.subscription_id.name}: {first} – {last}"

    def write(self, vals):
        if vals.keys() - {"live_end", "voided"} - set(models.MAGIC_COLUMNS):
            raise UserError(self.env._("Billed periods are a ledger: a row is never edited. Delete or credit the invoice instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_discarded(self):
        if not self.env.context.get("recurring_ledger_discard") or any(
            not period.voided and period.kind == const.CHARGE for period in self
        ):
            raise UserError(self.env._("Billed periods are a ledger: a row is never deleted."))

    def action_open_invoices(self):
        """The invoices that charge these periods."""
        action = self.env["ir.actions.actions"]._for_xml_id("account.action_move_out_invoice_type")
        action["context"] = {"default_move_type": "out_invoice", "create": False}
        action["domain"] = [("id", "in", self.move_ids.ids)]
        return action

    def _void(self):
        """Take rows out of force, because their invoice was deleted or cancelled: their time is free to be billed again."""
        in_force = self.filtered(lambda period: not period.voided)
        if in_force:
            in_force.write({"voided": True})
            self.env.flush_all()
            self.env["recurring.coverage"].reopen(in_force)

    def _claim_again(self):
        """Put voided rows in force again, because their invoice came back, or refuse, naming the invoice that holds the time now."""
        voided = self.filtered("voided")
        for period in voided:
            other = self.search(
                [
                    ("lineage_id", "=", period.lineage_id.id),
                    ("voided", "=", False),
                    ("start", "<", period.live_end),
                    ("live_end", ">", period.start),
                ],
                limit=1,
            )
            if other:
                raise UserError(
                    self.env._(
                        "%(period)s is billed by %(invoice)s meanwhile. Cancel or delete that invoice first.",
                        period=period.display_name,
                        invoice=", ".join(other.move_ids.mapped("display_name")) or other.display_name,
                    )
                )
        if voided:
            voided.write({"voided": False})
            self.env.flush_all()
            voided.subscription_id._refresh_billing_dates()

    def _row(self):
        """The row as the rules take it."""
        self.ensure_one()
        price = None
        if self.price_known:
            price = Price(to_decimal(self.price_unit), to_decimal(self.quantity), to_decimal(self.discount))
        return Row(
            self.lineage_id.id,
            Period(self.full_start, self.full_end),
            Period(self.start, self.live_end),
            price,
            to_decimal(self.amount),
        )

    def _share(self):
        self.ensure_one()
        return Fraction(self.share_numerator, self.share_denominator)
