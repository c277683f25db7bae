from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from .. import const

PRODUCT_KINDS = (const.WIZARD_REPRICE, const.WIZARD_REPLACE, const.WIZARD_ADD)


class RecurringChangeQuotation(models.AbstractModel):
    """Offers a change to the customer as a quotation; once it is accepted, the change is made.

    The order shows what changes. It makes no subscription of its own, and it invoices nothing: billing does, as for every change.
    """

    _name = "recurring.change.quotation"
    _description = "Quotation of Changes"

    @api.private
    @api.model
    def quote(self, subscription, asked, day, reason=False):
        """A quotation for a change.

        :param asked: see ``recurring.change.application``.
        :param day: the first day it counts; where it is accepted later, it counts from that day.
        :return: the order.
        """
        subscription.check_access("write")
        self._check_nothing_offered(subscription)
        spoken = self.with_context(lang=subscription.partner_id.lang or self.env.lang)
        found = spoken.env["recurring.change.preview"].compare(subscription.with_env(spoken.env), asked, day)
        if "problem" in found:
            raise UserError(found["problem"])
        # sudo: changes are recorded by services alone
        change = self.env["recurring.change"].sudo().create(self._prepare_change(subscription, asked, reason, found))
        order = self.env["sale.order"].create(self._prepare_order(subscription, asked, change, spoken._money_in_words(subscription, found)))
        change.order_id = order
        subscription._message_log(
            body=self.env._("Offered with %(order)s: %(what)s", order=order._get_html_link(), what=change.description)
        )
        return order

    @api.private
    @api.model
    def accept(self, order):
        """Make the change that the order offers: from the day that was offered, or, where that is over, from today.

        :return: the change, or an empty record where there is none to make.
        """
        # sudo: a customer accepts without being a user of subscriptions
        change = (
            self.env["recurring.change"]
            .sudo()
            .search([("order_id", "=", order.id), ("state", "=", const.CHANGE_OFFERED)], order="id desc", limit=1)
        )
        if change:
            subscription, asked = change.subscription_id, change.asked
            day = max(change.date, subscription.company_id._recurring_today())
            about = {"change": change, "user_id": change.user_id.id}
            self.env["recurring.change.application"].sudo().apply(subscription, asked, day, **about)
            change._tell()
        return change

    @api.private
    @api.model
    def forget(self, order):
        """The order is cancelled: what was only offered or planned is withdrawn; what is in effect stays."""
        # sudo: whoever may cancel the order takes back what it offered
        changes = (
            self.env["recurring.change"]
            .sudo()
            .search([("order_id", "=", order.id), ("state", "in", (const.CHANGE_OFFERED, const.CHANGE_PLANNED))])
        )
        changes.withdraw()

    @api.private
    @api.model
    def offer_again(self, order):
        """The order is a quotation again: so is its change."""
        # sudo: changes are recorded by services alone
        changes = (
            self.env["recurring.change"]
            .sudo()
            .search([("order_id", "=", order.id), ("state", "=", const.CHANGE_WITHDRAWN)], order="id desc", limit=1)
        )
        changes.write({"state": const.CHANGE_OFFERED, "lineage_ids": [Command.clear()], "snapshot": False, "withdrawn_on": False})

    def _check_nothing_offered(self, subscription):
        offered = subscription.planned_change_ids.filtered(lambda change: change.state == const.CHANGE_OFFERED)
        if offered:
            # sudo: the quotation of a colleague is named, not shown
            raise UserError(
                self.env._(
                    "%(order)s offers a change of %(subscription)s already. Cancel it, or wait until the customer has decided.",
                    order=offered[0].sudo().order_id.name,
                    subscription=subscription.display_name,
                )
            )

    def _prepare_change(self, subscription, asked, reason, found):
        kinds = {const.WIZARD_REPRICE: const.CHANGE_PRICE}
        kind = kinds.get(asked["kind"], asked["kind"])
        return {
            "subscription_id": subscription.id,
            "kind": self.env["recurring.change.recording"]._kind(kind, found["mrr_before"], found["mrr_after"]),
            "date": found["date"],
            "state": const.CHANGE_OFFERED,
            "recorded_on": subscription.company_id._recurring_today(),
            "user_id": self.env.uid,
            "description": found["description"],
            "reason": reason,
            "mrr_before": found["mrr_before"],
            "mrr_after": found["mrr_after"],
            "amount_due": found["money_now"],
            "asked": asked,
        }

    # The order

    def _prepare_order(self, subscription, asked, change, note):
        return {
            "partner_id": subscription.partner_id.id,
            "partner_invoice_id": subscription.partner_invoice_id.id,
            "company_id": subscription.company_id.id,
            "pricelist_id": subscription.pricelist_id.id,
            "fiscal_position_id": subscription.fiscal_position_id.id,
            "payment_term_id": subscription.payment_term_id.id,
            "user_id": subscription.user_id.id or self.env.uid,
            "team_id": subscription.team_id.id,
            "client_order_ref": subscription.client_order_ref,
            "origin": subscription.name,
            "recurring_purpose": const.PURPOSE_CHANGE,
            "recurring_change_id": change.id,
            "require_payment": False,
            "order_line": [Command.create(values) for values in self._prepare_lines(subscription, asked, change, note)],
        }

    def _prepare_lines(self, subscription, asked, change, note):
        lang = subscription.partner_id.lang or self.env.lang
        words = self.with_context(lang=lang)
        kinds = dict(change._fields["kind"]._description_selection(words.env))
        title = words.env._(
            "Change of %(subscription)s from %(day)s: %(kind)s",
            subscription=subscription.name,
            day=format_date(words.env, change.date),
            kind=kinds[change.kind],
        )
        lines = [{"display_type": "line_section", "name": title}]
        if asked["kind"] in PRODUCT_KINDS:
            lines.append(self._prepare_product(subscription, asked))
        elif asked["kind"] == const.WIZARD_SWITCH:
            plan = self.env["recurring.plan"].browse(asked["plan_id"])
            for each in self.env["recurring.plan.switch"].offer(subscription, plan, change.date):
                price = (asked.get("prices") or {}).get(str(each["line"].id), each["price"])
                lines.append(
                    self._prepare_line(each["line"], each["line"].product_id, plan, each["line"].quantity, price, each["line"].discount)
                )
        lines.append({"display_type": "line_note", "name": note})
        return lines

    def _money_in_words(self, subscription, found):
        """What changes, where a credit goes, and the next documents, when it is accepted in time."""
        texts = [found["description"], *found["credits"]]
        for document in found["after"][:2]:
            texts.append(
                self.env._(
                    "%(name)s of %(day)s, when accepted by %(first_day)s: %(amount)s",
                    name=document.name,
                    day=format_date(self.env, document.day),
                    first_day=format_date(self.env, found["date"]),
                    amount=format_amount(self.env, document.total, subscription.currency_id),
                )
            )
        return "\n".join(text for text in texts if text)

    def _prepare_product(self, subscription, asked):
        line = self.env["recurring.subscription.line"].browse(asked["line_ids"])[:1]
        product = self.env["product.product"].browse(asked.get("product_id"))
        if asked["kind"] == const.WIZARD_REPRICE or not product:
            product = line.product_id
        return self._prepare_line(line, product, subscription.plan_id, asked["quantity"], asked["price_unit"], asked["discount"])

    def _prepare_line(self, line, product, plan, quantity, price, discount):
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": price,
            "discount": discount,
            "recurring_plan_id": plan.id,
            **({"tax_ids": [Command.set(line.tax_ids.ids)], "name": line.name} if line and line.product_id == product else {}),
        }
