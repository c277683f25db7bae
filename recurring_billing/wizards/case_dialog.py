from odoo import api, fields, models


class RecurringCaseDialog(models.AbstractModel):
    """What every dialog of a case has in common: the case, which the user must be allowed to see."""

    _name = "recurring.case.dialog"
    _description = "Case"

    case_id = fields.Many2one("recurring.dunning.case", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="case_id.company_id", related_sudo=False)

    @api.constrains("case_id")
    def _check_case(self):
        for wizard in self:
            wizard._require_case()

    def _require_case(self):
        """Stored fields are computed in ``sudo()``, and whoever calls from outside may name any case: it must be one the user may see."""
        # sudo(False): back to who asks
        self.case_id._origin.sudo(False).check_access("read")
