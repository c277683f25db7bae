from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from ..rules.receipt_file import LARGEST
from .customer_link import no_traces, speak_to, spoken, told_to_browser, who

ROUTE = "/recurring/debts/<string:token>"
LET_IN = 3 * LARGEST
"""Bytes of a claim that are looked at at all: who sends a file that is too large is told so in words."""


class RecurringDebtsPage(http.Controller):
    """What a customer owes, by a signed link: see it, pay it, say that it was paid. It shows one customer's debts to nobody else."""

    @http.route(ROUTE, type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def recurring_debts(self, token, said=None, paid=None, kept=None, **_kwargs):
        partner, company = who(token)
        return self._page(partner, company, is_said=bool(said), is_claiming=bool(paid), is_kept=bool(kept))

    @http.route(f"{ROUTE}/ways", type="http", auth="public", website=True, sitemap=False, methods=["POST"])
    def recurring_debts_ways(self, token, **kwargs):
        """How the customer does not want to be reached."""
        partner, company = who(token)
        closed = {key.removeprefix("no_") for key in kwargs if key.startswith("no_")}
        request.env["recurring.contact.wishes"].keep(partner, company, closed)
        return request.redirect(f"{partner._recurring_debts_path(company)}?kept=1#ways")

    @http.route(f"{ROUTE}/claim", type="http", auth="public", website=True, sitemap=False, methods=["POST"], max_content_length=LET_IN)
    def recurring_debts_claim(self, token, paid_on="", note="", receipt=None, **kwargs):
        """ "I already paid"."""
        partner, company = who(token)
        try:
            self._take(partner, company, paid_on, note, receipt, kwargs)
        except UserError as error:
            return self._page(partner, company, problem=str(error), ticked=kwargs, said_before={"paid_on": paid_on, "note": note[:300]})
        return request.redirect(f"{partner._recurring_debts_path(company)}?said=1#claim")

    def _take(self, partner, company, paid_on, note, receipt, kwargs):
        customer = spoken(partner)
        page = customer.env["recurring.debts.page"].of(customer, company)
        items = {str(item.line.id): item for item in (*page["late"], *page["coming"])}
        chosen = [item for key, item in items.items() if f"debt_{key}" in kwargs] or (list(items.values()) if len(items) == 1 else [])
        if items and not chosen:
            raise UserError(customer.env._("Tick what you paid."))
        try:
            day = fields.Date.to_date(paid_on) if paid_on else None
        except ValueError:
            raise UserError(customer.env._("Choose the day on which you paid: today or earlier.")) from None
        content = receipt.read(LARGEST + 1) if receipt and receipt.filename else None
        lines = customer.env["account.move.line"].union(*(item.line for item in chosen))
        customer.env["recurring.payment.claims"].take(partner, company, lines, day, note, content)

    def _ticked(self, ticked):
        """Which debts the form shows as paid: those that were ticked before, at first those that are late."""
        return lambda item: bool(item.days_late) if ticked is None else f"debt_{item.line.id}" in ticked

    def _page(self, partner, company, ticked=None, **more):
        customer = speak_to(partner)
        company = company.with_env(customer.env)
        values = {
            **customer.env["recurring.debts.page"].of(customer, company),
            "page_name": "recurring_debts",
            "res_company": company,
            "path": partner._recurring_debts_path(company),
            "no_breadcrumbs": True,
            "said_before": {},
            "ways": customer.env["recurring.contact.wishes"].of(partner, company),
            "is_ticked": self._ticked(ticked),
            **told_to_browser(customer.env.lang),
            **more,
        }
        return no_traces(request.render("recurring_billing.portal_debts_page", values))
