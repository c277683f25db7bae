from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const
from ..rules import retry


class RecurringDeclineCode(models.Model):
    """What a provider means by a code, as data: add a line for a code that is not listed."""

    _name = "recurring.decline.code"
    _description = "Decline Code"
    _order = "provider_code, code, id"
    _rec_name = "code"

    provider_code = fields.Char(
        "Provider", index=True, help="The technical name of the payment provider, like stripe. Empty: for every provider."
    )
    code = fields.Char(required=True, help="As the provider writes it; * stands for anything.")
    meaning = fields.Selection(const.DECLINE_MEANINGS, required=True, default=retry.SOFT)
    name = fields.Char("In Words", translate=True, help="What to tell the customer and the staff.")
    active = fields.Boolean(default=True)

    _once = models.UniqueIndex("(COALESCE(provider_code, ''), lower(code)) WHERE active", "This code is listed already. Change that line.")

    @api.constrains("code")
    def _check_code(self):
        for line in self:
            if not (line.code or "").strip(" *"):
                raise ValidationError(self.env._("Write a code; a star alone would stand for every code there is."))

    @api.model
    def _meaning(self, provider_code, code):
        """What a code of a provider means, and its words; what is listed for the provider goes before what is listed for all.

        :return: (``soft``, ``hard``, ``unclear`` or None where the code is not listed, words)
        """
        for known in (provider_code, False):
            lines = self.search([("provider_code", "=", known)])
            meaning = retry.meaning_of(code, [(line.code, line.meaning) for line in lines])
            if meaning:
                fitting = [line for line in lines if retry.meaning_of(code, [(line.code, line.meaning)])]
                return meaning, max(fitting, key=lambda line: (len(line.code), line.meaning)).name or ""
        return None, ""
