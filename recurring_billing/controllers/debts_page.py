from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from ..rules.receipt_file import LARGEST

ROUTE = "/recurring/debts/<string:token>"
ROOM = 64 * 1024
"""Bytes of a claim beside its receipt."""


def who(token):
    """The customer and the company of a link.

    :raises NotFound: for a link that is not ours, whatever is wrong with it.
    """
    parts = token.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts[:2]):
        raise request.not_found()
    # sudo: the signature is checked right here, before anything is read of them
    partner = request.env["res.partner"].sudo().browse(int(parts[0])).exists()
    company = request.env["res.company"].sudo().browse(int(parts[1])).exists()
    if not (partner and company and partner._is_recurring_debts_signature(company, parts[2])):
        raise request.not_found()
    return partner.commercial_partner_id, company


def spoken(partner):
    """The customer in their own language, where it is installed."""
    known = dict(request.env["res.lang"].sudo().get_installed())  # sudo: which languages there are is no secret
    return partner.with_context(lang=partner.lang if partner.lang in known else request.env.lang)


def no_traces(response):
    """The address is the key to the page: nobody else learns it, nothing keeps what it shows."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


class RecurringDebtsPage(http.Controller):
    """What a customer owes, by a signed link: see it, pay it, say that it was paid. It shows one customer's debts to nobody else."""

    @http.route(ROUTE, type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def recurring_debts(self, token, said=None, **_kwargs):
        partner, company = who(token)
        return self._page(partner, company, is_said=bool(said))

    @http.route(
        f"{ROUTE}/claim", type="http", auth="public", website=True, sitemap=False, methods=["POST"], max_content_length=LARGEST + ROOM
    )
    def recurring_debts_claim(self, token, paid_on="", note="", receipt=None, **kwargs):
        """ "I already paid"."""
        partner, company = who(token)
        try:
            self._take(partner, company, paid_on, note, receipt, kwargs)
        except UserError as error:
            return self._page(partner, company, problem=str(error), said_before={"paid_on": paid_on, "note": note[:300]})
        return request.redirect(f"{partner._recurring_debts_path(company)}?said=1#claim")

    def _take(self, partner, company, paid_on, note, receipt, kwargs):
        customer = spoken(partner)
        page = customer.env["recurring.debts.page"].of(customer, company)
        items = {str(item.line.id): item for item in (*page["late"], *page["coming"])}
        chosen = [item for key, item in items.items() if f"debt_{key}" in kwargs] or (page["late"] or list(items.values()))
        try:
            day = fields.Date.to_date(paid_on) if paid_on else None
        except ValueError:
            raise UserError(customer.env._("Choose the day on which you paid: today or earlier.")) from None
        content = receipt.read(LARGEST + 1) if receipt and receipt.filename else None
        lines = customer.env["account.move.line"].union(*(item.line for item in chosen))
        customer.env["recurring.payment.claims"].take(partner, company, lines, day, note, content)

    def _page(self, partner, company, **more):
        customer = spoken(partner)
        values = {
            **customer.env["recurring.debts.page"].of(customer, company),
            "page_name": "recurring_debts",
            "res_company": company,
            "path": partner._recurring_debts_path(company),
            "no_breadcrumbs": True,
            "said_before": {},
            **more,
        }
        request.update_context(lang=customer.env.lang)
        return no_traces(request.render("recurring_billing.portal_debts_page", values))
