from odoo import api, models

from ..const import dunning as const
from ..const import service


class RecurringCaseJoining(models.AbstractModel):
    """Brings cases to who owes now: customers became one, or a person came to belong to a company. Nothing said or agreed is lost."""

    _name = "recurring.case.joining"
    _description = "Joining of Cases"

    @api.private
    @api.model
    def follow(self, partners):
        """The open cases of partners that belong to somebody else from now on go with them."""
        # sudo: cases and blocks are kept by services
        cases = self.env["recurring.dunning.case"].sudo().search([("partner_id", "in", partners.ids), ("state", "=", const.CASE_OPEN)])
        for case in cases.filtered(lambda case: case.partner_id.commercial_partner_id != case.partner_id):
            self._bring(case, case.partner_id.commercial_partner_id)
        blocks = (
            self.env["recurring.service.block"].sudo().search([("partner_id", "in", partners.ids), ("state", "in", service.BLOCK_OPEN)])
        )
        for customer, mine in blocks.grouped(lambda block: block.partner_id.commercial_partner_id).items():
            mine.filtered(lambda block, customer=customer: block.partner_id != customer).partner_id = customer

    @api.private
    @api.model
    def make_room(self, sources, target):
        """Before customers become one: what there may be once for a customer is joined.

        :param sources: partners that are about to become ``target``.
        """
        # sudo: cases are kept by services
        cases = self.env["recurring.dunning.case"].sudo()
        for case in cases.search([("partner_id", "in", (sources | target).ids), ("state", "=", const.CASE_OPEN)], order="id"):
            if case.partner_id != target:
                self._bring(case, target)
        for model, fields in (
            ("recurring.customer.risk", ("company_id",)),
            ("recurring.optout", ("channel", "company_id", "active")),
            ("recurring.statement", ("batch_id",)),
            ("recurring.card.notice", ("token_id", "kind", "expiry")),
        ):
            self._drop_doubles(model, fields, sources, target)

    def _bring(self, case, customer):
        """A case becomes the customer's, or a part of the one the customer has."""
        domain = [("partner_id", "=", customer.id), ("company_id", "=", case.company_id.id), ("state", "=", const.CASE_OPEN)]
        there = case.search([*domain, ("id", "!=", case.id)], limit=1)
        if there:
            self._join(case, there)
        else:
            case.partner_id = customer

    def _join(self, case, there):
        """All of a case goes over to another one; what is left of it is closed."""
        blocks = case.block_ids.filtered(lambda block: block.state in service.BLOCK_OPEN)
        # A service is withheld once for a case.
        doubles = blocks.filtered(lambda block: block.subscription_id in there.block_ids.subscription_id)
        doubles.case_id = False
        # sudo: which models point to a case is nobody's secret
        links = self.env["ir.model.fields"].sudo().search([("relation", "=", case._name), ("ttype", "=", "many2one"), ("store", "=", True)])
        for link in links.filtered(lambda field: not field.related and field.model in self.env and self.env[field.model]._auto):
            mine = self.env[link.model].sudo().with_context(active_test=False).search([(link.name, "=", case.id)])
            mine.write({link.name: there.id})
        case.activity_ids.write({"res_id": there.id})
        case.message_change_thread(there)
        held = max((each for each in (case, there) if each.hold_until), key=lambda each: each.hold_until, default=None)
        day = case.company_id._recurring_today()
        there.write(
            {
                "user_id": (there.user_id or case.user_id).id,
                "hold_until": held.hold_until if held else False,
                "hold_reason": held.hold_reason if held else False,
                "last_contact_at": max(filter(None, (case.last_contact_at, there.last_contact_at)), default=False),
                **self._orders(case, there),
            }
        )
        self.env["recurring.dunning.cases"]._close(case, day)

    def _orders(self, case, there):
        """New orders are treated as the stricter of both cases says."""
        gravity = [effect for effect, _words in const.ORDER_EFFECTS]
        return {
            "orders_effect": max(case.orders_effect, there.orders_effect, key=gravity.index),
            "orders_since": min(filter(None, (case.orders_since, there.orders_since)), default=False),
            "orders_line_ids": (case.orders_line_ids | there.orders_line_ids).ids,
        }

    def _drop_doubles(self, model, names, sources, target):
        """Of records there may be once for a customer, the target's stay."""
        # sudo: kept by services
        records = self.env[model].sudo().with_context(active_test=False)

        def key(record):
            return tuple(record[name] for name in names)

        kept = {key(record) for record in records.search([("partner_id", "=", target.id)])}
        for record in records.search([("partner_id", "in", sources.ids)], order="id"):
            if key(record) in kept:
                record.unlink()
            else:
                kept.add(key(record))
