from datetime import timedelta

from odoo import api, models

from .. import const
from ..rules.family import Member, percent_of, plan_ahead, rank_on
from ..rules.periods import period_at

DAY = timedelta(days=1)


class RecurringFamilyRanking(models.AbstractModel):
    """Keeps the family discounts of lines equal to the ranks of their subscriptions, from the first day that is not billed on.

    A family is the subscriptions of one payer (the commercial partner of the invoice address) on plans with one scheme. Each period has the
    discount of the rank on its first day; what is billed keeps its price.
    """

    _name = "recurring.family.ranking"
    _description = "Ranks of Family Discounts"

    @api.private
    @api.model
    def refresh_all(self):
        """Called daily, for what no event told: a customer who got another parent company."""
        # sudo: the scheduled action works for every company
        self.refresh_schemes(self.sudo().env["recurring.family.discount"].search([("plan_ids", "!=", False)]))

    @api.private
    @api.model
    def refresh_schemes(self, schemes):
        if schemes:
            domain = [("plan_id.family_discount_id", "in", schemes.ids), ("state", "in", (const.ACTIVE, const.PAUSED))]
            # sudo: ranks follow from all subscriptions of a payer, whoever may see them
            self.refresh(self.env["recurring.subscription"].sudo().search(domain))

    @api.private
    @api.model
    def refresh(self, subscriptions, schemes=None):
        """Bring the discounts of these subscriptions' families up to date.

        :param schemes: others that they had before.
        """
        # sudo: ranks follow from all subscriptions of a payer, whoever may see them
        subscriptions = subscriptions.sudo()
        schemes = (schemes or self.env["recurring.family.discount"]).sudo() | subscriptions.plan_id.family_discount_id
        if not schemes:
            return
        members = subscriptions.search(
            [
                ("plan_id.family_discount_id", "in", schemes.ids),
                ("partner_invoice_id.commercial_partner_id", "in", subscriptions.partner_invoice_id.commercial_partner_id.ids),
                ("company_id", "in", subscriptions.company_id.ids),
                ("state", "in", const.BILLED_STATES),
            ]
        )
        without = subscriptions.filtered(lambda each: not each.plan_id.family_discount_id)
        for mine in members.grouped(self._family_of).values():
            self._refresh_family(mine)
        for subscription in without:
            self._write_discounts(subscription, [], self.env["recurring.family.discount"])

    def _family_of(self, subscription):
        payer = subscription.partner_invoice_id.commercial_partner_id
        return subscription.company_id, payer, subscription.plan_id.family_discount_id

    def _refresh_family(self, subscriptions):
        members = {subscription: self._member(subscription) for subscription in subscriptions}
        scheme = subscriptions.plan_id.family_discount_id
        steps = scheme._steps()
        for subscription in subscriptions.filtered(lambda each: each.state in (const.ACTIVE, const.PAUSED)):
            self._write_discounts(subscription, list(members.values()), scheme, members[subscription], steps)

    def _member(self, subscription):
        end = subscription.end_date or (subscription.closed_on if subscription.state == const.CLOSED else None)
        return Member(subscription.id, subscription.start_date, end + DAY if end else None)

    def _write_discounts(self, subscription, members, scheme, member=None, steps=()):
        for line in subscription.line_ids.filtered(lambda line: line.billing_type == const.FIXED_PRICE and not line.fixed_total):
            since = self._first_decision(line)
            if line.date_end and line.date_end < since:
                continue
            schedule = subscription.anchor_date, subscription.plan_id._interval()
            ahead = plan_ahead(member, members, steps, *schedule, since) if member else [(since, 0, 0)]
            ends = [*(day - DAY for day, _rank, _percent in ahead[1:]), False]
            wanted = [(day, end, rank, float(percent)) for (day, rank, percent), end in zip(ahead, ends, strict=True) if percent]
            self._bring_up_to_date(line, scheme, since, wanted)

    @api.private
    @api.model
    def foreseen(self, subscription, part_of, made):
        """The discounts that the lines of a subscription in memory would have once it runs.

        :param part_of: the subscription that these lines are for, or an empty record: then it is a new one.
        :param made: subscriptions that were made of it already, which do not count beside it.
        :return: list of lists of commands, for each of its lines
        """
        scheme = subscription.plan_id.family_discount_id
        payer = subscription.partner_invoice_id.commercial_partner_id
        domain = [
            ("plan_id.family_discount_id", "=", scheme.id),
            ("partner_invoice_id.commercial_partner_id", "=", payer.id),
            ("company_id", "=", subscription.company_id.id),
            ("state", "in", const.BILLED_STATES),
        ]
        # sudo: ranks follow from all subscriptions of a payer, whoever may see them
        others = self.sudo().env["recurring.subscription"].search(domain) - made - part_of
        members = [self._member(each) for each in others]
        # A new one comes after those that began on the same day.
        key = part_of.id or max((each.key for each in members), default=0) + 1
        member = self._member(part_of or subscription)._replace(key=key)
        schedule = subscription.anchor_date, subscription.plan_id._interval()
        found = []
        for line in subscription.line_ids:
            ranked = line.billing_type == const.FIXED_PRICE and not line.fixed_total
            since = self._first_decision(line)
            ahead = plan_ahead(member, [*members, member], scheme._steps(), *schedule, since) if ranked else []
            ends = [*(day - DAY for day, _rank, _percent in ahead[1:]), False]
            found.append(
                [
                    self._prepare(scheme.with_env(self.env), rank, float(percent), day, end)
                    for (day, rank, percent), end in zip(ahead, ends, strict=False)
                    if percent
                ]
            )
        return found

    def _first_decision(self, line):
        """The first day of the first full period of the line of which nothing is billed; of its first period, its own first day."""
        day = line._first_free_day()
        subscription = line.subscription_id
        full = period_at(subscription.anchor_date, subscription.plan_id._interval(), day)
        if day == full.start or day == line._lineage_start():
            return day
        return full.end

    def _bring_up_to_date(self, line, scheme, since, wanted):
        """Discounts as wanted: (first day, last day or False, rank, percent), from a day on."""
        known = line.discount_ids.filtered("family_discount_id").sorted("date_start")
        wanted = list(wanted)
        for discount in known:
            begun = discount.date_start < since
            if begun and discount.date_end and discount.date_end < since:
                continue
            first = wanted[0] if wanted else None
            same = first and discount.percent == first[3] and discount.family_discount_id == scheme
            if same and (discount.date_start == first[0] or (begun and first[0] == since)):
                if discount.date_end != first[1]:
                    discount.date_end = first[1]
                wanted.pop(0)
            elif begun:
                discount.date_end = since - DAY
            else:
                discount.unlink()
        for day, end, rank, percent in wanted:
            words = self.with_context(lang=line.subscription_id.partner_invoice_id.lang or self.env.lang)
            line.write({"discount_ids": [self._prepare(scheme.with_env(words.env), rank, percent, day, end)]})

    def _prepare(self, scheme, rank, percent, day, end):
        return (
            0,
            0,
            {
                "name": scheme.env._("%(scheme)s (no. %(rank)s)", scheme=scheme.name, rank=rank),
                "percent": percent,
                "date_start": day,
                "date_end": end,
                "family_discount_id": scheme.id,
            },
        )

    # Words

    @api.private
    @api.model
    def in_words(self, subscription):
        """ "No. 2 of 3, 10 %", or nothing."""
        scheme = subscription.plan_id.family_discount_id
        if not scheme or subscription.state not in (const.ACTIVE, const.PAUSED):
            return False
        today = subscription.company_id._recurring_today()
        # sudo: ranks follow from all subscriptions of a payer, whoever may see them
        family = subscription.sudo().search(
            [
                ("plan_id.family_discount_id", "=", scheme.id),
                ("partner_invoice_id.commercial_partner_id", "=", subscription.partner_invoice_id.commercial_partner_id.id),
                ("company_id", "=", subscription.company_id.id),
                ("state", "in", (const.ACTIVE, const.PAUSED)),
            ]
        )
        members = [self._member(each) for each in family]
        running = [each for each in members if each.start <= today and (each.end is None or each.end > today)]
        rank = rank_on(today, self._member(subscription), members)
        words = self.env._("%(scheme)s: no. %(rank)s of %(count)s", scheme=scheme.name, rank=rank, count=max(len(running), rank))
        # sudo: as above; the steps are no secret of the plan
        percent = percent_of(rank, scheme.sudo()._steps())
        return f"{words}, −{float(percent):g} %" if percent else words
