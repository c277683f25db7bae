from odoo import api, models

from ..const import dunning as const

ASKED_OF = (const.SMS, const.WHATSAPP)
"""Ways a customer may close by themselves. E-mails and letters carry what must be told, so a person decides about them."""


class RecurringContactWishes(models.AbstractModel):
    """In which ways a customer does not want to be reached, as they say it on the page of debts."""

    _name = "recurring.contact.wishes"
    _description = "How a Customer Wants to Be Reached"

    @api.private
    @api.model
    def of(self, partner, company):
        """The ways a customer is reached now and may close. Who asks was checked by the caller.

        :return: dict channel → whether it is closed; empty for who was never written to
        """
        # sudo: customers have no access to collections; what is asked for is theirs
        service = self.sudo().with_company(company)
        contact = service._contact(partner, company)
        optouts, found = service.env["recurring.optout"], {}
        for code in ASKED_OF if contact else ():
            channel = service.env["recurring.channel"]._of(code)
            if channel._is_available(company) and channel._address(contact)[0]:
                found[code] = bool(optouts._why_not(contact, code, company))
        return found

    @api.private
    @api.model
    def keep(self, partner, company, closed):
        """Keep which ways a customer closed, and which they opened again.

        :param closed: codes of channels; others than those of ``of`` are nobody's to close here.
        """
        # sudo: see ``of``
        service = self.sudo().with_company(company)
        contact, optouts = service._contact(partner, company), service.env["recurring.optout"]
        for code, is_closed in service.of(partner, company).items():
            if code in closed and not is_closed:
                optouts._ask(contact, code, company, const.SAID_BY_CUSTOMER)
            elif is_closed and code not in closed:
                optouts.search([("partner_id", "=", contact.id), ("channel", "=", code), ("company_id", "=", company.id)]).active = False

    def _contact(self, partner, company):
        """Who is written to about the customer's debts; nobody where there never was a case."""
        domain = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        case = self.env["recurring.dunning.case"].search(domain, order="state desc, id desc", limit=1)
        return case._contact() if case else partner.browse()
