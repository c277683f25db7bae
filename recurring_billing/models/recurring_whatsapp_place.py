from odoo import api, fields, models

PARTS = [("header", "Heading"), ("body", "Text"), ("button", "Button")]


class RecurringWhatsappPlace(models.Model):
    """A place in a registered text, and what belongs there."""

    _name = "recurring.whatsapp.place"
    _inherit = ["recurring.service.written"]
    _description = "Place in a WhatsApp Text"
    _order = "template_id, sequence, id"

    _written_by_people = frozenset({"placeholder"})

    template_id = fields.Many2one("recurring.whatsapp.template", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="template_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    part = fields.Selection(PARTS, required=True, readonly=True)
    name = fields.Char("Place", required=True, readonly=True)
    placeholder = fields.Selection("_placeholders", "What Belongs There")

    @api.model
    def _placeholders(self):
        """What can be filled in."""
        return self.env["recurring.whatsapp.words"].choices()
