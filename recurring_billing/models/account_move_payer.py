from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from .service_owned import refuse_service_owned


class AccountMoveLine(models.Model):
    """Invoice lines that bill the share of one of several payers."""

    _inherit = "account.move.line"

    recurring_share_id = fields.Many2one(
        "recurring.payer.share", "Share of a Payer", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_service_owned(self, {"recurring_share_id"}, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_service_owned(self, {"recurring_share_id"}, [vals])
        return super().write(vals)

    def unlink(self):
        # sudo: deleting a draft lets its shares and one-offs wait again, whoever may delete it
        mine = self.sudo()
        mine._recurring_undo_let_go()
        shares, one_offs = mine._recurring_held_shares(), mine.recurring_one_off_id
        res = super().unlink()
        split = self.env["recurring.payer.split"]
        split.release(shares.filtered(lambda share: not share.move_line_ids))
        one_offs.subscription_id._refresh_billing_dates()
        return res

    def _recurring_held_shares(self):
        """The shares that these lines bill; not those that a reversal let go."""
        return self.filtered(lambda line: line.parent_state != "cancel" and not line.recurring_credits_period_id).recurring_share_id

    def _recurring_undo_let_go(self):
        """Reversals that let a share go to be invoiced again are undone: the share is on its invoice again, or it is refused."""
        for line in self.filtered(
            lambda line: line.recurring_credits_period_id and line.recurring_share_id and not line.recurring_period_id
        ):
            self.env["recurring.payer.split"].claim_again(line.recurring_share_id)
            line.recurring_share_id = False

    def _recurring_free_periods(self):
        self._recurring_undo_let_go()
        reversals = self.filtered("recurring_credits_period_id")
        shared = self.filtered("recurring_share_id") - reversals
        res = super(AccountMoveLine, self - shared)._recurring_free_periods()
        reversals.recurring_share_id = False
        self.env["recurring.payer.split"].release(shared.recurring_share_id)
        self.recurring_one_off_id.subscription_id._refresh_billing_dates()
        return res

    def _recurring_claim_periods(self):
        self._recurring_check_one_offs_free()
        shared = self.filtered("recurring_share_id")
        res = super(AccountMoveLine, self - shared)._recurring_claim_periods()
        self.env["recurring.payer.split"].claim_again(shared.filtered(lambda line: not line.recurring_credits_period_id).recurring_share_id)
        return res

    def _recurring_shared_elsewhere(self):
        """The documents of other payers for the same time that cannot be made again with these: they were posted, or changed by hand."""
        if not self.recurring_share_id:
            return self.env["account.move"]
        moves = self.recurring_period_id.move_line_ids.move_id - self.move_id
        return moves.filtered(lambda move: move.state == "posted" or (move.state == "draft" and not move._recurring_is_untouched()))

    def _recurring_check_one_offs_free(self):
        """An invoice that comes back is refused where its one-off is billed elsewhere meanwhile, or was withdrawn."""
        for line in self.filtered(lambda line: line.recurring_one_off_id and not line.recurring_share_id):
            one_off = line.recurring_one_off_id
            other = (one_off.move_line_ids - line).filtered(lambda each: each.parent_state != "cancel")
            if other:
                raise UserError(
                    self.env._(
                        "%(one_off)s is on %(invoice)s meanwhile. Cancel or delete that invoice first.",
                        one_off=one_off.display_name,
                        invoice=other.move_id[0].display_name,
                    )
                )
            if one_off.state == const.ONE_OFF_WITHDRAWN:
                raise UserError(self.env._("%s was withdrawn meanwhile. Leave the invoice cancelled.", one_off.display_name))
