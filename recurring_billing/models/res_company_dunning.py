from odoo import fields, models
from odoo.exceptions import AccessError


class ResCompany(models.Model):
    """Collections are off until a person has seen who would get what, and switched them on with a first day."""

    _inherit = "res.company"

    recurring_dunning = fields.Boolean("Collection Messages", default=False, help="Customers are reminded as the policy says.")
    recurring_dunning_from = fields.Date("Collections From", help="Nothing was sent earlier.")
    recurring_dunning_enter_step_id = fields.Many2one(
        "recurring.dunning.step",
        "Older Debts Enter At",
        ondelete="restrict",
        help="What is older when collections start does no earlier step.",
    )
    recurring_dunning_policy_id = fields.Many2one(
        "recurring.dunning.policy", "Collection Policy", domain="[('company_id', 'in', [False, id])]"
    )

    def _recurring_staff_lang(self):
        """The language in which what happens by itself is written down for the people of the company."""
        self.ensure_one()
        return self.recurring_responsible_id.lang or self.partner_id.lang or self.env.lang

    def _recurring_check_works_here(self):
        """What a dialog shows and does for a company is for who works in it, whatever company a request names.

        :raises AccessError: for others.
        """
        if not self.env.su and self - self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in this company. Choose one of yours."))
