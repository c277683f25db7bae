from odoo import api, models

from ..const import dunning as const
from ..rules.money import round_money, to_decimal
from ..rules.on_account import Claim, Money, counted


class RecurringMoneyOnAccount(models.AbstractModel):
    """Money that came and that nobody allocated yet keeps promises and agreements: every cent of it counts once, for what is due first."""

    _name = "recurring.money.on.account"
    _description = "Money on Account"

    @api.private
    @api.model
    def counted(self, case):
        """What of it counts for each arrangement of the customer of a case.

        :return: dict promise or instalment → Decimal; of promises in the company's currency, of instalments in their own
        """
        agreed = {claim.key: claim for claim in self._agreed(case)}
        # sudo: see ``_promised``
        instalments = {line: each for each in agreed for line in each.sudo().part_ids.line_id}
        promised = {claim.key: claim for claim in self._promised(case)}
        claims = [*agreed.values(), *(self._besides(claim, instalments) for claim in promised.values())]
        if not claims:
            return {}
        # sudo: all money of the customer counts, whoever asks
        case = case.sudo()
        money = [
            Money(line.date, -to_decimal(line.amount_residual), line.currency_id, -to_decimal(line.amount_residual_currency))
            for line in case._money_on_account(min(claim.since for claim in claims))
        ]
        found = counted(claims, money, to_decimal(case.company_id.currency_id.rounding))
        for promise, claim in promised.items():
            found[promise] = min(claim.amount, found[promise] + self._by_instalments(promise, instalments, agreed, found))
        return found

    def _besides(self, claim, instalments):
        """What a promise claims for itself: who promises an instalment of an agreement pays it once, and keeps both by it."""
        # sudo: see ``_promised``
        besides = [to_decimal(line.amount_residual) for line in claim.key.sudo().line_ids if line not in instalments]
        return claim._replace(amount=min(claim.amount, sum(besides, to_decimal(0))))

    def _by_instalments(self, promise, instalments, agreed, found):
        """What instalments get that are promised as well, as their debts are in the books."""
        nothing = to_decimal(0)
        # sudo: see ``_promised``
        lines = {line: instalments[line] for line in promise.sudo().line_ids if line in instalments}
        parts = [
            to_decimal(line.amount_residual) * found[each] / agreed[each].amount for line, each in lines.items() if agreed[each].amount
        ]
        return round_money(sum(parts, nothing), to_decimal(promise.sudo().company_id.currency_id.rounding))

    def _mine(self, case, states):
        return [("partner_id", "=", case.partner_id.id), ("company_id", "=", case.company_id.id), ("state", "in", states)]

    def _promised(self, case):
        """Promises that wait for money, and those for which money counted that is on account still."""
        nothing = to_decimal(0)
        # sudo: all that was arranged with the customer has its part of the money, whoever asks
        promises = self.env["recurring.promise"].sudo().search(self._mine(case, (const.OPEN, const.KEPT, const.PARTLY)))
        for promise in promises:
            left = sum((to_decimal(line.amount_residual) for line in promise.line_ids), nothing)
            if left <= 0:
                continue
            most = to_decimal(promise.debt_amount)
            if promise.state != const.OPEN:
                most = min(most, to_decimal(promise.paid))
            amount = min(most - self.env["recurring.promise.keeping"]._came(promise), left)
            if amount > 0:
                yield Claim(promise.with_env(self.env), promise.date, promise.day, amount)

    def _agreed(self, case):
        # sudo: see ``_promised``
        for agreement in self.env["recurring.agreement"].sudo().search(self._mine(case, (const.RUNNING, const.KEPT))):
            for each in agreement.instalment_ids.filtered(lambda each: not each.is_paid):
                yield Claim(each.with_env(self.env), each.date, agreement.day, to_decimal(each.left), agreement.currency_id)
