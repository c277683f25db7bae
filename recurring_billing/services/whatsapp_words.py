from odoo import api, models


class RecurringWhatsappWords(models.AbstractModel):
    """What can stand in the places of a text registered at WhatsApp: nothing of the debt, for others may see it on a locked telephone."""

    _name = "recurring.whatsapp.words"
    _description = "Words of WhatsApp Texts"

    @api.private
    @api.model
    def choices(self):
        """What can be filled in: (name as in our own texts, what it is called). RULES "Dunning", BRAZIL "Collection messages"."""
        return [
            ("first_name", self.env._("First name")),
            ("name", self.env._("Customer's name")),
            ("company", self.env._("Our name")),
            ("company_phone", self.env._("Our phone")),
            ("company_email", self.env._("Our e-mail")),
            ("contact", self.env._("Who to talk to")),
            ("today", self.env._("Today")),
            ("link", self.env._("Link to see and pay")),
        ]

    @api.private
    @api.model
    def examples(self, company):
        """What WhatsApp's people see in the places when they read a text that is handed in."""
        return {
            "first_name": "Ana",
            "name": "Ana Souza",
            "company": company.name,
            "company_phone": company.phone or "+55 11 3333-4444",
            "company_email": company.email or "contact@example.com",
            "contact": f"Bruno, {company.phone or '+55 11 3333-4444'}",
            "today": "12/03/2026",
            "link": f"{company.get_base_url()}/recurring/debts/a1b2c3",
        }
