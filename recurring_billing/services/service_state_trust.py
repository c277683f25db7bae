from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import service as const
from ..rules.service_block import Calendar, first_day, trust_left, trusted_until

DAY = timedelta(days=1)


class RecurringServiceState(models.AbstractModel):
    """Unlocking on trust: the service runs for some days although the debt stands, so many times a year.

    Billing that had stopped goes on with the payment, not with the trust.
    """

    _inherit = "recurring.service.state"

    @api.private
    @api.model
    def trust_offer(self, partner, company):
        """What may be given today to a customer.

        :return: (blocks, last day, how often it may still be given); no blocks where nothing is withheld
        """
        company.with_env(self.env)._recurring_check_works_here()
        # sudo: how often it was given counts, whoever asks
        service, day = self.sudo(), company._recurring_today()
        blocks = service._open_blocks(partner, company).filtered(
            lambda block: block.state == const.BLOCK_IN_FORCE and not block._is_trusted()
        )
        policy = service._trust_policy(blocks, partner, company)
        if not blocks or not policy:
            return blocks, False, 0
        terms = policy._trust_terms()
        given = (
            self.env["recurring.service.trust"]
            .sudo()
            .search([("partner_id", "=", partner.id), ("company_id", "=", company.id), ("day", ">", day - relativedelta(years=1))])
        )
        left = trust_left(terms, given.mapped("day"), day)
        if not left:
            return blocks, False, 0
        # It is not withheld again on a day on which no block may begin.
        calendar = policy._block_calendar(service._holidays(company)) or Calendar()
        again = first_day(trusted_until(terms, day) + DAY, None, 0, calendar)
        return blocks, (again or trusted_until(terms, day) + DAY) - DAY, left

    def _trust_policy(self, blocks, partner, company):
        return blocks.policy_id[:1] or self._policy_of(partner, company)

    @api.private
    @api.model
    def trust(self, partner, company, note=""):
        """Let the services of a customer run on trust.

        :raises UserError: when nothing is withheld, or it was given as often as the policy allows.
        :return: the record of it
        """
        self._check_may_release()
        partner.check_access("read")
        blocks, until, left = self.trust_offer(partner, company)
        if not blocks:
            raise UserError(self.env._("No service of %s is withheld right now.", partner.display_name))
        if not left:
            raise UserError(
                self.env._(
                    "%s was trusted as often as the collection policy allows within a year. The service runs again once the debt is "
                    "paid; a block can also be ended by hand.",
                    partner.display_name,
                )
            )
        day = company._recurring_today()
        # sudo: kept by services; who may give it was checked
        given = (
            self.env["recurring.service.trust"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "day": day,
                    "until": until,
                    "user_id": self.env.uid,
                    "note": note,
                    "block_ids": blocks.ids,
                }
            )
        )
        service = self.sudo()
        service._hold(blocks)
        blocks.trusted_until = until
        service.refresh(blocks.subscription_id, day)
        body = self.env._("On trust until %(day)s. %(note)s", day=format_date(self.env, until), note=note or "").strip()
        blocks.subscription_id._message_log_batch(bodies=dict.fromkeys(blocks.subscription_id.ids, body))
        return given.with_env(self.env)
