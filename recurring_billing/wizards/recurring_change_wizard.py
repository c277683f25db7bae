from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const

REPRICE, REPLACE, PAUSE, RESUME, END, REOPEN = "reprice", "replace", "pause", "resume", "end", "reopen"
ONE_LINE = (REPRICE, REPLACE)


class _NothingChanged(Exception):
    """Ends a preview: what was tried is rolled back."""


class RecurringChangeWizard(models.TransientModel):
    """Change what runs: another price or product, a pause, an end, from a day on that may lie in the past."""

    _name = "recurring.change.wizard"
    _description = "Change Subscription"

    subscription_id = fields.Many2one("recurring.subscription", required=True, readonly=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    company_id = fields.Many2one(related="subscription_id.company_id")
    kind = fields.Selection(
        [
            (REPRICE, "New price or quantity"),
            (REPLACE, "Another product"),
            (PAUSE, "Pause"),
            (RESUME, "Resume"),
            (END, "End"),
            (REOPEN, "Reopen"),
        ],
        "What Changes",
        required=True,
        default=REPRICE,
    )
    date = fields.Date(
        "From",
        required=True,
        default=lambda self: self._default_date(),
        help="The first day it counts. A day in the past changes what is billed already: the difference is credited and charged.",
    )
    choice_ids = fields.Many2many("recurring.subscription.line", compute="_compute_choice_ids")
    line_id = fields.Many2one(
        "recurring.subscription.line",
        compute="_compute_lines",
        store=True,
        readonly=False,
        domain="[('id', 'in', choice_ids)]",
    )
    line_ids = fields.Many2many(
        "recurring.subscription.line",
        string="Lines",
        compute="_compute_lines",
        store=True,
        readonly=False,
        domain="[('id', 'in', choice_ids)]",
    )
    product_id = fields.Many2one("product.product", "New Product", check_company=True, domain="[('sale_ok', '=', True)]")
    price_unit = fields.Float("Unit Price", digits="Product Price", compute="_compute_price", store=True, readonly=False)
    quantity = fields.Float(digits="Product Unit", compute="_compute_price", store=True, readonly=False)
    discount = fields.Float("Disc.%", digits="Discount", compute="_compute_price", store=True, readonly=False)
    summary = fields.Char(compute="_compute_summary")
    preview = fields.Html(readonly=True)

    @api.model
    def _default_date(self):
        """Today, in the company of the subscription."""
        subscription = self.env["recurring.subscription"].browse(self.env.context.get("default_subscription_id"))
        return (subscription.company_id or self.env.company)._recurring_today()

    @api.depends("subscription_id", "kind", "date")
    def _compute_choice_ids(self):
        """One line of each lineage: the one that stands for it now."""
        change = self.env["recurring.subscription.change"]
        for wizard in self:
            lineages = wizard.subscription_id.line_ids.lineage_id
            lasts = wizard.subscription_id.line_ids.browse([change._last(lineage).id for lineage in lineages])
            wizard.choice_ids = lasts.filtered(wizard._fits)

    def _fits(self, line):
        """Whether the kind of change can be made of a lineage, by the line that stands for it."""
        over = bool(line.date_end and self.date and line.date_end < self.date)
        ended = line.ended_by == const.BY_CHANGE or (line.ended_by in (const.BY_END, False) and over)
        return {
            PAUSE: not ended and line.ended_by != const.BY_PAUSE,
            RESUME: line.ended_by == const.BY_PAUSE,
            END: not ended,
            REOPEN: bool(line.date_end) and line.ended_by in (const.BY_END, False),
        }.get(self.kind, not ended)

    @api.depends("choice_ids", "kind")
    def _compute_lines(self):
        for wizard in self:
            lines = wizard.choice_ids._origin
            wizard.line_ids = lines
            if not wizard.line_id or wizard.line_id not in lines:
                wizard.line_id = lines[:1]

    @api.depends("line_id", "product_id", "date", "kind")
    def _compute_price(self):
        change = self.env["recurring.subscription.change"]
        for wizard in self:
            line = wizard.line_id
            if not line:
                wizard.update({"price_unit": 0.0, "quantity": 1.0, "discount": 0.0})
                continue
            counting = change._price_line(line.lineage_id, wizard.date) if wizard.date else line
            wizard.update({name: counting[name] for name in ("price_unit", "quantity", "discount")})
            if wizard.kind == REPLACE and wizard.product_id:
                new = line.new(
                    {"subscription_id": wizard.subscription_id.id, "product_id": wizard.product_id.id, "quantity": counting.quantity}
                )
                wizard.price_unit = new._price_of_product()

    @api.depends("kind", "date", "line_id", "line_ids")
    def _compute_summary(self):
        change = self.env["recurring.subscription.change"]
        for wizard in self:
            lines = wizard._chosen()._origin
            wizard.summary = False
            if wizard.kind == REPLACE and wizard.date and change.is_paused_on(lines.lineage_id, wizard.date):
                wizard.summary = self.env._("The line is paused. The new product runs, and is billed, from this day on.")
            if not wizard.date or not lines or wizard.kind not in (PAUSE, END):
                continue
            find = change.pause_day if wizard.kind == PAUSE else change.end_day
            day = max(find(lineage, wizard.date) for lineage in lines.lineage_id)
            if day != wizard.date:
                wizard.summary = self.env._("The plan lets the running period end first: it counts from %s.", format_date(self.env, day))

    def _chosen(self):
        self.ensure_one()
        return self.line_id if self.kind in ONE_LINE else self.line_ids

    def action_apply(self):
        """Make the change. What differs from what is billed is credited and charged by the next run."""
        lines = self._apply()
        self._tell(lines)
        return True

    def action_preview(self):
        """Show what the next run will credit and charge, without changing anything."""
        self.ensure_one()
        subscription, words = self.subscription_id, self.env._("Nothing is credited or charged by the next run.")
        try:
            with self.env.cr.savepoint():
                self._apply()
                # sudo: whoever may change a subscription may see what it costs
                found = self.env["recurring.invoice.generation"].sudo().next_documents(subscription)
                raise _NothingChanged
        except _NothingChanged:
            self.preview = self._documents_in_words(found) if found else words
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Change Subscription"),
        }

    def _apply(self):
        """Make the change.

        :return: the lines concerned.
        """
        self.ensure_one()
        lines = self._chosen()
        # By RPC the wizard may name anything: what is shown and changed is what the user may change.
        (self.subscription_id | lines.subscription_id).check_access("write")
        if lines.subscription_id - self.subscription_id:
            raise UserError(self.env._("These lines belong to another subscription. Change them there."))
        if not lines:
            raise UserError(self.env._("Choose at least one line. Where none is offered, nothing of this subscription can be changed so."))
        change = self.env["recurring.subscription.change"]
        if self.kind == REPRICE:
            change.reprice(lines, self.date, self._changed_prices())
        elif self.kind == REPLACE:
            self._replace(lines)
        else:
            getattr(change, self.kind)(lines, self.date)
        return lines

    def _documents_in_words(self, documents):
        """A table: what kind of document, what is on it, and how much."""
        rows = Markup()
        for document in documents:
            rows += Markup('<tr class="fw-bold"><td>%s</td><td class="text-end">%s</td></tr>') % (
                document["name"],
                self.currency_id.format(document["amount"]),
            )
            for text, amount in document["lines"]:
                rows += Markup('<tr class="text-muted"><td class="ps-3">%s</td><td class="text-end">%s</td></tr>') % (
                    text,
                    self.currency_id.format(amount),
                )
        return Markup('<table class="table table-sm mb-0">%s</table>') % rows

    def _replace(self, line):
        if not self.product_id:
            raise UserError(self.env._("Choose the new product."))
        values = self._prices()
        if self.product_id != line.product_id:
            values["product_id"] = self.product_id.id
        self.env["recurring.subscription.change"].replace(line, self.date, values)

    def _changed_prices(self):
        """Of price, quantity and discount those that are new on the day: a later change of the others still counts."""
        counting = self.env["recurring.subscription.change"]._price_line(self.line_id.lineage_id, self.date)
        changed = {name: value for name, value in self._prices().items() if value != counting[name]}
        if not changed:
            raise UserError(
                self.env._(
                    "Price, quantity and discount on %s are what they were already. Change one, or choose the day it became different.",
                    format_date(self.env, self.date),
                )
            )
        return changed

    def _prices(self):
        return {name: self[name] for name in ("price_unit", "quantity", "discount")}

    def _tell(self, lines):
        """Keep in the chatter who changed what, from when on."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        self.subscription_id.message_post(
            body=self.env._(
                "%(kind)s from %(day)s: %(lines)s",
                kind=kinds[self.kind],
                day=format_date(self.env, self.date),
                lines=", ".join(line.product_id.display_name for line in lines),
            )
        )
