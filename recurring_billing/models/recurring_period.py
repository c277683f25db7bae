from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from ..rules.lineages import Row
from ..rules.money import Price, to_decimal
from ..rules.periods import Period


class RecurringPeriod(models.Model):
    """The ledger: one billed or credited share of a lineage's period, ``[start, end)`` within a full period.

    Append-only. A row keeps for ever what was charged or credited; only ``live_end`` (how far a charge is still in force, which a credit
    shortens) and ``voided`` change. A PostgreSQL exclusion constraint makes it impossible that two rows in force cover the same day of a
    lineage. A credit without days is a correction: other changes of the period altered what its days are worth.
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
    # Without digits: a combined discount of 39.997 % that came back as 40.00 would be another price, and credited.
    price_unit = fields.Float("Unit Price", readonly=True)
    quantity = fields.Float(readonly=True)
    discount = fields.Float("Disc.%", readonly=True)
    price_known = fields.Boolean(readonly=True, default=True)
    amount = fields.Monetary(readonly=True, help="In the tax basis of the line's price.")
    discount_amount = fields.Monetary("Money Off", readonly=True, help="Taken off a full period, in the tax basis of the line's price.")
    credits_id = fields.Many2one(
        "recurring.period",
        "Credited Period",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The charge that this credit shortens.",
    )
    credit_ids = fields.One2many("recurring.period", "credits_id", "Credits of This Period")
    billed_with_id = fields.Many2one(
        "recurring.period",
        "On the Invoice Line of",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Credits and charges of one period and price make one invoice line with their net, which points to this row.",
    )
    billed_together_ids = fields.One2many("recurring.period", "billed_with_id", "Netted with This Period")
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
        'CHECK(full_start <= start AND (start < "end" OR kind = \'credit\' AND start = "end") AND "end" <= full_end '
        'AND start <= live_end AND live_end <= "end")',
        "A billed period starts before it ends and lies inside its full period.",
    )
    _credit_has_charge = models.Constraint(
        "CHECK((kind = 'credit') = (credits_id IS NOT NULL))", "A credit names the charge it shortens, and only a credit does."
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

    @api.depends("move_line_ids.move_id", "billed_with_id.move_line_ids.move_id")
    def _compute_move_ids(self):
        for period in self:
            period.move_ids = period._billed_lines().move_id

    @api.depends("start", "end", "subscription_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for period in self:
            first, last = format_date(self.env, period.start), format_date(self.env, period.last_day)
            period.display_name = f"{period.subscription_id.name}: {first} – {last}"

    def write(self, vals):
        # A service re-points what is netted with a row when another row takes its place.
        if vals.keys() - {"live_end", "voided", *(("billed_with_id",) if self.env.su else ())} - set(models.MAGIC_COLUMNS):
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

    def _billed_lines(self):
        """The invoice lines of these rows: their own, or those of the rows they are netted with."""
        return (self | self.billed_with_id).move_line_ids

    def _invoiced_lines(self):
        """As ``_billed_lines``; of rows that a reversal wrote, also those of the invoice it reverses."""
        lines = self._billed_lines()
        reversed_periods = lines.recurring_credits_period_id
        return lines | reversed_periods._invoiced_lines() if reversed_periods else lines

    def _void(self):
        """Take rows out of force, because their invoice was deleted or cancelled: their time is free to be billed again, what they
        credited is in force again, and credits of them fall with them.
        """
        falling, found = self.browse(), self | self.billed_together_ids
        while found - falling:
            falling |= found
            credits = falling.credit_ids.filtered(lambda credit: not credit.voided) - falling
            credits._check_not_on_document()
            # Credits that no document shows cancel out with charges: with the credits the charges fall.
            found = credits | credits.billed_with_id
            found |= found.billed_together_ids
        in_force = falling.filtered(lambda period: not period.voided)
        if in_force:
            in_force.write({"voided": True})
            self.env.flush_all()
            in_force.credits_id._restore_live_end()
            # Usage is out of force only as long as a reversal of it stands.
            (in_force.credits_id - in_force).filtered(lambda period: period.voided and period.kind == const.USAGE)._claim_again()
            self.env["recurring.coverage"].refresh(in_force.subscription_id)

    def _check_not_on_document(self):
        """Credits that an invoice or credit note shows fall with that alone."""
        moves = self._billed_lines().move_id.filtered(lambda move: move.state != "cancel")
        if moves:
            raise UserError(
                self.env._(
                    "%(period)s was credited by %(credit)s. Cancel or delete that first.",
                    period=self[0].credits_id.display_name,
                    credit=", ".join(moves.mapped("display_name")),
                )
            )

    def _restore_live_end(self):
        """Charges whose credits fell are in force as far as the credits that are left say.

        :raises UserError: when another row holds that time meanwhile, naming its invoice.
        """
        for charge in self.filtered(lambda period: not period.voided):
            credits = charge._credits_in_force().filtered(lambda credit: credit._gives_back_days())
            live_end = min(credits.mapped("start"), default=charge.end)
            if live_end == charge.live_end:
                continue
            other = charge._other_holder(charge.live_end, live_end) if live_end > charge.live_end else None
            if other:
                raise UserError(
                    self.env._(
                        "What this credits was billed again by %(invoice)s, so the credit has to stay. Cancel or delete that invoice "
                        "first.",
                        invoice=", ".join(other.move_ids.mapped("display_name")) or other.display_name,
                    )
                )
            charge.live_end = live_end
        self.env.flush_all()

    def _claim_again(self):
        """Put voided rows in force again, because their invoice came back, or refuse, naming the invoice that holds the time now."""
        voided = (self | self.billed_together_ids).filtered("voided")
        for period in voided.filtered(lambda period: period.kind in const.COVERING):
            other = period._other_holder(period.start, period.live_end)
            if other:
                raise UserError(
                    self.env._(
                        "%(period)s is billed by %(invoice)s meanwhile. Cancel or delete that invoice first.",
                        period=period.display_name,
                        invoice=", ".join(other.move_ids.mapped("display_name")) or other.display_name,
                    )
                )
        credits = voided.filtered(lambda period: period.kind == const.CREDIT)
        for credit in credits:
            charge = credit.credits_id
            if (charge.voided and charge not in voided) or (credit._gives_back_days() and charge.live_end != credit.end):
                raise UserError(
                    self.env._(
                        "What %(credit)s gave back has changed meanwhile. Leave it cancelled: the next run credits what is right.",
                        credit=credit.display_name,
                    )
                )
            if credit._gives_back_days():
                charge.live_end = credit.start
        if voided:
            self.env.flush_all()
            voided.write({"voided": False})
            self.env.flush_all()
            voided.subscription_id._refresh_billing_dates()

    def _other_holder(self, start, end):
        """Another row in force that covers some of the days ``[start, end)`` of the lineage."""
        self.ensure_one()
        return self.search(
            [
                ("lineage_id", "=", self.lineage_id.id),
                ("id", "!=", self.id),
                ("kind", "in", const.COVERING),
                ("voided", "=", False),
                ("start", "<", end),
                ("live_end", ">", start),
            ],
            limit=1,
        ).filtered(lambda period: period.start < period.live_end)

    def _credits_in_force(self):
        """The credits of these rows that are not voided."""
        return self.credit_ids.filtered(lambda credit: not credit.voided)

    def _gives_back_days(self):
        """Whether it is a credit of days, not of money alone."""
        self.ensure_one()
        return self.kind == const.CREDIT and self.start < self.end

    def _row(self):
        """The row as the rules take it."""
        self.ensure_one()
        return Row(
            self.lineage_id.id,
            Period(self.full_start, self.full_end),
            Period(self.start, self.live_end),
            self._price() if self.price_known else None,
            to_decimal(self.amount),
            key=self.id,
            end=self.end,
            kind=self.kind,
            segment=self.line_id.id,
            credits=self.credits_id.id,
        )

    def _price(self):
        """What a whole full period costs, as it was when the row was written."""
        self.ensure_one()
        return Price(*(to_decimal(self[name]) for name in ("price_unit", "quantity", "discount", "discount_amount")))

    def _share(self):
        self.ensure_one()
        return Fraction(self.share_numerator, self.share_denominator)
