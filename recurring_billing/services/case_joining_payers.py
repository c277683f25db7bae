from odoo import api, models
from odoo.tools import SQL

from ..rules.money import to_decimal


class RecurringCaseJoining(models.AbstractModel):
    """Payers of one subscription who become one pay together what each of them paid."""

    _inherit = "recurring.case.joining"

    @api.private
    @api.model
    def make_room(self, sources, target):
        res = super().make_room(sources, target)
        self._join_payers(sources, target)
        self._tell_shares_apart(sources, target)
        return res

    def _join_payers(self, sources, target):
        """Percentages of one subscription are added up; who pays what is left anyway needs none."""
        everybody = sources | target
        # sudo: who pays follows from who is who, whatever the user may see
        payers = self.env["recurring.payer"].sudo().search([("partner_id", "in", everybody.ids)])
        for subscription, mine in payers.grouped("subscription_id").items():
            subscription._hold_against_runs()
            percents = [to_decimal(payer.percent) for payer in subscription.payer_ids]
            if subscription.partner_invoice_id in everybody and sum(percents) < 100:
                self._replace(mine, self.env["recurring.payer"], 0)
            elif len(mine) > 1:
                kept = (mine.filtered(lambda payer: payer.partner_id == target) or mine)[0]
                self._replace(mine - kept, kept, sum(to_decimal(payer.percent) for payer in mine))

    def _replace(self, gone, kept, percent):
        """Straight in the database, as customers are joined: in between the percentages would not add up."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM recurring_payer WHERE id IN %s", tuple(gone.ids)))
        if kept:
            self.env.cr.execute(SQL("UPDATE recurring_payer SET percent = %s WHERE id = %s", percent, kept.id))
        self.env.invalidate_all()

    def _tell_shares_apart(self, sources, target):
        """What each was invoiced of one ledger row, or one-off, stays a share of its own."""
        # sudo: see ``_join_payers``
        shares = self.env["recurring.payer.share"].sudo().search([("partner_id", "in", (sources | target).ids)], order="id")
        for mine in shares.grouped(lambda share: (share.period_id, share.one_off_id)).values():
            free = max(mine.mapped("joined")) + 1
            taken = set(mine.filtered(lambda share: share.partner_id == target).mapped("joined"))
            for (partner, joined), same in mine.grouped(lambda share: (share.partner_id, share.joined)).items():
                if partner != target and joined in taken:
                    same.joined, free = free, free + 1
                taken.update(same.mapped("joined"))
