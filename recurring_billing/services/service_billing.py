from odoo import api, models

from .. import const as words
from ..const import service as const


class RecurringServiceBilling(models.AbstractModel):
    """What is billed while a service is withheld: everything, or nothing that begins meanwhile. MRR counts the latter as paused."""

    _name = "recurring.service.billing"
    _description = "Billing of Withheld Services"

    @api.private
    @api.model
    def stop(self, blocks, day):
        """Bill nothing more than what has begun, for blocks that say so."""
        for block in blocks.filtered(lambda block: block.billing == const.NOT_BILLED):
            if self._stopped_by_others(block):
                continue
            reason = self.env._("The service is withheld because of a debt")
            change = self.env["recurring.subscription.change"].withhold(block.subscription_id, day, reason=reason)
            block.change_id = change

    @api.private
    @api.model
    def go_on(self, blocks, day):
        """Bill again from a day on, unless another block keeps it stopped."""
        for block in blocks.filtered("change_id"):
            change = block.change_id
            block.change_id = False
            heir = self._stopping(block)
            if heir:
                heir[0].change_id = change
            elif change.date > day and self._is_last(change):
                # Nothing of it has begun: it leaves no trace.
                change.withdraw()
            else:
                self.env["recurring.subscription.change"].deliver(change, day, reason=self.env._("The service runs again"))

    def _stopping(self, block):
        """The other blocks in force of the subscription that let nothing be billed today."""
        return (block.subscription_id.block_ids - block).filtered(
            lambda other: other.state == const.BLOCK_IN_FORCE and other.billing == const.NOT_BILLED
        )

    def _stopped_by_others(self, block):
        return bool(self._stopping(block).filtered("change_id"))

    def _is_last(self, change):
        """Whether nothing was changed of its lines since, so that it can be withdrawn."""
        recording = self.env["recurring.change.recording"]
        # sudo: changes and snapshots are kept by services
        later = (
            self.env["recurring.change"]
            .sudo()
            .search_count(
                [
                    ("lineage_ids", "in", change.lineage_ids.ids),
                    ("id", ">", change.id),
                    ("state", "in", (words.CHANGE_PLANNED, words.CHANGE_APPLIED)),
                ],
                limit=1,
            )
        )
        snapshot = change.sudo().snapshot["lineages"]
        return not later and all(recording.lines_of(lineage) == snapshot[str(lineage.id)][1] for lineage in change.lineage_ids.exists())
