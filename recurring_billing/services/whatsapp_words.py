from odoo import api, models


class RecurringWhatsappWords(models.AbstractModel):
    """What can stand in the places of a text registered at WhatsApp."""

    _name = "recurring.whatsapp.words"
    _description = "Words of WhatsApp Texts"

    @api.private
    @api.model
    def choices(self):
        """What can be filled in: (name as in our own texts, what it is called)."""
        _ = self.env._
        return [
            ("first_name", _("First name")),
            ("name", _("Customer's name")),
            ("company", _("Our name")),
            ("company_phone", _("Our phone")),
            ("company_email", _("Our e-mail")),
            ("company_tax_id", _("Our tax number")),
            ("company_address", _("Our address")),
            ("contact", _("Who to talk to")),
            ("amount", _("Amount to pay today")),
            ("due_date", _("Due date")),
            ("days_late", _("Days late")),
            ("documents", _("Invoice numbers")),
            ("what_for", _("What the debt is for")),
            ("fees", _("Fine and interest")),
            ("deadline", _("Deadline of a notice")),
            ("promise_date", _("Day of the promise")),
            ("promise_amount", _("Amount of the promise")),
            ("paid_amount", _("Amount paid")),
            ("today", _("Today")),
            ("link", _("Link to see and pay")),
        ]

    @api.private
    @api.model
    def example(self, name):
        """A word as WhatsApp's people shall see it when they read a text that is handed in."""
        return {
            "first_name": "Ana",
            "name": "Ana Souza",
            "company": self.env.company.name,
            "company_phone": self.env.company.phone or "+55 11 3333-4444",
            "company_email": self.env.company.email or "financeiro@example.com",
            "company_tax_id": "11.222.333/0001-81",
            "company_address": "Rua das Flores, 12",
            "contact": "Bruno",
            "amount": "R$ 120,00",
            "due_date": "10/03/2026",
            "days_late": "5",
            "documents": "FAT/2026/00012",
            "what_for": "Plano mensal",
            "fees": "R$ 2,40",
            "deadline": "25/03/2026",
            "promise_date": "15/03/2026",
            "promise_amount": "R$ 120,00",
            "paid_amount": "R$ 120,00",
            "today": "12/03/2026",
            "link": f"{self.env.company.get_base_url()}/recurring/debts/x",
        }.get(name, "Ana")
