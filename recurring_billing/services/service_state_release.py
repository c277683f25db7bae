import logging
from datetime import date, datetime, timezone

from odoo import api, models
from odoo.exceptions import AccessError, ConcurrencyError

from ..const import dunning
from ..const import service as const
from .billing_batch import CONFLICTS

_logger = logging.getLogger(__name__)

TRIES = 3


class RecurringServiceState(models.AbstractModel):
    """Services run again: in the moment a payment is reconciled, by the scheduled action for whatever else pays, by hand."""

    _inherit = "recurring.service.state"

    @api.private
    @api.model
    def look_at(self, partners):
        """After money was reconciled, or taken apart again: end what is paid for, bring back what is owed again.

        :param partners: commercial partners
        """
        # sudo: what follows from a payment follows whoever registered it
        blocks = self.env["recurring.service.block"].sudo()
        mine = blocks.search([("partner_id", "in", partners.ids), ("state", "in", const.BLOCK_OPEN)])
        self.sudo().release(mine)
        paid = blocks.search([("partner_id", "in", partners.ids), ("state", "=", const.BLOCK_ENDED), ("ended_by", "=", const.ENDED_PAID)])
        self.sudo()._bring_back(paid)
        self.sudo()._take_orders_again(partners)

    @api.private
    @api.model
    def release(self, blocks):
        """End those of the blocks whose debts are paid. What was written off is not: no block begins for it any more, but none ends."""
        debts = self.env["recurring.service.debts"]
        owed = debts.owed(blocks.line_ids)
        given_up = debts.given_up(blocks.line_ids)

        def is_over(block):
            return not block.line_ids & (owed | given_up if block.state == const.BLOCK_IN_FORCE else owed)

        for company, mine in blocks.filtered(is_over).grouped("company_id").items():
            self.end(mine, const.ENDED_PAID, company._recurring_today())

    def _bring_back(self, ended):
        """A payment was undone: what had been withheld for the debt is withheld again, on the next day that allows it."""
        if not ended:
            return
        owed = self.env["recurring.service.debts"].owed(ended.line_ids)
        seen = set()
        for block in ended.sorted("id", reverse=True):
            key = (block.subscription_id, block.effect, block.is_charge, block.case_id)
            lines = block.line_ids & owed
            if key in seen or not lines or block.subscription_id not in self._heirs(block.subscription_id):
                continue
            seen.add(key)
            values = {name: block[name].id for name in ("partner_id", "case_id", "step_id", "policy_id")}
            values |= {name: block[name] for name in ("is_charge", "effect", "billing")}
            values["asked_on"] = block.company_id._recurring_today()
            self._ask_for(block.subscription_id, values, lines)

    def _take_orders_again(self, partners):
        """Orders are taken again once what stopped them is paid."""
        cases = self.env["recurring.dunning.case"].search(
            [("partner_id", "in", partners.ids), ("orders_effect", "!=", dunning.ORDERS_KEPT)]
        )
        debts = self.env["recurring.service.debts"]
        kept = debts.owed(cases.orders_line_ids) | debts.given_up(cases.orders_line_ids)
        free = cases.filtered(lambda case: not case.orders_line_ids & kept)
        free.write({"orders_effect": dunning.ORDERS_KEPT, "orders_since": False, "orders_line_ids": False})

    @api.private
    @api.model
    def end_by_hand(self, blocks):
        """A person lets services run again, whatever is owed; it is told in the chatter of the subscriptions.

        :raises AccessError: for who may not.
        """
        self._check_may_release()
        blocks.check_access("read")
        # sudo: blocks are kept by services; who may end them was checked
        service, blocks = self.sudo(), blocks.sudo()
        for company, mine in blocks.grouped("company_id").items():
            service.end(mine, const.ENDED_BY_HAND, company._recurring_today())
        body = self.env._("%s ended the block by hand.", self.env.user.name)
        blocks.subscription_id._message_log_batch(bodies=dict.fromkeys(blocks.subscription_id.ids, body))

    def _check_may_release(self):
        if not self.env.su and not any(self.env.user.has_group(group) for group in const.WHO_COLLECTS):
            raise AccessError(
                self.env._("Services are let run again by the groups Collections, Manager and Billing. Please ask one of them.")
            )

    # The scheduled action

    @api.private
    @api.model
    def run_scheduled(self):
        """Every few minutes: end what is paid whatever way, begin what waits for its day, block again when trust is over."""
        # sudo: the scheduled action works for every company
        blocks = self.env["recurring.service.block"].sudo().search([("state", "in", const.BLOCK_OPEN)], order="id")
        cases = self.env["recurring.dunning.case"].sudo().search([("orders_effect", "!=", dunning.ORDERS_KEPT)])
        by_customer = blocks.grouped(lambda block: (block.company_id, block.partner_id))
        self.sudo()._take_orders_again(cases.partner_id)
        self.env["ir.cron"]._commit_progress(remaining=len(by_customer))  # what is done for each customer stays done
        for (company, _partner), mine in by_customer.items():
            self.sudo().with_company(company)._run_apart(mine, company._recurring_today())
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _run_apart(self, blocks, day):
        """What fails for one customer stops nobody else's service from running again. Who met another process looks again."""
        for left in reversed(range(TRIES)):
            try:
                with self.env.cr.savepoint():
                    self._run_customer(blocks.with_env(self.env), day)
                return
            except (*CONFLICTS, ConcurrencyError):
                if left and not self.env["recurring.invoice.generation"]._in_one_transaction():
                    self.env.cr.rollback()  # a new transaction sees what the other process did
                    continue
                _logger.info("services of %s are being worked on, and wait for the next run", blocks.partner_id.ids)
                return
            except Exception:
                _logger.exception("services of %s could not be looked at", blocks.partner_id.ids)
                return

    def _run_customer(self, blocks, day):
        self.release(blocks)
        left = blocks.filtered(lambda block: block.state in const.BLOCK_OPEN)
        # What is switched off begins nothing; cards have a switch of their own.
        ready = left.filtered(lambda block: (block.is_charge or block.company_id.recurring_dunning) and self._is_hour(block))
        self.begin(ready, day)
        self._end_trust(left.filtered(lambda block: block.state == const.BLOCK_IN_FORCE and self._is_hour(block)), day)

    def _is_hour(self, block):
        """Whether it is an hour at which the policy speaks to customers: nobody finds the service gone at night, with nobody to call."""
        if type(self.env.context.get("recurring_today")) is date or not block.policy_id:
            return True  # a story that is told by date has no hours
        now = block.company_id._recurring_local(datetime.now(timezone.utc))
        return block.policy_id.hour_from <= now.hour + now.minute / 60 < block.policy_id.hour_to

    def _end_trust(self, blocks, day):
        """Trust that is over: the service is withheld again."""
        over = blocks.filtered(lambda block: block.trusted_until and block.trusted_until < day)
        if over:
            self._hold(over)
            over.trusted_until = False
            self.refresh(over.subscription_id, day)
