from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import const
from .service_owned import refuse_service_owned


class _CopiedId(int):
    """The ledger row of a line that is reversed. Values that come by RPC are plain numbers, so nobody outside makes one."""


class AccountMove(models.Model):
    """Documents that people change: what they post is what the ledger holds. Reversals give billed time back, or keep it."""

    _inherit = "account.move"

    recurring_reversal = fields.Selection(
        const.REVERSALS_CARRIED_OUT,
        "Billed Time",
        copy=False,
        help="What becomes of the time that the reversed invoice billed. Carried out when the credit note is posted, for what it contains.",
    )

    def write(self, vals):
        if "recurring_reversal" in vals:
            self._recurring_check_reversal_open(vals["recurring_reversal"])
        return super().write(vals)

    def _recurring_check_reversal_open(self, choice):
        for move in self:
            # sudo: what the ledger says counts, whoever may see it
            if move.recurring_reversal != choice and move.sudo().line_ids.filtered(lambda line: line._recurring_is_carried_out()):
                raise UserError(
                    self.env._(
                        "%s was posted and its choice about billed time carried out. Cancel it and reverse the invoice again.",
                        move.display_name,
                    )
                )

    def _post(self, soft=True):
        edited = self.filtered(lambda move: move._recurring_may_be_edited())
        posted = super()._post(soft)
        reversals = posted.filtered(lambda move: move.reversed_entry_id and not move.recurring_run_id)
        if edited or reversals:
            # sudo: the ledger follows documents, whoever posts them
            self.env["recurring.ledger.documents"].sudo().follow_edits((edited & posted).sudo())
            self.env["recurring.ledger.reversals"].sudo().give_back(reversals.sudo())
        return posted

    def _recurring_may_be_edited(self):
        """Whether a person had the document as a draft and may have changed what billing wrote on it."""
        self.ensure_one()
        if self.move_type not in ("out_invoice", "out_refund") or not (self.posted_before or self.recurring_fingerprint):
            return False
        # sudo: what the ledger says counts, whoever may see it
        return bool(self.sudo().line_ids.recurring_period_id) and not self._recurring_is_untouched()

    def button_cancel(self):
        """A cancelled reversal is as if it had never been posted; posted again, it acts anew."""
        res = super().button_cancel()
        # sudo: cancelling a credit note puts in force what it gave back, whoever may cancel it
        lines = self.filtered(lambda move: move.state == "cancel").sudo().line_ids
        lines.filtered(lambda line: line._recurring_is_carried_out()).recurring_period_id = False
        return res

    def action_switch_move_type(self):
        for move in self:
            # sudo: what the ledger says counts, whoever may see it
            lines = move.sudo().line_ids
            if lines.recurring_period_id or lines.recurring_credits_period_id:
                raise UserError(
                    self.env._(
                        "%s is about billed time of a subscription, so it stays what it is. Delete it, and the next run bills what is "
                        "right.",
                        move.display_name,
                    )
                )
        return super().action_switch_move_type()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """The draft of a credit note offers what is left, where some of the invoice was given back before.

        :raises UserError: when nothing is left, or the reversal is posted at once and only a part is left.
        """
        # sudo: what the ledger says counts, whoever may see it
        service = self.env["recurring.ledger.reversals"].sudo()
        if cancel:
            for move in self.sudo():
                left = service.left_of(move.line_ids.filtered("recurring_period_id"))
                if left:
                    raise UserError(service._partly_given_back_in_words(move, left))
        reversals = super()._reverse_moves(default_values_list, cancel)
        if not cancel:
            service.offer_what_is_left(reversals.sudo())
        return reversals


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    recurring_credits_period_id = fields.Many2one(
        "recurring.period",
        "Reverses Billed Period",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The billed period of the invoice line that this line reverses.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        name = "recurring_credits_period_id"
        copied = {n: int(vals[name]) for n, vals in enumerate(vals_list) if isinstance(vals.get(name), _CopiedId)}
        refuse_service_owned(self, {name}, [vals for n, vals in enumerate(vals_list) if n not in copied])
        return super().create([{**vals, name: copied[n]} if n in copied else vals for n, vals in enumerate(vals_list)])

    def write(self, vals):
        refuse_service_owned(self, {"recurring_credits_period_id"}, [vals])
        return super().write(vals)

    def _copy_data_extend_business_fields(self, values):
        """A line that reverses another knows what that billed."""
        res = super()._copy_data_extend_business_fields(values)
        # sudo: what the ledger says counts, whoever may see it
        period = self.sudo().recurring_period_id
        if period:
            values["recurring_credits_period_id"] = _CopiedId(period.id)
        return res

    def _recurring_is_carried_out(self):
        """Whether the line is of a reversal that was posted, so that the ledger holds what it gave back."""
        self.ensure_one()
        return bool(self.recurring_credits_period_id and self.recurring_period_id)
