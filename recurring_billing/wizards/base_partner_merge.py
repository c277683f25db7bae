from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Customers who owe can become one: their cases become one, with all that was said and agreed."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self.env["recurring.case.joining"].make_room(src_partners, dst_partner)
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        res = super()._merge(partner_ids, dst_partner, extra_checks)
        # What is open now belongs to one: cases show it at once.
        self.env["recurring.dunning.cases"].look_at(self.env["res.partner"].browse(partner_ids).exists())
        return res
