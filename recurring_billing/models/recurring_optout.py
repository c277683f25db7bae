from odoo import api, fields, models

from ..const import dunning as const

STATUTORY = (const.EMAIL, const.LETTER)
"""Ways in which formal notices go, whatever was asked."""


class RecurringOptout(models.Model):
    """A person asked not to be reached in one way. Leaving a newsletter is something else: it silences no reminder."""

    _name = "recurring.optout"
    _description = "Way Not to Be Used"
    _order = "day desc, id desc"
    _rec_name = "channel"

    partner_id = fields.Many2one("res.partner", "Person", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", index=True, default=lambda self: self.env.company, help="Empty: by no company.")
    channel = fields.Selection(const.OPTOUT_CHANNELS, "Not By", required=True)
    day = fields.Date("Asked On", required=True, default=lambda self: self.env.company._recurring_today())
    source = fields.Selection(const.OPTOUT_SOURCES, "How", required=True, default=const.SAID_TO_US)
    note = fields.Char()
    address = fields.Char("Asked From", readonly=True, help="The telephone on which it was asked, where that is known.")
    active = fields.Boolean(default=True, help="Archive it when the person allows it again.")

    _once = models.UniqueIndex("(partner_id, channel, company_id) NULLS NOT DISTINCT WHERE active IS TRUE", "This was asked already.")

    @api.model
    def _why_not(self, partner, channel, company, is_notice=False):
        """Why a person is not to be reached in this way, in words; empty where nothing was asked.

        :param is_notice: a formal notice, which goes by e-mail and letter whatever was asked: without it the person would lose the time to
            object.
        """
        if is_notice and channel in STATUTORY:
            return ""
        domain = [("partner_id", "=", partner.id), ("channel", "=", channel), ("company_id", "in", (False, company.id))]
        # sudo: what a person asked for counts, whoever writes to them
        found = self.sudo().search(domain, limit=1)
        if not found:
            return ""
        label = dict(self._fields["channel"]._description_selection(self.env))[channel]
        return self.env._("%(name)s asked not to be reached by %(channel)s.", name=partner.display_name, channel=label)

    @api.private
    @api.model
    def _ask(self, partner, channel, company, source, note="", address=False):
        """Keep that a person asked not to be reached in a way; once."""
        # sudo: the person asked, from outside
        mine = self.sudo().search(
            [("partner_id", "=", partner.id), ("channel", "=", channel), ("company_id", "in", (False, company.id))], limit=1
        )
        values = {"partner_id": partner.id, "channel": channel, "company_id": company.id, "day": company._recurring_today()}
        return mine or self.sudo().create({**values, "source": source, "note": note, "address": address})
